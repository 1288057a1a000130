-- SPDX-License-Identifier: GPL-2.0-or-later
-- The module checks passwords itself: mirror_device shows ha1, a new password is announced like any other change,
-- and the view sip_auth, which Kamailio's auth_db asked at each REGISTER and INVITE, is gone.
-- Run roles.sql after this: it takes the role user_routing_auth away.

-- mirror_device is replaced if it is as 002 made it. A view of somebody's own stays, and must have the column.
CREATE VIEW ur_mirror_device_of_002 AS
SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status
FROM sip_device;

DO $$
BEGIN
  IF pg_get_viewdef('mirror_device'::regclass) = pg_get_viewdef('ur_mirror_device_of_002'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_device AS
    SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ha1
    FROM sip_device;
  ELSIF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'mirror_device'::regclass AND attname = 'ha1') THEN
    RAISE EXCEPTION 'mirror_device is a view of your own and has no column ha1'
      USING HINT = 'Add it at the end, text: md5(auth_username:realm:password) in lower-case hexadecimal, or NULL. Then run this again.';
  END IF;
END
$$;
DROP VIEW ur_mirror_device_of_002;
COMMENT ON VIEW mirror_device IS 'Devices, as the module reads them: without ha1b.';
COMMENT ON COLUMN mirror_device.ha1 IS 'sip_device.ha1: a credential.';

-- Others who may read mirror_device (those who read routing_problem must) keep the columns they had.
DO $$
DECLARE
  reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'mirror_device'::regclass AND privilege_type = 'SELECT' AND grantee <> relowner
      AND grantee::regrole::text <> 'user_routing'
  LOOP
    EXECUTE format('REVOKE SELECT ON mirror_device FROM %s', reader);
    EXECUTE format('GRANT SELECT (id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status)
                    ON mirror_device TO %s', reader);
  END LOOP;
END
$$;

-- The problems are found without ha1: who reads them needs no right on it.
DO $$
BEGIN
  EXECUTE replace(pg_get_functiondef('ur_routing_problems()'::regprocedure),
                  'SELECT *, status = ', 'SELECT user_id, ring_specific, status = ');
END
$$;
COMMENT ON VIEW routing_problem IS
  'What is configured and cannot work as it stands, a row each; none: all is well. Who reads it needs SELECT on the mirror_* views, too; of mirror_device on all columns but ha1, a credential.';

CREATE OR REPLACE VIEW mirror_meta AS
SELECT 2 AS schema_version;

SELECT ur_notify_watch('sip_device', $$'user ' || user_id$$,
  'id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ha1');

DROP VIEW sip_auth;
