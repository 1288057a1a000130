-- SPDX-License-Identifier: GPL-2.0-or-later
-- Numbers: how an account writes them, and the numbers that lead to it.
--
--   UPDATE account SET country_code = '49', area_code = '30' WHERE id = 'acc_acme';
--   INSERT INTO did (e164, account_id, dest_kind, dest_id) VALUES ('493055500100', 'acc_acme', 'user', 'us_alice');

-- ---- the dial plan of an account -----------------------------------------------------------------------------------

ALTER TABLE account
  ADD country_code text
    CONSTRAINT account_country_code_1_to_4_digits CHECK (country_code ~ '^[1-9][0-9]{0,3}$'),
  ADD area_code text
    CONSTRAINT account_area_code_1_to_6_digits CHECK (area_code ~ '^[0-9]{1,6}$'),
  ADD international_prefix text NOT NULL DEFAULT '00'
    CONSTRAINT account_international_prefix_1_to_6_digits CHECK (international_prefix ~ '^[0-9]{1,6}$'),
  ADD national_prefix text NOT NULL DEFAULT '0'
    CONSTRAINT account_national_prefix_0_to_6_digits CHECK (national_prefix ~ '^[0-9]{0,6}$'),
  ADD CONSTRAINT account_area_code_needs_country_code CHECK (area_code IS NULL OR country_code IS NOT NULL);
COMMENT ON COLUMN account.country_code IS
  'Country code of the account''s numbers, such as 49. NULL: only numbers that begin with + or international_prefix are read as numbers.';
COMMENT ON COLUMN account.area_code IS
  'Area code of local numbers, such as 30, without national_prefix. NULL: local numbers are not read as numbers.';
COMMENT ON COLUMN account.international_prefix IS 'What is dialled before a country code in place of +: 00 in most countries, 011 in North America.';
COMMENT ON COLUMN account.national_prefix IS
  'What is dialled before an area code: 0 in most countries. Empty: nothing is, so each number of other digits is a national one, and area_code has no effect.';

-- ---- numbers that lead to us ---------------------------------------------------------------------------------------

CREATE TABLE did (
  e164       text CONSTRAINT did_pkey PRIMARY KEY
             CONSTRAINT did_e164_e164 CHECK (ur_is_e164(e164)),
  account_id text NOT NULL
             CONSTRAINT did_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  dest_kind  text NOT NULL
             CONSTRAINT did_dest_kind_fkey REFERENCES route_target_kind (kind),
  dest_id    text NOT NULL
             CONSTRAINT did_dest_id_characters CHECK (ur_is_target_id(dest_id)),
  status     text NOT NULL DEFAULT 'active'
             CONSTRAINT did_status_active_disabled CHECK (status IN ('active', 'disabled')),
  CONSTRAINT did_dest_hangup_400_to_699 CHECK
    (dest_kind <> 'hangup' OR dest_id ~ '^[456][0-9]{2}$')
);
CREATE INDEX did_account_id_idx ON did (account_id);
COMMENT ON TABLE did IS 'The numbers that lead to an account, and where a call to one of them goes. Who dials one, in any account, is connected without the PSTN. Written by the operator, never by an account: it could take another one''s calls.';
COMMENT ON COLUMN did.e164 IS 'E.164 number without +.';
COMMENT ON COLUMN did.account_id IS 'The account that has the number.';
COMMENT ON COLUMN did.dest_kind IS 'Kind of the target that calls go to.';
COMMENT ON COLUMN did.dest_id IS 'Id of that target; for kind hangup the SIP status, 400 to 699.';
COMMENT ON COLUMN did.status IS 'active, or disabled: a call to the number gets 404.';

-- ---- who pays ------------------------------------------------------------------------------------------------------

ALTER TABLE sip_user
  ADD dial_class text
    CONSTRAINT sip_user_dial_class_label CHECK (ur_is_label(dial_class) AND dial_class <> '');
