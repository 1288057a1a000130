-- SPDX-License-Identifier: GPL-2.0-or-later
-- routing_problem against calls that are played through, on configurations made by chance; and on many users.
\ir include/begin.psql
DELETE FROM account;

-- ---- Calls played through: every way they can go is noted in event. The rules are written here once more, from
-- their description and in another form, so that a mistake would have to be made twice.

CREATE TEMP TABLE event (what text);

CREATE FUNCTION pg_temp.note(text) RETURNS boolean LANGUAGE sql AS 'INSERT INTO event VALUES ($1); SELECT true';

-- Follows a target if that is possible; visited: what the call has visited.
CREATE FUNCTION pg_temp.follow(acc text, kind text, id text, visited text[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  x extension;
  name text := kind || ' ' || id;
BEGIN
  IF kind IS NULL THEN RETURN false; END IF;
  IF kind = 'hangup' THEN RETURN pg_temp.note('hung up'); END IF;
  IF kind NOT IN ('user', 'extension') THEN
    RETURN EXISTS (SELECT FROM route_target t WHERE t.account_id = acc AND t.kind = $2 AND t.id = $3) AND pg_temp.note('left');
  END IF;
  IF name = ANY (visited) THEN RETURN NOT pg_temp.note('came back'); END IF;
  IF cardinality(visited) >= 10 THEN RETURN NOT pg_temp.note('too long'); END IF;
  IF kind = 'user' THEN
    IF NOT EXISTS (SELECT FROM sip_user u WHERE u.id = $3 AND u.account_id = acc AND u.status = 'active') THEN RETURN false; END IF;
    PERFORM pg_temp.play(id, visited || name);
    RETURN true;
  END IF;
  SELECT * INTO x FROM extension e WHERE e.id = $3 AND e.account_id = acc AND e.status = 'active';
  RETURN FOUND AND pg_temp.follow(acc, x.dest_kind, x.dest_id, visited || name);
END
$$;

CREATE FUNCTION pg_temp.play(user_id text, visited text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  u sip_user;
  rings boolean := EXISTS (SELECT FROM sip_device d WHERE d.user_id = $1);
BEGIN
  SELECT * INTO u FROM sip_user WHERE id = user_id;
  IF pg_temp.follow(u.account_id, u.fwd_always_kind, u.fwd_always_id, visited) THEN RETURN; END IF;
  IF rings THEN PERFORM pg_temp.note('answered'); END IF;  -- if not now, once do-not-disturb is off
  IF u.dnd = 1 OR rings THEN
    PERFORM pg_temp.follow(u.account_id, u.fwd_busy_kind, u.fwd_busy_id, visited)
         OR pg_temp.follow(u.account_id, CASE WHEN u.voicemail_id IS NOT NULL THEN 'voicemail' END, u.voicemail_id, visited)
         OR pg_temp.note('hung up');
  END IF;
  IF u.dnd = 0 AND pg_temp.follow(u.account_id, u.fwd_unreachable_kind, u.fwd_unreachable_id, visited) AND NOT rings THEN RETURN; END IF;
  IF u.dnd = 0 THEN
    PERFORM pg_temp.follow(u.account_id, u.fwd_noanswer_kind, u.fwd_noanswer_id, visited)
         OR pg_temp.follow(u.account_id, CASE WHEN u.voicemail_id IS NOT NULL THEN 'voicemail' END, u.voicemail_id, visited)
         OR pg_temp.note('hung up');
  END IF;
END
$$;

CREATE FUNCTION pg_temp.events(acc text, kind text, id text) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM event;
  PERFORM pg_temp.follow(acc, kind, id, '{}');
  RETURN ARRAY(SELECT DISTINCT what FROM event);
END
$$;

-- 120 accounts of 6 users and 2 extensions; the seed makes a failure repeatable.
SELECT setseed(0.3);
CREATE FUNCTION pg_temp.anything(n int) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT CASE WHEN r < 5 THEN NULL WHEN r < 6 THEN 'hangup 486' WHEN r < 7 THEN 'queue q' WHEN r < 8 THEN 'queue none'
              WHEN r < 10 THEN format('extension x%s.%s', n, 1 + floor(random() * 3))
              ELSE format('user u%s.%s', n, 1 + floor(random() * 7)) END
  FROM (SELECT random() * 16 AS r) AS chance
$$;
INSERT INTO account (id) SELECT format('a%s', n) FROM generate_series(1, 120) AS n;
INSERT INTO route_target (account_id, kind, id) SELECT id, 'queue', 'q' FROM account UNION ALL SELECT id, 'voicemail', 'box' FROM account;
INSERT INTO sip_user (id, account_id, username, status, dnd, voicemail_id, fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id,
                      fwd_noanswer_kind, fwd_noanswer_id, fwd_unreachable_kind, fwd_unreachable_id)
SELECT format('u%s.%s', n, m), format('a%s', n), m, CASE WHEN random() < 0.1 THEN 'disabled' ELSE 'active' END, 0,
       CASE WHEN random() < 0.2 THEN 'box' END, split_part(a, ' ', 1), split_part(a, ' ', 2), split_part(b, ' ', 1), split_part(b, ' ', 2),
       split_part(c, ' ', 1), split_part(c, ' ', 2), split_part(e, ' ', 1), split_part(e, ' ', 2)
FROM generate_series(1, 120) AS n, generate_series(1, 6) AS m,
     LATERAL (SELECT CASE WHEN random() < 0.5 THEN pg_temp.anything(n + 0 * m) END AS a, pg_temp.anything(n + 0 * m) AS b,
                     pg_temp.anything(n + 0 * m) AS c, CASE WHEN random() < 0.3 THEN pg_temp.anything(n + 0 * m) END AS e) AS chance;
INSERT INTO extension (id, account_id, digits, dest_kind, dest_id)
SELECT format('x%s.%s', n, m), format('a%s', n), m, split_part(d, ' ', 1), split_part(d, ' ', 2)
FROM generate_series(1, 120) AS n, generate_series(1, 2) AS m,
     LATERAL (SELECT coalesce(pg_temp.anything(n + 0 * m), 'queue q') AS d) AS chance;

-- With a device for everyone, a call can go any way the rules allow.
INSERT INTO sip_device (user_id, auth_username, realm) SELECT id, id, 't.example' FROM sip_user;
CREATE TEMP TABLE played AS
SELECT account_id, kind, id, pg_temp.events(account_id, kind, id) AS events
FROM (SELECT account_id, 'user' AS kind, id FROM sip_user UNION ALL SELECT account_id, 'extension', id FROM extension) AS callee;
SELECT set_eq($$SELECT account_id FROM routing_problem WHERE problem = 'forward_loop'$$,
              $$SELECT account_id FROM played WHERE 'came back' = ANY (events)$$,
              'loops are listed where a call comes back, and nowhere else');
SELECT cmp_ok((SELECT count(DISTINCT account_id) FROM played WHERE 'came back' = ANY (events)), '>', 20::bigint, 'of which there are some');

-- With few devices, many calls reach nobody.
UPDATE sip_user SET dnd = 1 WHERE random() < 0.3;
DELETE FROM sip_device WHERE random() < 0.6;
TRUNCATE played;
INSERT INTO played SELECT account_id, 'user', id, pg_temp.events(account_id, 'user', id) FROM sip_user WHERE status = 'active';
SELECT set_eq($$SELECT object_id FROM routing_problem WHERE problem = 'only_hangs_up'$$,
              $$SELECT id FROM played WHERE NOT events && '{answered,left}'$$,
              'users whose calls all end in hanging up are listed, and nobody else');
SELECT cmp_ok((SELECT count(*) FROM played WHERE NOT events && '{answered,left}'), '>', 100::bigint, 'of which there are some');

SELECT bag_eq('SELECT p.* FROM account a, routing_problem_of(a.id) AS p', 'SELECT * FROM routing_problem', 'account by account it is the same');

-- ---- Many users: it ends, in a time for people ---------------------------------------------------------

SET LOCAL statement_timeout = '2min';
CREATE FUNCTION pg_temp.seconds(OUT took interval, OUT rows bigint) LANGUAGE plpgsql AS $$
DECLARE
  start timestamptz := clock_timestamp();
BEGIN
  SELECT count(*) INTO rows FROM routing_problem;
  took := clock_timestamp() - start;
END
$$;
CREATE FUNCTION pg_temp.lasts(what text, expected bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  SELECT * INTO r FROM pg_temp.seconds();
  RETURN NEXT diag(format('%s: %s', what, r.took));
  IF expected IS NOT NULL THEN RETURN NEXT is(r.rows, expected, what || ': problems found'); END IF;
  RETURN NEXT ok(r.took < '30 s', what || ': in less than 30 s, however busy the machine');
END
$$;

-- What an account of few users costs: read blocks, which do not depend on how busy the machine is.
CREATE FUNCTION pg_temp.costs_little(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
  blocks bigint;
BEGIN
  INSERT INTO account (id) VALUES ('small');
  INSERT INTO sip_user (id, account_id, username, fwd_always_kind, fwd_always_id)
  SELECT 's' || n, 'small', n, 'user', CASE n WHEN 10 THEN 'u7.7' ELSE 's' || n + 1 END FROM generate_series(1, 10) AS n;
  INSERT INTO sip_device (user_id, auth_username, realm) SELECT id, id, 't.example' FROM sip_user WHERE account_id = 'small';
  INSERT INTO schedule (id, account_id) VALUES ('small', 'small');
  INSERT INTO schedule_window (schedule_id) VALUES ('small');
  INSERT INTO caller_list (id, account_id) VALUES ('small', 'small');
  INSERT INTO caller_entry VALUES ('small', '+49'), ('small', '7');
  INSERT INTO user_rule (user_id, position, event, schedule_id, caller_list_id, action, target_kind, target_id)
  SELECT id, 1, 'busy', 'small', 'small', 'forward', 'user', 's5' FROM sip_user WHERE account_id = 'small' AND id <> 's5';
  INSERT INTO ring_group (id, account_id, fwd_busy_kind, fwd_busy_id) VALUES ('small', 'small', 'user', 's5'), ('smaller', 'small', 'ring_group', 'small');
  INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT 'small', n, 'user', 's' || n FROM generate_series(1, 9) AS n UNION ALL
  SELECT 'small', 10, 'ring_group', 'smaller' UNION ALL SELECT 'smaller', 1, 'device', id FROM sip_device WHERE user_id = 's10';
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT * FROM routing_problem_of(''small'')' INTO plan;
  blocks := (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint;
  RETURN NEXT is((plan -> 0 -> 'Plan' ->> 'Actual Rows')::numeric, 1::numeric, what || ': the problem of an account of 10 users is found');
  RETURN NEXT diag(format('%s: %s blocks, %s ms', what, blocks, plan -> 0 ->> 'Execution Time'));
  RETURN NEXT ok(blocks < 1500, what || ': for what the account costs');
  DELETE FROM account WHERE id = 'small';
END
$$;

-- User k of account a is called u<a>.<k>; 100 accounts of 1000. One in ten has rules.
CREATE PROCEDURE pg_temp.fill() LANGUAGE sql AS $$
DELETE FROM account;
INSERT INTO account (id) SELECT 'a' || a FROM generate_series(0, 99) AS a;
INSERT INTO route_target (account_id, kind, id) SELECT id, 'voicemail', 'box' FROM account;
INSERT INTO sip_user (id, account_id, username, voicemail_id, fwd_noanswer_kind, fwd_noanswer_id)
SELECT format('u%s.%s', a, k), 'a' || a, k, 'box', CASE WHEN k % 5 = 1 THEN 'user' END, CASE WHEN k % 5 = 1 THEN format('u%s.0', a) END
FROM generate_series(0, 99) AS a, generate_series(0, 999) AS k;
INSERT INTO sip_device (user_id, auth_username, realm, ring_delay_sec) SELECT id, id, 't.example', 5 FROM sip_user;
INSERT INTO schedule (id, account_id) SELECT id, id FROM account;
INSERT INTO schedule_window (schedule_id, days) SELECT id, 'mon-fri' FROM account;
INSERT INTO caller_list (id, account_id) SELECT id, id FROM account;
INSERT INTO caller_entry SELECT id, '+49' || n FROM account, generate_series(1, 100) AS n;
INSERT INTO user_rule (user_id, position, event, schedule_id, caller_list_id, action, target_kind, target_id)
SELECT id, 1, 'busy', account_id, account_id, 'forward', 'voicemail', 'box' FROM sip_user WHERE id LIKE '%7' UNION ALL
SELECT id, 2, 'busy', account_id, NULL, 'forward', 'user', replace(account_id, 'a', 'u') || '.1' FROM sip_user WHERE id LIKE '%7';
INSERT INTO ring_group (id, account_id, fwd_noanswer_kind, fwd_noanswer_id)
SELECT format('g%s.%s', a, n), 'a' || a, 'voicemail', 'box' FROM generate_series(0, 99) AS a, generate_series(0, 99) AS n;
INSERT INTO ring_group_member (group_id, position, member_kind, member_id)
SELECT format('g%s.%s', a, n), k, 'user', format('u%s.%s', a, n * 10 + k) FROM generate_series(0, 99) AS a, generate_series(0, 99) AS n, generate_series(0, 9) AS k UNION ALL
SELECT format('g%s.%s', a, n), 10, 'ring_group', format('g%s.%s', a, n + 1) FROM generate_series(0, 99) AS a, generate_series(0, 98, 3) AS n UNION ALL
SELECT format('g%s.%s', a, n), 11, 'device', (SELECT id FROM sip_device WHERE user_id = 'u0.0') FROM generate_series(0, 0) AS a, generate_series(2, 99, 3) AS n;
$$;
CALL pg_temp.fill();
SELECT pg_temp.lasts('100,000 users of which the planner knows nothing', 0);
SELECT pg_temp.costs_little('one account of 100 of which the planner knows nothing');
-- Autovacuum sees the tables now and then, and may have seen them last before an import.
DELETE FROM account;
ANALYZE;
CALL pg_temp.fill();
SELECT pg_temp.lasts('100,000 users where the planner knows that there are none', 0);
SELECT pg_temp.costs_little('one account where the planner knows that there are none');
ANALYZE;
UPDATE sip_user SET fwd_always_kind = 'user', fwd_always_id = replace(id, '.999', '.998') WHERE username = '999';
UPDATE sip_user SET fwd_busy_kind = 'user', fwd_busy_id = replace(id, '.998', '.999') WHERE username = '998';
DELETE FROM sip_device WHERE user_id LIKE '%.997';
SELECT pg_temp.lasts('100,000 users, mostly clean', 200);
-- Little memory stands for many more users and rules: what has to fit into it would be searched row by row.
SET LOCAL work_mem = '64kB';
SELECT pg_temp.lasts('the same with little memory', 200);
SET LOCAL work_mem TO DEFAULT;
SELECT pg_temp.costs_little('one account, with statistics');
SELECT is(count(*), 2::bigint, 'one account of 1000 users: problems found') FROM routing_problem_of('a7');

-- Knots.
DELETE FROM account WHERE id <> 'a0';
UPDATE sip_user SET fwd_always_kind = NULL, fwd_always_id = NULL, fwd_busy_kind = 'user', fwd_busy_id = 'u0.' || floor(random() * 1000),
  fwd_noanswer_kind = 'user', fwd_noanswer_id = 'u0.' || floor(random() * 1000);
SELECT pg_temp.lasts('1000 users, all forwarding to each other by chance', NULL);
UPDATE sip_user SET fwd_busy_id = 'u0.' || (username::int + 1) % 1000, fwd_noanswer_id = 'u0.' || (username::int + 2) % 1000;
SELECT pg_temp.lasts('1000 users, each forwarding to the next two', NULL);
UPDATE sip_user SET fwd_busy_id = 'u0.' || (username::int / 2), fwd_noanswer_id = 'u0.' || (username::int / 3);
SELECT pg_temp.lasts('1000 users, a funnel', NULL);
UPDATE sip_user SET fwd_busy_id = 'u0.' || username::int / 10 * 10 + (username::int + 1) % 10,
  fwd_noanswer_id = 'u0.' || username::int / 10 * 10 + (username::int + 3) % 10;
SELECT pg_temp.lasts('100 knots of 10', NULL);
UPDATE sip_user SET fwd_always_kind = 'user', fwd_always_id = 'u0.' || (username::int + 1) % 1000;
-- Of a ring as long as that one sees ten members to either side of each: it is listed at those less than all they see.
SELECT pg_temp.lasts('a ring of 1000', 3);

-- Groups that all contain each other.
UPDATE sip_user SET fwd_always_kind = NULL, fwd_always_id = NULL, fwd_busy_kind = NULL, fwd_busy_id = NULL, fwd_noanswer_kind = NULL, fwd_noanswer_id = NULL;
DELETE FROM ring_group_member WHERE member_kind <> 'user' OR position > 0;
INSERT INTO ring_group_member (group_id, position, member_kind, member_id)
SELECT g.id, row_number() OVER (PARTITION BY g.id ORDER BY c.id), 'ring_group', c.id FROM ring_group g, ring_group c WHERE g.id <> c.id;
SELECT pg_temp.lasts('100 groups, each of which contains all others', NULL);
DELETE FROM ring_group_member WHERE member_kind = 'ring_group';
INSERT INTO ring_group_member (group_id, position, member_kind, member_id)
SELECT format('g0.%s', n), 1, 'ring_group', format('g0.%s', (n + 1) % 100) FROM generate_series(0, 99) AS n;
SELECT pg_temp.lasts('a ring of 100 groups', NULL);

\ir include/end.psql
