-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where a row of route_target may lead. Whoever writes these rows for an account must reach neither another account's
-- voicemail boxes nor a gateway, a trunk or Kamailio itself:
--   {account} in route_target_kind.uri_template stands for the account's id, and is part of the default templates
--   target_host lists the hosts that a target's own URI may name; empty: any but those above (doc/security.md)

-- ---- {account} -----------------------------------------------------------------------------------------------------

ALTER TABLE route_target_kind
  DROP CONSTRAINT route_target_kind_uri_template_sip_uri,
  ADD CONSTRAINT route_target_kind_uri_template_sip_uri CHECK
    (ur_is_sip_uri(replace(replace(replace(uri_template, '{account}', '1'), '{id}', '1'), '{address}', '1')));
COMMENT ON COLUMN route_target_kind.uri_template IS
  'SIP URI of a target that has none of its own: {account} stands for the account''s id, {id} for the target''s, which is unique within the account only, {address} for the E.164 number in its route_target.address. NULL: a target without a URI of its own has none. Always NULL for user, extension and hangup, which the module follows itself.';

-- A default template that no target uses yet becomes one for each account. No id of an account has a ~ in it, so that no
-- two targets have one URI. Where there are targets, a media server knows their URIs: these stay, and are told here and
-- in routing_problem.
UPDATE route_target_kind AS k
SET uri_template = replace(uri_template, '{id}', '{account}~{id}')
WHERE (kind, uri_template) IN (
    ('voicemail',  'sip:{id}@voicemail.invalid'),
    ('queue',      'sip:{id}@queue.invalid'),
    ('ring_group', 'sip:{id}@ring-group.invalid'),
    ('conference', 'sip:{id}@conference.invalid'),
    ('flow',       'sip:{id}@flow.invalid'))
  AND NOT EXISTS (SELECT FROM mirror_route_target AS t WHERE t.kind = k.kind);

DO $$
DECLARE
  shared text;
BEGIN
  SELECT string_agg(kind, ', ' ORDER BY kind) INTO shared
  FROM mirror_route_target_kind
  WHERE strpos(uri_template, '{id}') > 0 AND strpos(uri_template, '{account}') = 0;
  IF shared IS NOT NULL AND (SELECT count(*) FROM mirror_account) > 1 THEN
    RAISE WARNING 'route_target_kind.uri_template has no {account}: one account reaches the targets of another by their ids, in %', shared
      USING HINT = 'Write {account}~{id} in place of {id}, and have the media server know targets by both.';
  END IF;
END
$$;

-- ---- target_host ---------------------------------------------------------------------------------------------------