COMMENT ON COLUMN sip_user.dial_class IS
  'A label for the script, $ur(payer_class) of calls to the PSTN that this user pays for. At most 128 characters. NULL: none.';

-- ---- what the module reads -----------------------------------------------------------------------------------------

-- Both views are replaced if they are as 002 made them. A view of somebody's own stays, and the module takes the default
-- of a column that it does not show.
CREATE VIEW ur_mirror_account_of_002 AS
SELECT id, status, default_cid_number FROM account;
CREATE VIEW ur_mirror_user_of_002 AS
SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
       fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
       voicemail_id, out_cid_number, out_cid_name
FROM sip_user;

DO $$
BEGIN
  IF pg_get_viewdef('mirror_account'::regclass) = pg_get_viewdef('ur_mirror_account_of_002'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_account AS
    SELECT id, status, default_cid_number, country_code, area_code, international_prefix, national_prefix FROM account;
  END IF;
  IF pg_get_viewdef('mirror_user'::regclass) = pg_get_viewdef('ur_mirror_user_of_002'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_user AS
    SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
           fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
           voicemail_id, out_cid_number, out_cid_name, dial_class
    FROM sip_user;
  END IF;
END
$$;
DROP VIEW ur_mirror_account_of_002;
DROP VIEW ur_mirror_user_of_002;

CREATE VIEW mirror_did AS
SELECT e164, account_id, dest_kind, dest_id, status FROM did;
COMMENT ON VIEW mirror_did IS 'Numbers that lead to accounts, as the module reads them.';

-- Readers of the extensions, and so of routing_problem, must be able to read this view, too.
DO $$
DECLARE
  reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'mirror_extension'::regclass AND privilege_type = 'SELECT' AND grantee <> relowner
  LOOP
    EXECUTE format('GRANT SELECT ON mirror_did TO %s', reader);
  END LOOP;
END
$$;

-- By row where account is watched so.
SELECT ur_notify_watch('account', $$'account ' || id$$,
  'id, status, default_cid_number, country_code, area_code, international_prefix, national_prefix', by_row),
       ur_notify_watch('did', $$'did ' || e164$$, '*', by_row)
FROM (SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'account'::regclass AND tgname = 'account_notify_row')) AS account (by_row);

-- Older modules find all that they know.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 4 AS schema_version, 2 AS compatible_from;

-- ---- routing_problem -----------------------------------------------------------------------------------------------

-- A did is to these functions an extension whose id begins with a blank, which no target's does.
DO $$
DECLARE
  extension_or_did constant text := $a$
mirror_extension AS (
  SELECT id, account_id, digits, dest_kind, dest_id, status FROM public.mirror_extension
  UNION ALL
  SELECT ' ' || e164, account_id, '+' || e164, dest_kind, dest_id, status FROM public.mirror_did
),$a$;
  own_extension constant text := $a$SELECT * FROM public.mirror_extension WHERE account_id = of_account$a$;
  label constant text := $a$concat('extension ', digits)$a$;
  object constant text := $a$CASE n.kind WHEN 'user' THEN 'sip_user' ELSE n.kind END AS object, n.id AS object_id$a$;
  function_name text;
  was text;
  new text;
BEGIN
  FOREACH function_name IN ARRAY '{ur_routing_problems(),ur_routing_problems(text)}'::text[] LOOP
    was := pg_get_functiondef(function_name::regprocedure);
    IF function_name = 'ur_routing_problems()' THEN
      new := replace(was, E'WITH RECURSIVE\n', E'WITH RECURSIVE\n' || extension_or_did || E'\n');
    ELSE
      new := replace(was, own_extension, $a$SELECT id, account_id, digits, dest_kind, dest_id, status FROM public.mirror_extension WHERE account_id = of_account
  UNION ALL
  SELECT ' ' || e164, account_id, '+' || e164, dest_kind, dest_id, status FROM public.mirror_did WHERE account_id = of_account$a$);
      new := replace(new, $a$SELECT * FROM public.mirror_extension
  WHERE id$a$, $a$SELECT id, account_id, digits, dest_kind, dest_id, status FROM public.mirror_extension
  WHERE id$a$);
    END IF;
    IF new = was OR strpos(new, label) = 0 OR strpos(new, object) = 0 THEN
      RAISE EXCEPTION '% is not as the migrations before this one made it', function_name;
    END IF;
    new := replace(new, label, $a$concat(CASE WHEN id LIKE ' %' THEN 'number ' ELSE 'extension ' END, digits)$a$);
    new := replace(new, object, $a$CASE WHEN n.kind = 'user' THEN 'sip_user' WHEN n.id LIKE ' %' THEN 'did' ELSE n.kind END AS object, ltrim(n.id) AS object_id$a$);
    EXECUTE new;
  END LOOP;
END
$$;

-- A verified number that nobody presents and that leads nowhere; of all accounts, or of one, by indexes.
DO $$
DECLARE
  function_args text;
BEGIN
  FOREACH function_args IN ARRAY '{"",of_account text}'::text[] LOOP
    EXECUTE format($f$
CREATE FUNCTION ur_unused_numbers(%1$s)
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET search_path = public, pg_temp
AS $body$
SELECT c.account_id, 'unused_number', 'cid_number', c.e164, NULL,
       concat('The number ', c.e164, ' is verified for the account, but no user presents it, it is not the account''s default_cid_number,',
         ' and no did has it. Use it, or remove it.')
FROM mirror_cid_number c
JOIN mirror_account a ON a.id = c.account_id AND a.status = 'active'
WHERE c.verified = 1 AND c.e164 IS DISTINCT FROM a.default_cid_number%2$s
  AND NOT EXISTS (SELECT FROM mirror_user u WHERE u.account_id = c.account_id AND u.out_cid_number = c.e164)
  AND NOT EXISTS (SELECT FROM mirror_did d WHERE d.account_id = c.account_id AND d.e164 = c.e164)
$body$
    $f$, function_args, CASE WHEN function_args = '' THEN '' ELSE ' AND c.account_id = of_account' END);
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_unused_numbers() IS 'The rows of routing_problem about verified numbers that nobody uses.';
COMMENT ON FUNCTION ur_unused_numbers(text) IS 'The rows of routing_problem about verified numbers that nobody uses. Those of one account.';

CREATE OR REPLACE VIEW routing_problem AS
SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_counted_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_unused_numbers()
ORDER BY 1, 2, 3, 4, 5, 6;

CREATE OR REPLACE FUNCTION routing_problem_of(of_account text) RETURNS SETOF routing_problem
LANGUAGE sql STABLE
AS $$
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_routing_problems(of_account)
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_counted_problems(of_account)
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_unused_numbers(of_account)
ORDER BY 1, 2, 3, 4, 5, 6
$$;

COMMENT ON COLUMN routing_problem.object IS
  'Table of the row to correct: account, sip_user, sip_device, extension, did, cid_number or route_target_kind.';
-- All kinds of problems.
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; told once for each loop, at the user with the lowest id, or at an extension if no user is in it. chain_too_long: forwards lead over more than 10 users, extensions and dids; told at the first of them, or, if they form a loop, at the lowest id of it (in a long loop, of a part of it). missing_target: the target does not exist, belongs to another account, or has no URI. disabled_target: a user or extension that is disabled. forbidden_host: the target''s URI leads back to this server, or names a host that targets may not name (target_host). shared_template: the targets of a kind have the same URI in all accounts. only_hangs_up: no call to the user can be answered. no_device: a call to the user rings nothing, whether phones are registered or not. unverified_number: a number that will not be shown to the PSTN. unused_number: a verified number that nobody presents and no did has. foreign_realm: a device in another account''s domain. too_many_devices, too_many_domains: more than the module takes of one user or account.';
