-- SPDX-License-Identifier: GPL-2.0-or-later
-- The module's role can do what it needs, and nothing else.
\ir include/begin.psql
\ir include/hours.psql
\ir include/groups.psql

-- A statement's outcome when the role runs it.
CREATE FUNCTION pg_temp.outcome_as(role_name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN pg_temp.outcome(format('SET LOCAL ROLE %I; %s', role_name, statement));
END
$$;

-- Rights on every relation there is, those of later migrations included.
SELECT is(
  (SELECT string_agg(privilege, ',') FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS privilege
   WHERE has_table_privilege('user_routing', r.oid, privilege)
      OR privilege NOT IN ('DELETE', 'TRUNCATE', 'TRIGGER') AND has_any_column_privilege('user_routing', r.oid, privilege)),
  expected, format('user_routing on %s: %s', relname, coalesce(expected, 'nothing')))
FROM pg_class r
CROSS JOIN LATERAL (SELECT CASE WHEN relname LIKE 'mirror\_%' OR relname = 'routing_problem' THEN 'SELECT' END) AS e (expected)
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f', 'S');

SELECT is(pg_temp.outcome_as('user_routing', statement), expected, 'user_routing: ' || statement) FROM (VALUES
  ('SELECT * FROM mirror_meta', 'accepted'),
  ('SELECT * FROM mirror_account', 'accepted'),
  ('SELECT * FROM mirror_domain', 'accepted'),
  ('SELECT * FROM mirror_user', 'accepted'),
  ('SELECT * FROM mirror_device', 'accepted'),
  ('SELECT * FROM mirror_extension', 'accepted'),
  ('SELECT * FROM mirror_did', 'accepted'),
  ('SELECT * FROM mirror_route_target', 'accepted'),
  ('SELECT * FROM mirror_route_target_kind', 'accepted'),
  ('SELECT * FROM mirror_target_host', 'accepted'),
  ('SELECT * FROM target_host', '42501'),
  ('SELECT * FROM mirror_cid_number', 'accepted'),
  ('SELECT * FROM mirror_schedule', 'accepted'),
  ('SELECT * FROM mirror_caller_list', 'accepted'),
  ('SELECT * FROM mirror_caller_entry', 'accepted'),
  ('SELECT * FROM mirror_user_rule', 'accepted'),
  ('SELECT * FROM mirror_ring_group', 'accepted'),
  ('SELECT * FROM mirror_ring_group_member', 'accepted'),
  ('SELECT * FROM ring_group', '42501'),
  ('SELECT * FROM ring_group_member', '42501'),
  ('SELECT * FROM schedule_window', '42501'),
  ('SELECT * FROM user_rule', '42501'),
  ('SELECT * FROM routing_problem', 'accepted'),
  ('SELECT * FROM routing_problem_of(''acc_t'')', 'accepted'),
  ('LISTEN user_routing', 'accepted'),
  ('SELECT ha1b FROM mirror_device', '42703'),
  ('SELECT ha1 FROM sip_device', '42501'),
  ('UPDATE mirror_user SET dnd = 1', '42501'),
  ('DELETE FROM mirror_domain', '42501'),
  ('UPDATE sip_user SET dnd = 1', '42501'),
  ('CREATE TABLE mine (x int)', '42501'),
  ('CREATE TEMP TABLE mine (x int)', '42501'),
  ('CREATE SCHEMA mine', '42501')
) AS c (statement, expected);

-- As after ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC.
SAVEPOINT no_defaults;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
SELECT is(pg_temp.outcome_as('user_routing', 'SELECT * FROM ' || relname), 'accepted', 'with no function for everybody: ' || relname)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'mirror\_%' AND relkind = 'v' ORDER BY relname;
ROLLBACK TO no_defaults;

-- Somebody who may read the problems: by that view and the mirror_* views, without the credential, and no table.
CREATE ROLE user_routing_test_reader;
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT * FROM routing_problem'), '42501', 'problems: not for everybody');
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT * FROM routing_problem_of(''acc_t'')'), '42501', 'nor those of an account');
GRANT EXECUTE ON FUNCTION routing_problem_of(text) TO user_routing_test_reader;
GRANT SELECT ON routing_problem, mirror_account, mirror_domain, mirror_user, mirror_extension, mirror_did, mirror_route_target,
  mirror_route_target_kind, mirror_target_host, mirror_cid_number, mirror_schedule, mirror_caller_list, mirror_caller_entry,
  mirror_user_rule, mirror_ring_group, mirror_ring_group_member TO user_routing_test_reader;
GRANT SELECT (id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ring_delay_sec, ring_for_sec, number)
  ON mirror_device TO user_routing_test_reader;
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT * FROM routing_problem'), 'accepted', 'problems: for who may read the views');
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT * FROM routing_problem_of(''acc_t'')'), 'accepted', 'and those of an account');
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT ha1 FROM mirror_device'), '42501', 'and no credential with them');

-- Who writes rules needs no right on what they name, and no other one.
CREATE ROLE user_routing_test_writer;
GRANT INSERT, UPDATE, DELETE ON user_rule, schedule_window, caller_entry, ring_group_member, sip_device TO user_routing_test_writer;
GRANT UPDATE, DELETE ON account TO user_routing_test_writer;
GRANT SELECT (id) ON account TO user_routing_test_writer;
GRANT SELECT (id) ON sip_device TO user_routing_test_writer;
INSERT INTO sip_user (id, account_id, username) VALUES ('us_u', 'acc_t', 'u');
INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_t', 2, 'device', 'dev_t');
SELECT is(pg_temp.outcome_as('user_routing_test_writer', statement), expected, 'writer: ' || statement) FROM (VALUES
  ($$INSERT INTO user_rule (user_id, position, event, schedule_id, caller_list_id, action) VALUES ('us_t', 9, 'busy', 'sch_t', 'cl_t', 'reject')$$, 'accepted'),
  ($$INSERT INTO schedule_window (schedule_id) VALUES ('sch_t')$$, 'accepted'),
  ($$INSERT INTO caller_entry VALUES ('cl_t', '201')$$, 'accepted'),
  ($$INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_t', 3, 'user', 'us_u')$$, 'accepted'),
  ($$UPDATE sip_device SET user_id = 'us_u' WHERE id = 'dev_t'$$, 'accepted'),
  ($$UPDATE account SET tz = 'Europe/Berlin' WHERE id = 'acc_t'$$, 'accepted'),
  ($$DELETE FROM account WHERE id = 'acc_t'$$, 'accepted'),
  ($$SELECT * FROM schedule$$, '42501')
) AS c (statement, expected);

SELECT is(to_jsonb(r), '{"rolsuper": false, "rolinherit": true, "rolcreaterole": false, "rolcreatedb": false,
  "rolcanlogin": true, "rolreplication": false, "rolbypassrls": false}'::jsonb, 'attributes of user_routing')
FROM (SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls
      FROM pg_roles WHERE rolname = 'user_routing') AS r;
SELECT is_empty($$SELECT FROM pg_auth_members WHERE member = 'user_routing'::regrole$$, 'it is a member of no other role');
SELECT is(has_database_privilege('user_routing', current_database(), 'CONNECT'), true, 'user_routing may connect');
-- Whoever may connect may send and hear notifications.
SELECT is(has_database_privilege('public', current_database(), 'CONNECT'), false, 'nobody else may');

\ir include/end.psql
