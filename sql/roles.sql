-- SPDX-License-Identifier: GPL-2.0-or-later
-- The role that Kamailio connects as, with the least rights it needs. Run this after sql/apply, as a role that may create
-- roles, and again after each upgrade:  psql -v ON_ERROR_STOP=1 -f sql/roles.sql "$DATABASE_URL"
--   user_routing       the module: reads the mirror_* views and routing_problem, and LISTENs. It reads no table, and of
--                      the credentials only the devices' ha1
-- It is created without a password. Set one (\password user_routing), or allow another method in pg_hba.conf.
--
-- PUBLIC loses the rights to connect to this database, to use temporary tables in it and to create in its schema public.
-- PostgreSQL has no rights on channels: any role that can connect may NOTIFY user_routing, which causes a full load, and
-- LISTEN for which users change. Roles that own a table in schema public, or have a right on one, may still connect.
-- Others need an explicit  GRANT CONNECT ON DATABASE ... TO their role;  TEMPORARY likewise.
\set ON_ERROR_STOP 1
BEGIN;

DO $$
BEGIN
  IF to_regclass('public.mirror_meta') IS NULL THEN
    RAISE EXCEPTION 'the tables of user_routing are not in schema public of database "%"', current_database()
      USING HINT = 'Run sql/apply on this database first.';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'user_routing') THEN
    CREATE ROLE user_routing LOGIN;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO user_routing', current_database());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
COMMENT ON ROLE user_routing IS 'Kamailio module user_routing: reads mirror_* views and routing_problem, and listens.';

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO user_routing;

-- Exactly these rights, whatever was granted before.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM user_routing;
GRANT SELECT ON
  mirror_meta, mirror_account, mirror_domain, mirror_user, mirror_device, mirror_extension,
  mirror_did, mirror_route_target, mirror_route_target_kind, mirror_target_host, mirror_cid_number,
  mirror_schedule, mirror_caller_list, mirror_caller_entry, mirror_user_rule,
  mirror_ring_group, mirror_ring_group_member,
  routing_problem
TO user_routing;
GRANT EXECUTE ON FUNCTION routing_problem_of(text) TO user_routing;
-- What mirror_account and mirror_schedule call: PUBLIC may, but for databases whose default privileges say otherwise.
GRANT EXECUTE ON FUNCTION
  ur_hours_from(), ur_utc_offsets(text, integer, integer), ur_days(text), ur_local_hours(schedule_window[], integer, integer),
  ur_schedule_hours(schedule_window[], text, integer, integer), ur_schedule_is_over(schedule_window[], text, integer),
  ur_schedule_text(schedule_window[], text), ur_days_to_tell(schedule_window[])
TO user_routing;

-- Before migration 005 Kamailio's auth_db had a separate role. It loses its rights here and is dropped, unless something
-- still depends on it, such as another database of this server that is not upgraded yet.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'user_routing_auth') THEN
    RETURN;
  END IF;
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM user_routing_auth;
  REVOKE ALL ON SCHEMA public FROM user_routing_auth;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM user_routing_auth', current_database());
  BEGIN
    DROP ROLE user_routing_auth;
  EXCEPTION WHEN dependent_objects_still_exist THEN
    RAISE WARNING 'role user_routing_auth has no rights in this database any more, but something else depends on it'
      USING HINT = 'Upgrade the other databases of this server, too, or DROP ROLE user_routing_auth by hand.';
  END;
END
$$;

-- Roles that work with the tables keep CONNECT: the owner, the application that writes them, readers of the problems.
DO $$
DECLARE
  role_name text;
BEGIN
  FOR role_name IN
    SELECT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION
    SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'public'::regnamespace AND grantee <> 0
    UNION
    SELECT grantee::regrole::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)
    WHERE relnamespace = 'public'::regnamespace AND grantee <> 0
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %s', current_database(), role_name);
  END LOOP;
  EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

COMMIT;
