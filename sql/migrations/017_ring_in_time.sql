-- SPDX-License-Identifier: GPL-2.0-or-later
-- A ring in time, external phones, and a forward for users whom no call can reach.
--
--   UPDATE sip_device SET ring_delay_sec = 10, ring_for_sec = 15 WHERE id = 'dev_alice_soft';
--   INSERT INTO sip_device (user_id, number, ring_delay_sec) VALUES ('us_alice', '491701234567', 5);
--   UPDATE sip_user SET fwd_unreachable_kind = 'voicemail', fwd_unreachable_id = 'alice' WHERE id = 'us_alice';

-- ---- devices -------------------------------------------------------------------------------------------------------

ALTER TABLE sip_device
  ADD ring_delay_sec integer NOT NULL DEFAULT 0
    CONSTRAINT sip_device_ring_delay_sec_range CHECK (ring_delay_sec BETWEEN 0 AND 600),
  ADD ring_for_sec integer
    CONSTRAINT sip_device_ring_for_sec_range CHECK (ring_for_sec BETWEEN 1 AND 600),
  ADD number text
    CONSTRAINT sip_device_number_e164 CHECK (ur_is_e164(number)),
  ALTER auth_username DROP NOT NULL,
  ALTER realm DROP NOT NULL,
  ADD CONSTRAINT sip_device_auth_username_and_realm_or_number CHECK
    (number IS NOT NULL OR auth_username IS NOT NULL AND realm IS NOT NULL),
  ADD CONSTRAINT sip_device_number_without_credentials CHECK
    (number IS NULL OR num_nonnulls(auth_username, realm, ha1, ha1b) = 0);
COMMENT ON TABLE sip_device IS
  'A phone of a user. It registers under sip:auth_username@realm; or it has a number: an external phone, which is called through the gateway.';
COMMENT ON COLUMN sip_device.auth_username IS
  'User name of digest authentication and user part of the address of record; case matters. 1 to 64 characters that a SIP URI takes unescaped. NULL: an external phone.';
COMMENT ON COLUMN sip_device.realm IS
  'Realm of digest authentication and host part of the address of record, lower case; need not stand in sip_domain. NULL: an external phone.';
COMMENT ON COLUMN sip_device.ring_order IS
  'Order of sequential steps, and of branches that begin at the same time; lower rings first, then by id.';
COMMENT ON COLUMN sip_device.ring_delay_sec IS
  'Seconds of the ring after which it begins to ring, 0 to 600, with the strategies simultaneous and specific. 0: at once.';
COMMENT ON COLUMN sip_device.ring_for_sec IS
  'Seconds that it rings, 1 to 600, never past the user''s ring_timeout_sec; with the strategy sequential the time of its step. NULL: to the end of the ring or, with sequential, the user''s ring_timeout_sec.';
COMMENT ON COLUMN sip_device.number IS
  'E.164 number without + of an external phone. Such a device has no auth_username, realm, ha1 and ha1b, and does not register. NULL: a phone that registers.';
COMMENT ON COLUMN sip_user.ring_timeout_sec IS
  'Seconds to ring, 1 to 600: of the fork as a whole; with sequential of each step, unless its device has a ring_for_sec.';

-- A number is text of the user's record, too, and what concatenates NULL is NULL.
DO $$
DECLARE
  content constant text := 'octet_length(id || auth_username || realm)';
  function_name text;
  was text;
BEGIN
  FOREACH function_name IN ARRAY '{"ur_limit_user(text[],text[],text[])",ur_limit_sip_device()}'::text[] LOOP
    was := pg_get_functiondef(function_name::regprocedure);
    IF strpos(was, content) = 0 THEN
      RAISE EXCEPTION '% is not as the migrations before this one made it', function_name;
    END IF;
    EXECUTE replace(replace(was, content, 'octet_length(concat(id, auth_username, realm, number))'),
                    'in id, auth_username and realm:', 'in id, auth_username, realm and number:');
  END LOOP;
END
$$;

-- ---- users ---------------------------------------------------------------------------------------------------------

ALTER TABLE sip_user
  ADD fwd_unreachable_kind text
    CONSTRAINT sip_user_fwd_unreachable_kind_fkey REFERENCES route_target_kind (kind),
  ADD fwd_unreachable_id text
    CONSTRAINT sip_user_fwd_unreachable_id_characters CHECK (ur_is_target_id(fwd_unreachable_id)),
  ADD CONSTRAINT sip_user_fwd_unreachable_kind_and_id_or_neither CHECK
    ((fwd_unreachable_kind IS NULL) = (fwd_unreachable_id IS NULL)),
  ADD CONSTRAINT sip_user_fwd_unreachable_hangup_400_to_699 CHECK
    (fwd_unreachable_kind <> 'hangup' OR fwd_unreachable_id ~ '^[456][0-9]{2}$');
