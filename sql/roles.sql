-- SPDX-License-Identifier: GPL-2.0-or-later
-- The two roles Kamailio connects as, each with the least it needs. Run it after sql/apply, as a role that may
-- create roles; run it again after each upgrade:  psql -v ON_ERROR_STOP=1 -f sql/roles.sql "$DATABASE_URL"
--   user_routing       the module: reads the mirror_* views, LISTENs; no table, no credential
--   user_routing_auth  auth_db: reads the view sip_auth
-- Both are made without a password; give them one (\password user_routing) or another way in by pg_hba.conf.
--
-- PUBLIC loses the right to temporary tables in this database and to create in its schema public. Where other
-- applications share the database and need that: GRANT TEMPORARY ON DATABASE ... TO their role.
\set ON_ERROR_STOP 1
BEGIN;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user_routing', 'user_routing_auth'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', name);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
COMMENT ON ROLE user_routing IS 'Kamailio module user_routing: reads mirror_* views and listens.';
COMMENT ON ROLE user_routing_auth IS 'Kamailio auth_db: reads sip_auth.';

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO user_routing, user_routing_auth;

-- Exactly these, whatever was granted before.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM user_routing, user_routing_auth;
GRANT SELECT ON
  mirror_meta, mirror_account, mirror_domain, mirror_user, mirror_device, mirror_extension,
  mirror_route_target, mirror_route_target_kind, mirror_cid_number
TO user_routing;
GRANT SELECT ON sip_auth TO user_routing_auth;

COMMIT;
