-- SPDX-License-Identifier: GPL-2.0-or-later
-- The two roles can do what they need, and nothing else.
\ir include/begin.psql

-- A statement's outcome when the role runs it.
CREATE FUNCTION pg_temp.outcome_as(role_name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN pg_temp.outcome(format('SET LOCAL ROLE %I; %s', role_name, statement));
END
$$;

-- Rights on every relation there is, those of later migrations included.
SELECT is(
  (SELECT string_agg(privilege, ',') FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS privilege
   WHERE has_table_privilege(role_name, r.oid, privilege)
      OR privilege NOT IN ('DELETE', 'TRUNCATE', 'TRIGGER') AND has_any_column_privilege(role_name, r.oid, privilege)),
  CASE WHEN relname LIKE visible THEN 'SELECT' END,
  format('%s on %s: %s', role_name, relname, CASE WHEN relname LIKE visible THEN 'SELECT' ELSE 'nothing' END))
FROM pg_class r, (VALUES ('user_routing', 'mirror\_%'), ('user_routing_auth', 'sip\_auth')) AS c (role_name, visible)
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f', 'S');

SELECT is(pg_temp.outcome_as(role_name, statement), expected, role_name || ': ' || statement) FROM (VALUES
  ('user_routing', 'SELECT * FROM mirror_meta', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_account', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_domain', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_user', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_device', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_extension', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_route_target', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_route_target_kind', 'accepted'),
  ('user_routing', 'SELECT * FROM mirror_cid_number', 'accepted'),
  ('user_routing', 'LISTEN user_routing', 'accepted'),
  ('user_routing', 'SELECT ha1 FROM mirror_device', '42703'),
  ('user_routing', 'SELECT ha1 FROM sip_device', '42501'),
  ('user_routing', 'SELECT ha1 FROM sip_auth', '42501'),
  ('user_routing', 'SELECT * FROM routing_problem', '42501'),
  ('user_routing', 'UPDATE mirror_user SET dnd = 1', '42501'),
  ('user_routing', 'DELETE FROM mirror_domain', '42501'),
  ('user_routing', 'UPDATE sip_user SET dnd = 1', '42501'),
  ('user_routing', 'CREATE TABLE mine (x int)', '42501'),
  ('user_routing', 'CREATE TEMP TABLE mine (x int)', '42501'),
  ('user_routing', 'CREATE SCHEMA mine', '42501'),
  ('user_routing_auth', 'SELECT ha1 FROM sip_auth', 'accepted'),
  ('user_routing_auth', 'SELECT * FROM mirror_user', '42501'),
  ('user_routing_auth', 'SELECT * FROM routing_problem', '42501'),
  ('user_routing_auth', 'SELECT * FROM ur_routing_problems()', '42501'),
  ('user_routing_auth', 'SELECT ha1 FROM sip_device', '42501'),
  ('user_routing_auth', 'UPDATE sip_device SET ha1 = NULL', '42501'),
  ('user_routing_auth', 'CREATE TABLE mine (x int)', '42501'),
  ('user_routing_auth', 'CREATE TEMP TABLE mine (x int)', '42501')
) AS c (role_name, statement, expected);

-- Somebody who may read the problems: by that view and the mirror_* views, and no table.
CREATE ROLE user_routing_test_reader;
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT * FROM routing_problem'), '42501', 'problems: not for everybody');
GRANT SELECT ON routing_problem, mirror_account, mirror_domain, mirror_user, mirror_device, mirror_extension, mirror_route_target,
  mirror_route_target_kind, mirror_cid_number TO user_routing_test_reader;
SELECT is(pg_temp.outcome_as('user_routing_test_reader', 'SELECT * FROM routing_problem'), 'accepted', 'problems: for who may read the views');

SELECT is(to_jsonb(r), '{"rolsuper": false, "rolinherit": true, "rolcreaterole": false, "rolcreatedb": false,
  "rolcanlogin": true, "rolreplication": false, "rolbypassrls": false}'::jsonb, 'attributes of ' || name)
FROM (VALUES ('user_routing'), ('user_routing_auth')) AS n (name), LATERAL (
  SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls
  FROM pg_roles WHERE rolname = name) AS r;
SELECT is_empty($$SELECT FROM pg_auth_members WHERE member::regrole::text LIKE 'user\_routing%'$$, 'neither is a member of another role');
SELECT is(has_database_privilege(name, current_database(), 'CONNECT'), true, name || ' may connect')
FROM (VALUES ('user_routing'), ('user_routing_auth')) AS n (name);

\ir include/end.psql