COMMENT ON COLUMN sip_user.fwd_unreachable_kind IS
  'Kind of the target for calls that reach no phone; NULL: none, such calls count as not answered.';
COMMENT ON COLUMN sip_user.fwd_unreachable_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';

-- ---- what the module reads -----------------------------------------------------------------------------------------

-- Both views are replaced if they are as 016 and 005 made them. A view of somebody's own stays, and the module takes the
-- default of a column that it does not show.
CREATE VIEW ur_mirror_user_of_016 AS
SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
       fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
       voicemail_id, out_cid_number, out_cid_name, dial_class
FROM sip_user;
CREATE VIEW ur_mirror_device_of_005 AS
SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ha1
FROM sip_device;

DO $$
BEGIN
  IF pg_get_viewdef('mirror_user'::regclass) = pg_get_viewdef('ur_mirror_user_of_016'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_user AS
    SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
           fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
           voicemail_id, out_cid_number, out_cid_name, dial_class, fwd_unreachable_kind, fwd_unreachable_id
    FROM sip_user;
  END IF;
  IF pg_get_viewdef('mirror_device'::regclass) = pg_get_viewdef('ur_mirror_device_of_005'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_device AS
    SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ha1,
           ring_delay_sec, ring_for_sec, number
    FROM sip_device;
  END IF;
END
$$;
DROP VIEW ur_mirror_user_of_016;
DROP VIEW ur_mirror_device_of_005;

-- Those who may read the problems read mirror_device without ha1, column by column: they need the new ones, too.
DO $$
DECLARE
  reader text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'mirror_device'::regclass AND attname = 'ring_for_sec') THEN
    RETURN;
  END IF;
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_attribute, aclexplode(attacl)
    WHERE attrelid = 'mirror_device'::regclass AND attname = 'status' AND privilege_type = 'SELECT'
  LOOP
    EXECUTE format('GRANT SELECT (ring_delay_sec, ring_for_sec, number) ON mirror_device TO %s', reader);
  END LOOP;
END
$$;

-- By row where sip_device is watched so. All columns of sip_user are watched.
SELECT ur_notify_watch('sip_device', $$'user ' || user_id$$,
  'id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ha1, ring_delay_sec, ring_for_sec, number',
  EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'sip_device'::regclass AND tgname = 'sip_device_notify_row'));

-- Older modules find all that they know. They skip external phones.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 5 AS schema_version, 2 AS compatible_from;

-- ---- routing_problem -----------------------------------------------------------------------------------------------

-- The rows of mirror_user and mirror_device, with the defaults of columns that a view of somebody's own does not show.
-- Inside LATERAL a name that the view does not have is looked up in "missing". The planner inlines these functions.
CREATE FUNCTION ur_user_rows()
RETURNS TABLE (id text, account_id text, username text, display_name text, status text, ring_strategy text,
               ring_timeout_sec integer, dnd smallint, fwd_always_kind text, fwd_always_id text, fwd_busy_kind text, fwd_busy_id text,
               fwd_noanswer_kind text, fwd_noanswer_id text, fwd_unreachable_kind text, fwd_unreachable_id text,
               voicemail_id text, out_cid_number text)
LANGUAGE sql STABLE
AS $$
SELECT u.*
FROM (SELECT NULL::text AS fwd_unreachable_kind, NULL::text AS fwd_unreachable_id) AS missing,
     LATERAL (SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
                     fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
                     fwd_unreachable_kind, fwd_unreachable_id, voicemail_id, out_cid_number
              FROM public.mirror_user) AS u
$$;
COMMENT ON FUNCTION ur_user_rows() IS 'The rows of mirror_user; a column that it does not show has its default.';

CREATE FUNCTION ur_device_rows()
RETURNS TABLE (id text, user_id text, auth_username text, realm text, ring_on_fork smallint, ring_specific smallint, status text,
               ring_delay_sec integer, ring_for_sec integer, number text)