CREATE FUNCTION ur_is_target_host(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ur_is_host(value)
  AND CASE WHEN value LIKE '[%' THEN strpos(value, ':') > 0 AND value = '[' || host(trim(value, '[]')::inet) || ']'
           WHEN value ~ '(^|\.)(0x[0-9a-f]*|[0-9]+)$' THEN value ~ '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.|$)){4}$'
           ELSE true END;
COMMENT ON FUNCTION ur_is_target_host(text) IS
  'A host name, IPv4 address or bracketed IPv6 address, in the one spelling in which it compares.';

CREATE TABLE target_host (
  host text CONSTRAINT target_host_pkey PRIMARY KEY
       CONSTRAINT target_host_host_one_spelling CHECK (ur_is_target_host(host))
);
COMMENT ON TABLE target_host IS
  'The hosts that route_target.address may name. Written by who runs the server, never for an account. Empty: any but gateways, trunks, the media server and Kamailio itself.';
COMMENT ON COLUMN target_host.host IS
  'Host of a SIP URI as it is written there: a name or an IP address, lower case, IPv6 in brackets and shortened; on any port.';

CREATE VIEW mirror_target_host AS
SELECT host FROM target_host;
COMMENT ON VIEW mirror_target_host IS 'Hosts that targets may name, as the module reads them.';

-- Who reads routing_problem must be able to read this, too.
DO $$
DECLARE
  reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'mirror_route_target'::regclass AND privilege_type = 'SELECT' AND grantee <> relowner
  LOOP
    EXECUTE format('GRANT SELECT ON mirror_target_host TO %s', reader);
  END LOOP;
END
$$;

SELECT ur_notify_watch('target_host', $$'host ' || host$$, '*');

-- schema_version stays: modules that do not know mirror_target_host read all they did before.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 2 AS schema_version, 2 AS compatible_from;
COMMENT ON COLUMN mirror_meta.schema_version IS 'Version of the shape of the mirror_* views: grows when they change.';
COMMENT ON COLUMN mirror_meta.compatible_from IS
  'The oldest version that a module must know to read them: grows when they change so that an older module cannot.';

-- ---- routing_problem -----------------------------------------------------------------------------------------------

CREATE FUNCTION ur_host_of(uri text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN rtrim(lower(substring(uri FROM '^[Ss][Ii][Pp][Ss]?:(?:[^@]*@)?(\[[^]]*\]|[^:;?]+)')), '.');
COMMENT ON FUNCTION ur_host_of(text) IS 'The host of a SIP URI, lower case.';

-- What the database can know: gateways, trunks and addresses of names are known to Kamailio alone.
DO $$
DECLARE
  changed text := pg_get_functiondef('ur_routing_problems()'::regprocedure);
BEGIN
  changed := replace(changed, $a$WHEN t.address ~* '^sips?:' THEN 'uri'$a$,
    $b$WHEN t.address ~* '^sips?:' AND p.kind <> 'forward' AND ur_host_of(t.address) IN (SELECT domain FROM mirror_domain) THEN 'ours'
              WHEN t.address ~* '^sips?:' AND p.kind <> 'forward'
                AND ur_host_of(t.address) NOT IN (SELECT host FROM mirror_target_host)
                AND (EXISTS (SELECT FROM mirror_target_host) OR ur_host_of(t.address) ~ '(^|\.)invalid$' OR t.address ~* ';maddr=') THEN 'host'
              WHEN t.address ~* '^sips?:' THEN 'uri'$b$);
  changed := replace(changed, $a$WHEN 'disabled' THEN 'disabled_target' ELSE 'missing_target' END$a$,
    $b$WHEN 'disabled' THEN 'disabled_target' WHEN 'ours' THEN 'forbidden_host' WHEN 'host' THEN 'forbidden_host' ELSE 'missing_target' END$b$);
  changed := replace(changed, $a$WHEN 'no status' THEN ', but$a$,
    $b$WHEN 'ours' THEN ', but its URI leads back to this server'
           WHEN 'host' THEN ', but its URI names a host that targets may not name (target_host)'
           WHEN 'no status' THEN ', but$b$);
  IF strpos(changed, '''ours''') = 0 OR strpos(changed, 'WHEN ''ours'' THEN ''forbidden_host''') = 0 OR strpos(changed, 'leads back to this server') = 0 THEN
    RAISE EXCEPTION 'ur_routing_problems() is not as the migrations before this one made it';
  END IF;
  EXECUTE changed;
END
$$;

-- What is found by counting. A function, for its settings, as above: after an import the planner may still take the
-- tables for empty, and nested loops over what it knows nothing of take half an hour for a hundred thousand users.
CREATE FUNCTION ur_counted_problems()
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
SET search_path = public, pg_temp
AS $$
SELECT u.account_id, 'too_many_devices', 'sip_user', u.id, NULL,
       concat('User ', u.username, ' (' || nullif(u.display_name, '') || ')', ' has ', d.count, ' devices, and 200 is the most:',
         ' no change of the user and the devices comes into force, and after a restart of Kamailio the user does not exist. Take some away.')
FROM (SELECT user_id, count(*) AS count FROM mirror_device GROUP BY user_id HAVING count(*) > 200) AS d
JOIN mirror_user u ON u.id = d.user_id AND u.status = 'active'
JOIN mirror_account a ON a.id = u.account_id AND a.status = 'active'

UNION ALL
SELECT a.id, 'too_many_domains', 'account', a.id, NULL,
       concat('The account has ', t.count, ' domains and numbers, and 1,000 is the most:',
         ' no change of them comes into force, and after a restart of Kamailio the account does not exist. Take some away.')
FROM (
  SELECT account_id, count(*) AS count
  FROM (SELECT account_id FROM mirror_domain UNION ALL SELECT account_id FROM mirror_cid_number) AS all_of_them
  GROUP BY account_id HAVING count(*) > 1000
) AS t
JOIN mirror_account a ON a.id = t.account_id AND a.status = 'active'

UNION ALL
-- It has no account: it is the operator's.
SELECT NULL, 'shared_template', 'route_target_kind', kind, 'uri_template',
       concat('Targets of kind ', kind, ' have the same URI in all accounts, as {account} is not in its template: one account',
         ' reaches those of another. Write {account}~{id} in place of {id}, and have the media server know them by both.')
FROM mirror_route_target_kind
WHERE strpos(uri_template, '{id}') > 0 AND strpos(uri_template, '{account}') = 0
  AND (SELECT count(*) FROM (SELECT FROM mirror_account WHERE status = 'active' LIMIT 2) AS two) = 2
$$;
COMMENT ON FUNCTION ur_counted_problems() IS 'The rows of routing_problem that are found by counting.';

CREATE OR REPLACE VIEW routing_problem AS
SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_counted_problems()
ORDER BY 1, 2, 3, 4, 5, 6;
COMMENT ON COLUMN routing_problem.account_id IS 'The account it is in. NULL: it is the operator''s, not an account''s.';
COMMENT ON COLUMN routing_problem.object IS 'Table of the row to mend: account, sip_user, sip_device, extension or route_target_kind.';
DO $$
BEGIN
  EXECUTE format('COMMENT ON COLUMN routing_problem.problem IS %L',
    (SELECT col_description('routing_problem'::regclass, attnum) FROM pg_attribute
     WHERE attrelid = 'routing_problem'::regclass AND attname = 'problem')
    || ' forbidden_host: a target whose URI leads to this server, or to a host that targets may not name. shared_template: a kind whose targets have the same URI in all accounts.');
END
$$;

-- Hosts below .invalid are those of templates: an account with such a domain would take all accounts' boxes away.
ALTER TABLE sip_domain ADD CONSTRAINT sip_domain_domain_not_invalid
  CHECK (domain !~ '(^|\.)invalid$') NOT VALID;
