-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scripts (b) and (c) of the benchmark ask the database. A role for each tells PostgreSQL's work apart.

-- The rules of a user in one row.
CREATE VIEW bench_rule AS
SELECT s.domain, u.username,
       coalesce(u.fwd_always_kind || ':' || u.fwd_always_id, '') AS always,
       coalesce(u.fwd_busy_kind || ':' || u.fwd_busy_id, 'voicemail:' || u.voicemail_id, 'hangup:486') AS busy,
       coalesce(u.fwd_noanswer_kind || ':' || u.fwd_noanswer_id, 'voicemail:' || u.voicemail_id, 'hangup:480') AS noanswer,
       u.dnd::integer AS dnd, u.ring_timeout_sec AS seconds, (u.ring_strategy = 'sequential')::integer AS sequential,
       (SELECT coalesce(string_agg(d.auth_username || '@' || d.realm, '|' ORDER BY d.ring_order, d.id), '')
        FROM sip_device d
        WHERE d.user_id = u.id AND d.status = 'active' AND d.available = 1 AND d.ring_on_fork = 1
          AND (u.ring_strategy <> 'specific' OR d.ring_specific = 1)) AS devices
FROM sip_domain s
JOIN account a ON a.id = s.account_id
JOIN sip_user u ON u.account_id = a.id
WHERE a.status = 'active' AND u.status = 'active';

-- The same with a plan that PostgreSQL keeps: a query's text is planned each time, which takes longer than its work.
CREATE FUNCTION bench_rule_of(wanted text, called text) RETURNS SETOF bench_rule
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  RETURN QUERY SELECT * FROM bench_rule r WHERE r.username = wanted AND r.domain = called;
END
$$;

-- The same as htable loads it: lines of text.
CREATE VIEW bench_cache AS
SELECT username || '@' || domain AS key_name, 0 AS key_type, 0 AS value_type,
       concat_ws(E'\n', always, busy, noanswer, dnd, seconds, sequential, devices) AS key_value
FROM bench_rule;

-- The URI of a target, of its account's domains.
CREATE VIEW bench_target AS
SELECT s.domain, 'user:' || u.id AS target, 'sip:' || u.username || '@' || s.domain AS uri
FROM sip_domain s JOIN sip_user u ON u.account_id = s.account_id
UNION ALL
SELECT s.domain, t.kind || ':' || t.id,
       CASE WHEN t.address ~* '^sips?:' THEN t.address
            ELSE replace(replace(k.uri_template, '{id}', t.id), '{address}', coalesce(t.address, '')) END
FROM sip_domain s JOIN route_target t ON t.account_id = s.account_id JOIN route_target_kind k ON k.kind = t.kind;

CREATE ROLE bench_queries LOGIN PASSWORD :'password';
CREATE ROLE bench_planned LOGIN PASSWORD :'password';
CREATE ROLE bench_cached LOGIN PASSWORD :'password';
CREATE ROLE bench_stock LOGIN PASSWORD :'password';
DO $$
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO bench_queries, bench_planned, bench_cached, bench_stock', current_database());
END
$$;
GRANT USAGE ON SCHEMA public TO bench_queries, bench_planned, bench_cached;
GRANT SELECT ON bench_rule, bench_cache, bench_target TO bench_queries, bench_planned, bench_cached;