LANGUAGE sql STABLE
AS $$
SELECT d.*
FROM (SELECT 0 AS ring_delay_sec, NULL::integer AS ring_for_sec, NULL::text AS number) AS missing,
     LATERAL (SELECT id, user_id, auth_username, realm, ring_on_fork, ring_specific, status, ring_delay_sec, ring_for_sec, number
              FROM public.mirror_device) AS d
$$;
COMMENT ON FUNCTION ur_device_rows() IS
  'The rows of mirror_device without credentials; a column that it does not show has its default.';

-- fwd_unreachable is a forward like the others. Calls to users without a device that could ring follow it first.
DO $$
DECLARE
  edits constant text[][] := ARRAY[
    -- Where it points.
    ARRAY[$a$    ('voicemail_id',    'sends callers', $a$,
          $b$    ('fwd_unreachable_id', 'forwards when unreachable', m.fwd_unreachable_kind, m.fwd_unreachable_id),
    ('voicemail_id',    'sends callers', $b$],
    ARRAY[$a$WHEN 'voicemail_id' THEN ': calls that should go there are hung up.'$a$,
          $b$WHEN 'fwd_unreachable_id' THEN ': such calls count as not answered.'
           WHEN 'voicemail_id' THEN ': calls that should go there are hung up.'$b$],
    -- Its turn.
    ARRAY[$a$The rules of a user in the order in which a call meets them: always; then the one whose turn it is while no device
-- rings; then what remains$a$,
          $b$The rules of a user in the order in which a call meets them: always; then those whose turn it is while no device
-- rings: unreachable and no answer, or busy; then what remains$b$],
    ARRAY[$a$         s.via AS second_via,$a$,
          $b$         x.via AS first_via, x.next AS first_next, x.state AS first_state, x.said AS first_said, x.label AS first_label,
         s.via AS second_via,$b$],
    ARRAY[$a$  LEFT JOIN forward s ON$a$,
          $b$  LEFT JOIN forward x ON x.no = m.no AND x.field = 'fwd_unreachable_id' AND NOT m.undisturbed
                     AND (d.ring IS NULL OR d.ring = 0)
  LEFT JOIN forward s ON$b$],
    ARRAY[$a$      (2, r.second_via,$a$,
          $b$      (2, r.first_via, r.first_next, r.first_state, 'has no device that could ring and ' || r.first_said, r.first_label),
      (3, r.second_via,$b$],
    ARRAY[$a$      (3, '{}', NULL,$a$, $b$      (4, '{}', NULL,$b$],
    ARRAY[$a$(place = 3 OR$a$, $b$(place = 4 OR$b$],
    ARRAY[$a$So far there is one way for it: not busy,
-- as nobody is there to be.$a$, $b$So far there is one way for it: unreachable,
-- as nobody is there.$b$],
    ARRAY[$a$count at once as not answered.$a$, $b$count at once as unreachable.$b$]];
  of_all constant text[][] := ARRAY[
    ARRAY[$a$FROM mirror_user u$a$, $b$FROM public.ur_user_rows() u$b$]];
  of_account constant text[][] := ARRAY[
    ARRAY[$a$FROM public.mirror_user$a$, $b$FROM public.ur_user_rows()$b$],
    ARRAY[$a$(fwd_noanswer_kind, fwd_noanswer_id)$a$, $b$(fwd_noanswer_kind, fwd_noanswer_id), (fwd_unreachable_kind, fwd_unreachable_id)$b$]];
  function_name text;
  definition text;
  edit text[];
BEGIN
  FOREACH function_name IN ARRAY '{ur_routing_problems(),ur_routing_problems(text)}'::text[] LOOP
    definition := pg_get_functiondef(function_name::regprocedure);
    FOREACH edit SLICE 1 IN ARRAY edits || CASE function_name WHEN 'ur_routing_problems()' THEN of_all ELSE of_account END LOOP
      IF strpos(definition, edit[1]) = 0 THEN
        RAISE EXCEPTION '% is not as the migrations before this one made it', function_name
          USING DETAIL = format('It does not contain: %s', edit[1]);
      END IF;
      definition := replace(definition, edit[1], edit[2]);
    END LOOP;
    EXECUTE definition;
  END LOOP;
END
$$;

-- Devices whose times have no effect, and external phones that can't be called; of all accounts, or of one, by indexes.
DO $$
DECLARE
  version record;
BEGIN
  FOR version IN
    SELECT * FROM (VALUES
      ('', 'SET enable_seqscan = on', ''),
      ('of_account text', 'SET enable_seqscan = off', '
  AND u.account_id = of_account AND d.user_id = ANY (ARRAY(SELECT id FROM ur_user_rows() WHERE account_id = of_account))')
    ) AS v (args, settings, condition)
  LOOP
    EXECUTE format($f$
CREATE FUNCTION ur_device_problems(%1$s)
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
%2$s
SET search_path = public, pg_temp
AS $body$
SELECT u.account_id, p.problem, 'sip_device', d.id, p.field,
       concat(CASE WHEN d.number IS NULL THEN concat('Device ', d.auth_username, '@', d.realm) ELSE 'External phone +' || d.number END,
         ' of user ', u.username, ' (' || nullif(u.display_name, '') || ')', p.said)
FROM ur_device_rows() d
JOIN ur_user_rows() u ON u.id = d.user_id AND u.status = 'active'
JOIN mirror_account a ON a.id = u.account_id AND a.status = 'active'
LEFT JOIN mirror_route_target_kind k ON k.kind = 'forward'
CROSS JOIN LATERAL (VALUES
  ('missing_template', 'number', d.number IS NOT NULL AND k.uri_template IS NULL,
   ' never rings: route_target_kind has no uri_template for kind forward, by which it would be called. Set that template, or delete the device.'),
  ('delay_too_long', 'ring_delay_sec', u.ring_strategy <> 'sequential' AND d.ring_delay_sec >= u.ring_timeout_sec,
   format(' rings only when no other phone of the user does: it would begin after %%s seconds, and calls to the user ring for %%s. Lower ring_delay_sec, or raise the user''s ring_timeout_sec.',
     d.ring_delay_sec, u.ring_timeout_sec)),
  ('ring_cut_short', 'ring_for_sec', u.ring_strategy <> 'sequential' AND d.ring_delay_sec < u.ring_timeout_sec
     AND d.ring_delay_sec + d.ring_for_sec > u.ring_timeout_sec,
   format(' rings for %%s seconds, not for %%s: it begins after %%s, and calls to the user ring for %%s. Lower ring_for_sec, or raise the user''s ring_timeout_sec.',
     u.ring_timeout_sec - d.ring_delay_sec, d.ring_for_sec, d.ring_delay_sec, u.ring_timeout_sec))
) AS p (problem, field, holds, said)
WHERE p.holds AND (d.number IS NOT NULL OR d.ring_delay_sec > 0 OR d.ring_for_sec > 0)
  AND d.status = 'active' AND d.ring_on_fork = 1 AND (u.ring_strategy <> 'specific' OR d.ring_specific = 1)%3$s
$body$
    $f$, version.args, version.settings, version.condition);
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_device_problems() IS 'The rows of routing_problem about times of devices and about external phones.';
COMMENT ON FUNCTION ur_device_problems(text) IS
  'The rows of routing_problem about times of devices and about external phones. Those of one account.';

CREATE OR REPLACE VIEW routing_problem AS
SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_counted_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_unused_numbers()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_device_problems()
ORDER BY 1, 2, 3, 4, 5, 6;

CREATE OR REPLACE FUNCTION routing_problem_of(of_account text) RETURNS SETOF routing_problem
LANGUAGE sql STABLE
AS $$
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_routing_problems(of_account)
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_counted_problems(of_account)
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_unused_numbers(of_account)
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_device_problems(of_account)
ORDER BY 1, 2, 3, 4, 5, 6
$$;

-- All kinds of problems.
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; told once for each loop, at the user with the lowest id, or at an extension if no user is in it. chain_too_long: forwards lead over more than 10 users, extensions and dids; told at the first of them, or, if they form a loop, at the lowest id of it (in a long loop, of a part of it). missing_target: the target does not exist, belongs to another account, or has no URI. disabled_target: a user or extension that is disabled. forbidden_host: the target''s URI leads back to this server, or names a host that targets may not name (target_host). shared_template: the targets of a kind have the same URI in all accounts. missing_template: an external phone that can''t be called, as kind forward has no uri_template. only_hangs_up: no call to the user can be answered. no_device: a call to the user rings nothing, whether phones are registered or not. delay_too_long: a device whose turn comes when the ring is over, so that it rings only when no other phone of the user does. ring_cut_short: a device that rings when the ring ends, before its own time is over. unverified_number: a number that will not be shown to the PSTN. unused_number: a verified number that nobody presents and no did has. foreign_realm: a device in another account''s domain. too_many_devices, too_many_domains: more than the module takes of one user or account.';
