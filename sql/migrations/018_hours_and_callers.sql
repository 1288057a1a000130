-- SPDX-License-Identifier: GPL-2.0-or-later
-- Hours, lists of callers, and rules that use them.
--
--   UPDATE account SET tz = 'Europe/Berlin' WHERE id = 'acc_acme';
--   INSERT INTO schedule (id, account_id, name) VALUES ('sch_office', 'acc_acme', 'Office hours');
--   INSERT INTO schedule_window (schedule_id, days, from_time, to_time) VALUES ('sch_office', 'mon-fri', '09:00', '17:00');
--   INSERT INTO user_rule (user_id, position, event, schedule_id, outside, action, target_kind, target_id)
--   VALUES ('us_alice', 10, 'always', 'sch_office', 1, 'forward', 'voicemail', '1001');

-- ---- time zones ----------------------------------------------------------------------------------------------------

-- PostgreSQL also takes other spellings, and POSIX rules such as FOO3BAR. Those need a digit: without one the zone has a
-- file. pg_timezone_names reads all files, which takes a tenth of a second.
CREATE FUNCTION ur_is_time_zone(value text) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog
SET timezone = 'UTC'
AS $$
BEGIN
  BEGIN
    PERFORM set_config('timezone', value, true);
  EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
  END;
  RETURN current_setting('timezone') = value AND (value !~ '[0-9]' OR EXISTS (SELECT FROM pg_timezone_names WHERE name = value));
END
$$;
COMMENT ON FUNCTION ur_is_time_zone(text) IS 'The name of a time zone as pg_timezone_names spells it.';

-- Not a CHECK constraint: a dump must restore where the time zone data is of another age.
CREATE FUNCTION ur_check_tz() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
  IF NOT public.ur_is_time_zone(NEW.tz) THEN
    RAISE EXCEPTION 'time zone "%" is not known', NEW.tz
      USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = TG_TABLE_NAME, COLUMN = 'tz', CONSTRAINT = TG_TABLE_NAME || '_tz_known',
            HINT = coalesce((SELECT format('Its name is "%s".', name) FROM pg_timezone_names WHERE lower(name) = lower(NEW.tz) LIMIT 1),
                            'Names look like Europe/Berlin: SELECT name FROM pg_timezone_names ORDER BY name;');
  END IF;
  RETURN NEW;
END
$$;

ALTER TABLE account ADD tz text NOT NULL DEFAULT 'UTC';
COMMENT ON COLUMN account.tz IS
  'Time zone of the account''s schedules, as pg_timezone_names spells it: Europe/Berlin. Daylight saving time follows from it.';
CREATE TRIGGER account_tz_insert BEFORE INSERT ON account
  FOR EACH ROW WHEN (NEW.tz <> 'UTC') EXECUTE FUNCTION ur_check_tz();
CREATE TRIGGER account_tz_update BEFORE UPDATE ON account
  FOR EACH ROW WHEN (NEW.tz <> OLD.tz) EXECUTE FUNCTION ur_check_tz();

-- ---- schedules -----------------------------------------------------------------------------------------------------

CREATE FUNCTION ur_is_days(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value ~ '^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?(,(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?){0,6}$';
COMMENT ON FUNCTION ur_is_days(text) IS 'Days of the week and ranges of them, with commas: mon,wed-fri. A range may wrap: sat-mon.';

CREATE TABLE schedule (
  id         text DEFAULT ur_new_id('sch_') CONSTRAINT schedule_pkey PRIMARY KEY
             CONSTRAINT schedule_id_characters CHECK (ur_is_id(id)),
  account_id text NOT NULL
             CONSTRAINT schedule_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  name       text NOT NULL DEFAULT ''
             CONSTRAINT schedule_name_no_control_max_128 CHECK (ur_is_label(name)),
  tz         text
);
CREATE INDEX schedule_account_id_idx ON schedule (account_id);
CREATE TRIGGER schedule_tz_insert BEFORE INSERT ON schedule
  FOR EACH ROW WHEN (NEW.tz IS NOT NULL) EXECUTE FUNCTION ur_check_tz();
CREATE TRIGGER schedule_tz_update BEFORE UPDATE ON schedule
  FOR EACH ROW WHEN (NEW.tz IS NOT NULL AND NEW.tz IS DISTINCT FROM OLD.tz) EXECUTE FUNCTION ur_check_tz();
COMMENT ON TABLE schedule IS 'Hours, such as office hours. A schedule holds while one of its windows does, and none that excludes.';
COMMENT ON COLUMN schedule.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (sch_...) when not given.';
COMMENT ON COLUMN schedule.account_id IS 'The account whose rules may use it.';
COMMENT ON COLUMN schedule.name IS 'Name for people; no part in routing.';
COMMENT ON COLUMN schedule.tz IS 'Time zone, as pg_timezone_names spells it. NULL: the account''s.';

CREATE TABLE schedule_window (
  id          text DEFAULT ur_new_id('win_') CONSTRAINT schedule_window_pkey PRIMARY KEY
              CONSTRAINT schedule_window_id_characters CHECK (ur_is_id(id)),
  schedule_id text NOT NULL
              CONSTRAINT schedule_window_schedule_id_fkey REFERENCES schedule (id) ON DELETE CASCADE,
  days        text
              CONSTRAINT schedule_window_days_of_the_week CHECK (ur_is_days(days)),
  from_time   time NOT NULL DEFAULT '00:00'
              CONSTRAINT schedule_window_from_time_whole_minutes_before_24_00 CHECK
                (extract(second FROM from_time) = 0 AND from_time < '24:00'),
  to_time     time NOT NULL DEFAULT '24:00'
              CONSTRAINT schedule_window_to_time_whole_minutes CHECK (extract(second FROM to_time) = 0),
  date_from   date
              CONSTRAINT schedule_window_date_from_1970_to_9999 CHECK (date_from BETWEEN '1970-01-01' AND '9999-12-31'),
  date_to     date
              CONSTRAINT schedule_window_date_to_1970_to_9999 CHECK (date_to BETWEEN '1970-01-01' AND '9999-12-31'),
  exclude     smallint NOT NULL DEFAULT 0
              CONSTRAINT schedule_window_exclude_0_or_1 CHECK (exclude IN (0, 1)),
  CONSTRAINT schedule_window_from_time_is_not_to_time CHECK (from_time <> to_time),
  CONSTRAINT schedule_window_date_from_not_after_date_to CHECK (date_from <= date_to)
);
CREATE INDEX schedule_window_schedule_id_idx ON schedule_window (schedule_id);
COMMENT ON TABLE schedule_window IS 'When a schedule holds, in its local time: from one time of the day to another, on some days of the week, between two dates.';
COMMENT ON COLUMN schedule_window.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (win_...) when not given.';
COMMENT ON COLUMN schedule_window.schedule_id IS 'The schedule.';
COMMENT ON COLUMN schedule_window.days IS
  'Days of the week, lower case: mon-fri, or sat,sun, or mon,wed-fri. A range may wrap: sat-mon. NULL: every day.';
COMMENT ON COLUMN schedule_window.from_time IS 'When it begins, in whole minutes.';
COMMENT ON COLUMN schedule_window.to_time IS
  'When it ends: the first minute that is not in it, to 24:00. Before from_time: on the next day. The day of such a window is the one on which it begins.';
COMMENT ON COLUMN schedule_window.date_from IS 'The first date on which it begins. NULL: it always did.';
COMMENT ON COLUMN schedule_window.date_to IS 'The last date on which it begins. NULL: there is none.';
COMMENT ON COLUMN schedule_window.exclude IS '1: the schedule does not hold then, whatever its other windows say: holidays. 0: it holds.';

-- ---- lists of callers ----------------------------------------------------------------------------------------------

CREATE FUNCTION ur_is_caller(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(value, '@') > 0 THEN value ~ '^[^@]+@[^@]+$' AND ur_is_sip_user(split_part(value, '@', 1)) AND ur_is_host(split_part(value, '@', 2))
            WHEN starts_with(value, '+') THEN value ~ '^\+[1-9][0-9]{0,14}$' -- +49(89)1 is a username, too, but meant as a number
            ELSE ur_is_sip_user(value) END;
COMMENT ON FUNCTION ur_is_caller(text) IS
  'A prefix of E.164 numbers, with its + and no other characters than digits; or a username that begins with no +; or username@domain, the domain in lower case.';

CREATE TABLE caller_list (
  id         text DEFAULT ur_new_id('cl_') CONSTRAINT caller_list_pkey PRIMARY KEY
             CONSTRAINT caller_list_id_characters CHECK (ur_is_id(id)),
  account_id text NOT NULL
             CONSTRAINT caller_list_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  name       text NOT NULL DEFAULT ''
             CONSTRAINT caller_list_name_no_control_max_128 CHECK (ur_is_label(name))
);
CREATE INDEX caller_list_account_id_idx ON caller_list (account_id);
COMMENT ON TABLE caller_list IS 'Callers whom rules treat alike: VIPs, or those to block.';
COMMENT ON COLUMN caller_list.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (cl_...) when not given.';
COMMENT ON COLUMN caller_list.account_id IS 'The account whose rules may use it.';
COMMENT ON COLUMN caller_list.name IS 'Name for people; no part in routing.';

CREATE TABLE caller_entry (
  list_id text NOT NULL
          CONSTRAINT caller_entry_list_id_fkey REFERENCES caller_list (id) ON DELETE CASCADE,
  what    text NOT NULL
          CONSTRAINT caller_entry_what_prefix_or_user CHECK (ur_is_caller(what)),
  CONSTRAINT caller_entry_pkey PRIMARY KEY (list_id, what)
);
COMMENT ON TABLE caller_entry IS 'Who is on a list of callers.';
COMMENT ON COLUMN caller_entry.list_id IS 'The list.';
COMMENT ON COLUMN caller_entry.what IS
  '+ and digits: all numbers that begin so, +4930123 or +4930. Without +, a username of the account, 201; or username@domain, a user of this or another account in this database. Who calls from outside, or calls a did, is known by number only.';

-- ---- rules ---------------------------------------------------------------------------------------------------------

CREATE TABLE user_rule (
  id               text DEFAULT ur_new_id('rule_') CONSTRAINT user_rule_pkey PRIMARY KEY
                   CONSTRAINT user_rule_id_characters CHECK (ur_is_id(id)),
  user_id          text NOT NULL
                   CONSTRAINT user_rule_user_id_fkey REFERENCES sip_user (id) ON DELETE CASCADE,
  position         integer NOT NULL,
  event            text NOT NULL
                   CONSTRAINT user_rule_event_always_dnd_busy_noanswer_unreachable CHECK
                     (event IN ('always', 'dnd', 'busy', 'noanswer', 'unreachable')),
  schedule_id      text
                   CONSTRAINT user_rule_schedule_id_fkey REFERENCES schedule (id) ON DELETE RESTRICT,
  outside          smallint NOT NULL DEFAULT 0
                   CONSTRAINT user_rule_outside_0_or_1 CHECK (outside IN (0, 1)),
  caller_list_id   text
                   CONSTRAINT user_rule_caller_list_id_fkey REFERENCES caller_list (id) ON DELETE RESTRICT,
  except_listed    smallint NOT NULL DEFAULT 0
                   CONSTRAINT user_rule_except_listed_0_or_1 CHECK (except_listed IN (0, 1)),
  scope            text NOT NULL DEFAULT 'any'
                   CONSTRAINT user_rule_scope_any_internal_external_anonymous CHECK
                     (scope IN ('any', 'internal', 'external', 'anonymous')),
  action           text NOT NULL
                   CONSTRAINT user_rule_action_forward_ring_reject CHECK (action IN ('forward', 'ring', 'reject')),
  target_kind      text
                   CONSTRAINT user_rule_target_kind_fkey REFERENCES route_target_kind (kind),
  target_id        text
                   CONSTRAINT user_rule_target_id_characters CHECK (ur_is_target_id(target_id)),
  ring_strategy    text
                   CONSTRAINT user_rule_ring_strategy_simultaneous_sequential_specific CHECK
                     (ring_strategy IN ('simultaneous', 'sequential', 'specific')),
  ring_timeout_sec integer
                   CONSTRAINT user_rule_ring_timeout_sec_range CHECK (ring_timeout_sec BETWEEN 1 AND 600),
  CONSTRAINT user_rule_position_unique_per_user_and_event UNIQUE (user_id, event, position) DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT user_rule_outside_needs_schedule CHECK (outside = 0 OR schedule_id IS NOT NULL),
  CONSTRAINT user_rule_except_listed_needs_caller_list CHECK (except_listed = 0 OR caller_list_id IS NOT NULL),
  CONSTRAINT user_rule_anonymous_callers_are_on_no_list CHECK (scope <> 'anonymous' OR caller_list_id IS NULL),
  CONSTRAINT user_rule_target_kind_and_id_or_neither CHECK ((target_kind IS NULL) = (target_id IS NULL)),
  CONSTRAINT user_rule_target_hangup_400_to_699 CHECK (target_kind <> 'hangup' OR target_id ~ '^[456][0-9]{2}$'),
  CONSTRAINT user_rule_forward_needs_target CHECK (action <> 'forward' OR target_kind IS NOT NULL AND target_kind <> 'hangup'),
  CONSTRAINT user_rule_reject_without_target_or_hangup CHECK (action <> 'reject' OR target_kind IS NULL OR target_kind = 'hangup'),
  CONSTRAINT user_rule_ring_without_target CHECK (action <> 'ring' OR target_kind IS NULL),
  CONSTRAINT user_rule_ring_always_or_dnd CHECK (action <> 'ring' OR event IN ('always', 'dnd')),
  CONSTRAINT user_rule_ring_strategy_only_of_ring CHECK (action = 'ring' OR ring_strategy IS NULL),
  CONSTRAINT user_rule_ring_timeout_sec_only_of_ring CHECK (action = 'ring' OR ring_timeout_sec IS NULL)
);
CREATE INDEX user_rule_schedule_id_idx ON user_rule (schedule_id);
CREATE INDEX user_rule_caller_list_id_idx ON user_rule (caller_list_id);
COMMENT ON TABLE user_rule IS
  'Rules for calls to a user. Of an event''s rules the first one, by position, whose conditions all hold decides; without one the user''s own columns do.';
COMMENT ON COLUMN user_rule.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (rule_...) when not given.';
COMMENT ON COLUMN user_rule.user_id IS 'The user who is called.';
COMMENT ON COLUMN user_rule.position IS 'Order of the rules of an event: lower is asked first.';
COMMENT ON COLUMN user_rule.event IS
  'When the rule is asked: always (before anything rings), dnd (do-not-disturb is on), busy, noanswer or unreachable.';
COMMENT ON COLUMN user_rule.schedule_id IS 'It holds while this schedule does. NULL: at any time.';
COMMENT ON COLUMN user_rule.outside IS '1: it holds while the schedule does not. 0: while it does.';
COMMENT ON COLUMN user_rule.caller_list_id IS 'It holds for callers on this list. NULL: for all.';
COMMENT ON COLUMN user_rule.except_listed IS '1: it holds for callers who are not on the list. 0: for those who are.';
COMMENT ON COLUMN user_rule.scope IS
  'Callers it holds for: any; internal, users of the same account; external, all others; anonymous, those who show no number.';
COMMENT ON COLUMN user_rule.action IS
  'forward: to the target. ring: the phones ring, whatever do-not-disturb or fwd_always say. reject: the call ends, without voicemail.';
COMMENT ON COLUMN user_rule.target_kind IS
  'Kind of the target of forward. For reject, hangup or NULL: status 603, with scope anonymous 433. For ring NULL.';
COMMENT ON COLUMN user_rule.target_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';
COMMENT ON COLUMN user_rule.ring_strategy IS 'For ring: simultaneous, sequential or specific. NULL: the user''s.';
COMMENT ON COLUMN user_rule.ring_timeout_sec IS 'For ring: seconds to ring, 1 to 600. NULL: the user''s.';

-- A rule is of one account with its schedule and its list. Triggers with their owner's rights: who writes a rule needs
-- no right to read what it names. Who checks a rule locks what it names as a foreign key does, and who moves something
-- locks it so that this waits: of two transactions at once, one sees what the other one did.
CREATE FUNCTION ur_check_rule_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  account text;
BEGIN
  PERFORM FROM public.sip_user WHERE id = NEW.user_id FOR KEY SHARE;
  PERFORM FROM public.schedule WHERE id = NEW.schedule_id FOR KEY SHARE;
  PERFORM FROM public.caller_list WHERE id = NEW.caller_list_id FOR KEY SHARE;
  account := (SELECT account_id FROM public.sip_user WHERE id = NEW.user_id); -- afterwards: this sees what it had to wait for
  IF (SELECT account_id <> account FROM public.schedule WHERE id = NEW.schedule_id) THEN
    RAISE EXCEPTION 'rule "%" of user "%": schedule "%" belongs to another account', NEW.id, NEW.user_id, NEW.schedule_id
      USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'user_rule', CONSTRAINT = 'user_rule_schedule_of_the_account';
  ELSIF (SELECT account_id <> account FROM public.caller_list WHERE id = NEW.caller_list_id) THEN
    RAISE EXCEPTION 'rule "%" of user "%": list of callers "%" belongs to another account', NEW.id, NEW.user_id, NEW.caller_list_id
      USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'user_rule', CONSTRAINT = 'user_rule_caller_list_of_the_account';
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_check_rule_account() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER user_rule_account AFTER INSERT OR UPDATE ON user_rule DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.schedule_id IS NOT NULL OR NEW.caller_list_id IS NOT NULL) EXECUTE FUNCTION ur_check_rule_account();

-- Users, schedules and lists that move to another account. The argument: the column of user_rule that names them.
CREATE FUNCTION ur_check_moved_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rule record;
BEGIN
  EXECUTE format('SELECT FROM public.%I WHERE id = $1 FOR UPDATE', TG_TABLE_NAME) USING NEW.id;
  EXECUTE format($f$
    SELECT r.id, r.user_id FROM public.user_rule AS r
    JOIN public.sip_user AS u ON u.id = r.user_id
    LEFT JOIN public.schedule AS s ON s.id = r.schedule_id
    LEFT JOIN public.caller_list AS l ON l.id = r.caller_list_id
    WHERE r.%I = $1 AND (s.account_id <> u.account_id OR l.account_id <> u.account_id) ORDER BY r.id LIMIT 1
  $f$, TG_ARGV[0]) INTO rule USING NEW.id;
  IF rule.id IS NOT NULL THEN
    RAISE EXCEPTION '% "%" can''t move to another account: rule "%" of user "%" needs it in this one', TG_TABLE_NAME, NEW.id, rule.id, rule.user_id
      USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_in_use_does_not_move',
            HINT = 'Move the user, the schedules and the lists of the rule together, after SET CONSTRAINTS ALL DEFERRED.';
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_check_moved_account() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER sip_user_moved AFTER UPDATE ON sip_user DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id) EXECUTE FUNCTION ur_check_moved_account('user_id');
CREATE CONSTRAINT TRIGGER schedule_moved AFTER UPDATE ON schedule DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id) EXECUTE FUNCTION ur_check_moved_account('schedule_id');
CREATE CONSTRAINT TRIGGER caller_list_moved AFTER UPDATE ON caller_list DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id) EXECUTE FUNCTION ur_check_moved_account('caller_list_id');

-- An account takes its schedules and its rules along. Which of them first depends on the order of the foreign keys, and a
-- dump changes that: so the rules go before, as they keep the schedules.
CREATE FUNCTION ur_delete_rules_of_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan -- By indexes, also where the planner takes the tables for empty.
SET enable_seqscan = off
AS $$
BEGIN
  DELETE FROM public.user_rule WHERE user_id = ANY (ARRAY(SELECT id FROM public.sip_user WHERE account_id = OLD.id));
  RETURN OLD;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_delete_rules_of_account() FROM PUBLIC;
CREATE TRIGGER account_delete_rules BEFORE DELETE ON account
  FOR EACH ROW EXECUTE FUNCTION ur_delete_rules_of_account();

-- ---- limits on rows ------------------------------------------------------------------------------------------------
-- As in 008: what does not fit into one record of the module is refused when it is written.
--   a user          200 rules; 50,000 bytes of devices and rules, in which a rule counts 32 and its texts
--   a schedule      200 windows
--   a caller list   2,000 entries, and 40,000 bytes in them

CREATE FUNCTION ur_user_size(ids text[]) RETURNS TABLE (user_id text, devices bigint, rules bigint, bytes bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
  RETURN QUERY
  SELECT u.id, d.count, r.count, coalesce(d.bytes, 0) + coalesce(r.bytes, 0)
  FROM unnest(ids) AS u (id)
  CROSS JOIN LATERAL (SELECT count(*) AS count, sum(octet_length(concat(d.id, d.auth_username, d.realm, d.number))) AS bytes
                      FROM public.sip_device AS d WHERE d.user_id = u.id) AS d
  CROSS JOIN LATERAL (SELECT count(*) AS count, sum(32 + octet_length(concat(r.id, r.schedule_id, r.caller_list_id, r.target_kind, r.target_id))) AS bytes
                      FROM public.user_rule AS r WHERE r.user_id = u.id) AS r
  ORDER BY u.id;
END
$$;
COMMENT ON FUNCTION ur_user_size(text[]) IS 'How many devices and rules users have, and the bytes that these take of the module''s record.';

CREATE OR REPLACE FUNCTION ur_limit_user(grown text[], more text[], longer text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  filling text[] := ARRAY(SELECT user_id FROM public.ur_user_size(grown) WHERE devices > 100 OR bytes > 25000);
  what record;
BEGIN
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.sip_user WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR what IN SELECT * FROM public.ur_user_size(filling) LOOP
    IF what.devices > 200 AND what.user_id = ANY (more) THEN
      RAISE EXCEPTION 'user "%" would have % devices: 200 is the most', what.user_id, what.devices
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'sip_device', CONSTRAINT = 'sip_device_200_per_user',
              HINT = 'Delete devices of the user that are not used any more, or give the new one to another user.';
    ELSIF what.bytes > 50000 AND what.user_id = ANY (longer) THEN
      RAISE EXCEPTION 'the devices and rules of user "%" would have % bytes: 50,000 is the most', what.user_id, what.bytes
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'sip_device', CONSTRAINT = 'sip_device_50000_bytes_per_user',
              HINT = 'Choose a shorter id, auth_username or realm, or delete devices of the user that are not used any more.';
    END IF;
  END LOOP;
END
$$;

CREATE FUNCTION ur_limit_user_rules(grown text[], more text[], longer text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  filling text[] := ARRAY(SELECT user_id FROM public.ur_user_size(grown) WHERE rules > 100 OR bytes > 25000);
  what record;
BEGIN
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.sip_user WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR what IN SELECT * FROM public.ur_user_size(filling) LOOP
    IF what.rules > 200 AND what.user_id = ANY (more) THEN
      RAISE EXCEPTION 'user "%" would have % rules: 200 is the most', what.user_id, what.rules
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'user_rule', CONSTRAINT = 'user_rule_200_per_user',
              HINT = 'One rule serves many callers with a list of callers, and many times with a schedule.';
    ELSIF what.bytes > 50000 AND what.user_id = ANY (longer) THEN
      RAISE EXCEPTION 'the devices and rules of user "%" would have % bytes: 50,000 is the most', what.user_id, what.bytes
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'user_rule', CONSTRAINT = 'user_rule_50000_bytes_per_user',
              HINT = 'Choose shorter ids of rules, schedules and lists, or delete rules that are not used any more.';
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_limit_user_rules(text[], text[], text[]) IS
  'Refuses too many rules of a user, or too much text in them. Arguments as of ur_limit_user().';

CREATE FUNCTION ur_limit_schedule(grown text[], more text[], longer text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  filling text[] := ARRAY(
    SELECT added.id FROM unnest(grown) AS added (id)
    WHERE (SELECT count(*) FROM public.schedule_window AS w WHERE w.schedule_id = added.id) > 100);
  what record;
BEGIN
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.schedule WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR what IN SELECT schedule_id, count(*) AS count FROM public.schedule_window WHERE schedule_id = ANY (filling) GROUP BY 1 ORDER BY 1 LOOP
    IF what.count > 200 AND what.schedule_id = ANY (more) THEN
      RAISE EXCEPTION 'schedule "%" would have % windows: 200 is the most', what.schedule_id, what.count
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'schedule_window', CONSTRAINT = 'schedule_window_200_per_schedule',
              HINT = 'Delete windows whose dates are past.';
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_limit_schedule(text[], text[], text[]) IS
  'Refuses too many windows of a schedule. Arguments: ids of the schedules that may have grown; of those with more windows than before; unused.';

CREATE FUNCTION ur_limit_caller_list(grown text[], more text[], longer text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  filling text[] := ARRAY(
    SELECT added.id FROM unnest(grown) AS added (id)
    CROSS JOIN LATERAL (SELECT count(*) AS count, sum(octet_length(what)) AS bytes FROM public.caller_entry AS e WHERE e.list_id = added.id) AS has
    WHERE has.count > 1000 OR has.bytes > 20000);
  list record;
BEGIN
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.caller_list WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR list IN SELECT list_id, count(*) AS count, sum(octet_length(what)) AS bytes FROM public.caller_entry WHERE list_id = ANY (filling) GROUP BY 1 ORDER BY 1 LOOP
    IF list.count > 2000 AND list.list_id = ANY (more) THEN
      RAISE EXCEPTION 'list of callers "%" would have % entries: 2,000 is the most', list.list_id, list.count
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'caller_entry', CONSTRAINT = 'caller_entry_2000_per_list',
              HINT = 'A prefix stands for all numbers that begin with it. Or use two lists, and a rule for each.';
    ELSIF list.bytes > 40000 AND list.list_id = ANY (longer) THEN
      RAISE EXCEPTION 'the entries of list of callers "%" would have % bytes: 40,000 is the most', list.list_id, list.bytes
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'caller_entry', CONSTRAINT = 'caller_entry_40000_bytes_per_list',
              HINT = 'Use two lists, and a rule for each.';
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_limit_caller_list(text[], text[], text[]) IS
  'Refuses too many entries of a list of callers, or too much text in them. Arguments: ids of the lists that may have grown; of those with more entries than before; of those with longer ones.';

-- Makes a table's INSERT and UPDATE be counted, as in 008.
DO $$
DECLARE
  limited record;
  function_name text;
BEGIN
  FOR limited IN
    SELECT * FROM (VALUES
      ('user_rule', 'user_id', $c$repeat(' ', 32) || concat(id, schedule_id, caller_list_id, target_kind, target_id)$c$, 'ur_limit_user_rules'),
      ('schedule_window', 'schedule_id', $c$''$c$, 'ur_limit_schedule'),
      ('caller_entry', 'list_id', 'what', 'ur_limit_caller_list')) AS v (tab, owner, content, counter)
  LOOP
    function_name := 'ur_limit_' || limited.tab;
    EXECUTE format($f$
      CREATE FUNCTION public.%1$I() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
      AS $body$
      DECLARE
        grown text[];
        more text[];
        longer text[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          grown := ARRAY(SELECT DISTINCT %2$I FROM new_rows);
          more := grown;
          longer := grown;
        ELSE
          SELECT array_agg(owner), array_agg(owner) FILTER (WHERE count > 0), array_agg(owner) FILTER (WHERE bytes > 0)
          INTO grown, more, longer
          FROM (SELECT owner, sum(sign) AS count, sum(sign * bytes) AS bytes
                FROM (SELECT %2$I AS owner, 1 AS sign, octet_length(%3$s) AS bytes FROM new_rows UNION ALL
                      SELECT %2$I, -1, octet_length(%3$s) FROM old_rows) AS counted
                GROUP BY owner) AS changed
          WHERE count > 0 OR bytes > 0;
        END IF;
        IF grown <> '{}' THEN
          PERFORM public.%4$I(grown, more, longer);
        END IF;
        RETURN NULL;
      END
      $body$
    $f$, function_name, limited.owner, limited.content, limited.counter);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION public.%I() FROM PUBLIC', function_name);
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
      limited.tab || '_limit_insert', limited.tab, function_name);
    EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
      limited.tab || '_limit_update', limited.tab, function_name);
  END LOOP;
END
$$;

-- ---- from local time to UTC ----------------------------------------------------------------------------------------
-- Times are minutes since 1970-01-01 00:00, UTC or local. Sets of them are multiranges, which PostgreSQL keeps sorted,
-- disjoint and not touching. Called once a schedule: to compile them each time would take longer than all they do.

CREATE FUNCTION ur_days(days text) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
SELECT array_agg(DISTINCT (first + n) % 7)
FROM string_to_table(days, ',') AS part,
     LATERAL (SELECT strpos('montuewedthufrisatsun', left(part, 3)) / 3 AS first, strpos('montuewedthufrisatsun', right(part, 3)) / 3 AS last) AS d,
     generate_series(0, (last - first + 7) % 7) AS n
$$;
COMMENT ON FUNCTION ur_days(text) IS 'The days of the week that a schedule_window.days names; 0: Monday.';

-- Samples a week apart find every change of the offset, as no two of them cancel each other within a week; halving finds
-- the minute. The time zone is set, not written as AT TIME ZONE, which would take CET for an abbreviation without
-- daylight saving time. A zone that is not known any more makes no view fail.
CREATE FUNCTION ur_utc_offsets(zone text, from_minute integer, to_minute integer) RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog
SET timezone = 'UTC'
AS $$
DECLARE
  result text;
  at integer := from_minute;
  low integer;
  high integer;
  middle integer;
  here integer;
  there integer;
BEGIN
  BEGIN
    PERFORM set_config('timezone', zone, true);
  EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
  END;
  here := floor(date_part('epoch', to_timestamp(at * 60::float8)::timestamp) / 60)::integer - at;
  result := at || to_char(here, 'SGFM9990');
  WHILE at < to_minute LOOP
    high := least(at + 10080, to_minute);
    there := floor(date_part('epoch', to_timestamp(high * 60::float8)::timestamp) / 60)::integer - high;
    IF there <> here THEN
      low := at;
      WHILE high - low > 1 LOOP
        middle := (low + high) / 2;
        there := floor(date_part('epoch', to_timestamp(middle * 60::float8)::timestamp) / 60)::integer - middle;
        IF there = here THEN low := middle; ELSE high := middle; END IF;
      END LOOP;
      here := floor(date_part('epoch', to_timestamp(high * 60::float8)::timestamp) / 60)::integer - high;
      IF high < to_minute THEN
        result := result || ' ' || high || to_char(here, 'SGFM9990');
      END IF;
    END IF;
    at := high;
  END LOOP;
  RETURN result;
END
$$;
COMMENT ON FUNCTION ur_utc_offsets(text, integer, integer) IS
  'The offsets of a time zone between two times: MINUTE+OFFSET, with a blank between them. From MINUTE (UTC) on, local time is so many minutes ahead. NULL: the zone is not known.';

CREATE FUNCTION ur_local_hours(windows schedule_window[], first_day integer, last_day integer) RETURNS int4multirange
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = public, pg_temp
SET jit = off
AS $$
SELECT coalesce(range_agg(hours) FILTER (WHERE exclude = 0), '{}') - coalesce(range_agg(hours) FILTER (WHERE exclude = 1), '{}')
FROM (SELECT exclude, w.days IS NULL AND from_time = '00:00' AND to_time = '24:00' AS whole, ur_days(w.days) AS weekdays,
             (date_part('epoch', from_time) / 60)::integer AS first,
             (date_part('epoch', to_time) / 60)::integer + CASE WHEN to_time < from_time THEN 1440 ELSE 0 END AS last,
             greatest(date_from - date '1970-01-01', first_day) AS from_day, least(date_to - date '1970-01-01', last_day) AS to_day
      FROM unnest(windows) AS w
      WHERE (date_from IS NULL OR date_from - date '1970-01-01' <= last_day) AND (date_to IS NULL OR date_to - date '1970-01-01' >= first_day)
      OFFSET 0) AS w,
     generate_series(from_day, CASE WHEN whole THEN from_day ELSE to_day END) AS day,
     LATERAL (SELECT CASE WHEN whole THEN int4range(from_day * 1440, (to_day + 1) * 1440) ELSE int4range(day * 1440 + first, day * 1440 + last) END AS hours) AS h
WHERE weekdays IS NULL OR (day % 7 + 10) % 7 = ANY (weekdays) -- 1970-01-01 was a Thursday
$$;
COMMENT ON FUNCTION ur_local_hours(schedule_window[], integer, integer) IS
  'Local minutes at which a schedule holds: of windows that begin on these days, which are counted from 1970-01-01.';

-- While the offset stays the same, UTC is local time less the offset. So the hour that is missing is in no window, and the
-- one that comes twice is in a window both times.
CREATE FUNCTION ur_schedule_hours(windows schedule_window[], zone text, from_minute integer, to_minute integer) RETURNS int4multirange
LANGUAGE sql STABLE
SET search_path = public, pg_temp
SET jit = off
AS $$
SELECT CASE WHEN count(*) > 0 THEN coalesce(range_agg(int4range(lower(l) - o.minutes, upper(l) - o.minutes)) FILTER (WHERE l IS NOT NULL), '{}') END
FROM ur_local_hours(windows, from_minute / 1440 - 2, to_minute / 1440 + 2) AS local,
     (SELECT since, lead(since, 1, to_minute) OVER (ORDER BY since) AS until, minutes
      FROM string_to_table(ur_utc_offsets(zone, from_minute, to_minute), ' ') AS part,
           LATERAL (SELECT substring(part FROM '^[0-9]+')::integer AS since, substring(part FROM '[+-].*')::integer AS minutes) AS p) AS o
     LEFT JOIN LATERAL unnest(local * int4multirange(int4range(o.since + o.minutes, o.until + o.minutes))) AS l ON true
$$;
COMMENT ON FUNCTION ur_schedule_hours(schedule_window[], text, integer, integer) IS
  'Minutes (UTC) at which a schedule with these windows and this time zone holds, of those between two times. NULL: the zone is not known.';

-- The first minute that holds, unless it comes within a week, is less than a week after a window begins to count or one
-- that excludes ceases to: a week earlier it would hold, too. So a week after each of these dates is all that has to be
-- looked at, one after the other until one holds. Excludes of the day before may reach into it. Minutes of later than the
-- year 5000 are no integers: not looked at. The work is bounded, as one schedule must not keep all others from being read.
CREATE FUNCTION ur_schedule_is_over(windows schedule_window[], zone text, at_minute integer) RETURNS smallint
LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
SET jit = off
AS $$
DECLARE
  now_local integer := at_minute + coalesce(substring(ur_utc_offsets(zone, at_minute, at_minute) FROM '[+-].*')::integer, 0);
  today date := date '1970-01-01' + now_local / 1440;
  since date;
  day integer;
  counting schedule_window[];
  may_hold boolean;
  work integer := 0;
BEGIN
  FOR since IN
    SELECT d
    FROM (SELECT min(coalesce(date_from, today)) - 9 AS first, max(coalesce(date_to, '5000-01-01')) + 1 AS last FROM unnest(windows)
          WHERE exclude = 0 AND (date_to IS NULL OR date_to >= today - 1)) AS may,
         LATERAL (SELECT today UNION
                  SELECT date_from FROM unnest(windows) WHERE exclude = 0 AND date_from > today UNION
                  SELECT date_to + 1 FROM unnest(windows) WHERE exclude = 1 AND date_to >= today) AS b (d)
    WHERE d BETWEEN first AND last AND d < '5000-01-01'
    ORDER BY d
  LOOP
    SELECT array_agg(w), bool_or(exclude = 0) INTO counting, may_hold FROM unnest(windows) AS w
    WHERE (date_from IS NULL OR date_from <= since + 8) AND (date_to IS NULL OR date_to >= since - 1);
    day := since - date '1970-01-01';
    IF may_hold AND upper(ur_local_hours(counting, day - 1, day + 8) * int4multirange(int4range(day * 1440, (day + 9) * 1440))) > now_local THEN
      RETURN 0;
    END IF;
    work := work + 10 + CASE WHEN may_hold THEN cardinality(counting) ELSE 0 END;
    IF work > 600 THEN
      RETURN 0;
    END IF;
  END LOOP;
  RETURN 1;
END
$$;
COMMENT ON FUNCTION ur_schedule_is_over(schedule_window[], text, integer) IS
  '1: a schedule with these windows and this time zone never holds from this time (UTC) on. 0: it does, or that would take too long to tell.';

CREATE FUNCTION ur_schedule_text(windows schedule_window[], zone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog
SET datestyle = 'ISO'
SET jit = off
AS $$
SELECT concat_ws(' ', string_agg(said, '; ' ORDER BY exclude, said COLLATE "C"), '(' || zone || ')')
FROM unnest(windows) AS w,
     LATERAL (SELECT left(from_time::text, 5) || '-' || left(to_time::text, 5), date_from::text, date_to::text OFFSET 0) AS t (hours, first, last),
     LATERAL (SELECT concat_ws(' ', CASE exclude WHEN 1 THEN 'not' END, days,
                CASE WHEN hours <> '00:00-24:00' OR num_nonnulls(days, first, last) = 0 THEN hours END,
                CASE WHEN first = last THEN 'on ' || first ELSE nullif(concat_ws(' ', 'from ' || first, 'to ' || last), '') END)) AS s (said)
$$;
COMMENT ON FUNCTION ur_schedule_text(schedule_window[], text) IS 'The windows of a schedule and its time zone, for people to read.';

CREATE FUNCTION ur_hours_from() RETURNS integer
LANGUAGE sql STABLE
RETURN ((floor(date_part('epoch', now()) / 86400) - 1) * 1440)::integer;
COMMENT ON FUNCTION ur_hours_from() IS 'From when on mirror_schedule has hours, and mirror_account offsets: the beginning of yesterday, UTC.';

-- ---- what the module reads -----------------------------------------------------------------------------------------

-- Replaced if it is as 016 made it. A view of somebody's own stays, and the module takes UTC.
CREATE VIEW ur_mirror_account_of_016 AS
SELECT id, status, default_cid_number, country_code, area_code, international_prefix, national_prefix FROM account;
DO $$
BEGIN
  IF pg_get_viewdef('mirror_account'::regclass) = pg_get_viewdef('ur_mirror_account_of_016'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_account AS
    SELECT id, status, default_cid_number, country_code, area_code, international_prefix, national_prefix,
           tz, ur_utc_offsets(tz, ur_hours_from(), ur_hours_from() + 401 * 1440) AS utc_offsets
    FROM account;
    COMMENT ON COLUMN mirror_account.utc_offsets IS
      'Offsets of the time zone, from yesterday to 400 days ahead: MINUTE+OFFSET or MINUTE-OFFSET, with a blank between them, both in minutes. From MINUTE (since 1970-01-01 UTC) on, local time is OFFSET ahead of UTC. NULL: PostgreSQL does not know the zone any more.';
  END IF;
END
$$;
DROP VIEW ur_mirror_account_of_016;

-- Fewer days of a schedule with many windows at a time: what one costs to read is bounded. 50 a day still have all 64.
CREATE FUNCTION ur_days_to_tell(windows schedule_window[]) RETURNS integer
LANGUAGE sql STABLE
SET search_path = public, pg_temp
SET jit = off
AS $$
SELECT least(64, 64 * 3300 / greatest(1, sum(least(date_to, last) - greatest(date_from, first) + 1)))::integer
FROM unnest(windows), LATERAL (SELECT date '1970-01-01' + ur_hours_from() / 1440 - 1, date '1970-01-01' + ur_hours_from() / 1440 + 64) AS r (first, last)
WHERE (date_from IS NULL OR date_from <= last) AND (date_to IS NULL OR date_to >= first)
$$;
COMMENT ON FUNCTION ur_days_to_tell(schedule_window[]) IS 'Of how many days mirror_schedule has the hours of a schedule with these windows: 16 to 64.';

-- What does not stand behind OFFSET 0 would be computed wherever it is used.
CREATE VIEW mirror_schedule AS
SELECT s.id, s.account_id, s.name,
       ur_schedule_text(w.windows, w.zone) AS windows,
       coalesce((SELECT string_agg(lower(m) || '-' || upper(m), ' ' ORDER BY lower(m)) FROM unnest(h.hours) AS m), '') AS hours,
       w.known_from,
       CASE WHEN h.hours IS NULL THEN w.known_from ELSE w.known_to END AS known_to,
       CASE WHEN upper(h.hours) > n.minute THEN 0::smallint ELSE ur_schedule_is_over(w.windows, w.zone, n.minute) END AS is_over
FROM schedule s
JOIN account a ON a.id = s.account_id,
     LATERAL (SELECT ARRAY(SELECT w FROM schedule_window w WHERE w.schedule_id = s.id) AS windows OFFSET 0) AS r,
     LATERAL (SELECT r.windows, coalesce(s.tz, a.tz) AS zone, ur_hours_from() AS known_from,
                     ur_hours_from() + ur_days_to_tell(r.windows) * 1440 AS known_to OFFSET 0) AS w,
     LATERAL (SELECT ur_schedule_hours(w.windows, w.zone, w.known_from, w.known_to) AS hours OFFSET 0) AS h,
     LATERAL (SELECT (floor(date_part('epoch', now()) / 60))::integer) AS n (minute);
COMMENT ON VIEW mirror_schedule IS 'Schedules, as the module reads them. Times are minutes since 1970-01-01 UTC.';
COMMENT ON COLUMN mirror_schedule.windows IS 'The rows of schedule_window and the time zone, for people to read.';
COMMENT ON COLUMN mirror_schedule.hours IS 'When it holds: FROM-TO, with a blank between them, sorted; TO is the first minute that is not in it.';
COMMENT ON COLUMN mirror_schedule.known_from IS 'The first minute of which hours tells: the beginning of yesterday, UTC.';
COMMENT ON COLUMN mirror_schedule.known_to IS 'The first minute of which hours does not tell: 63 days after the beginning of today, UTC, or less (at least 15) if more than 50 windows count at once. As known_from: PostgreSQL does not know the time zone any more.';
COMMENT ON COLUMN mirror_schedule.is_over IS '1: it will never hold again. 0: it will, or that would take too long to tell.';

CREATE VIEW mirror_caller_list AS
SELECT id, account_id, name FROM caller_list;
COMMENT ON VIEW mirror_caller_list IS 'Lists of callers, as the module reads them.';

CREATE VIEW mirror_caller_entry AS
SELECT list_id, what FROM caller_entry;
COMMENT ON VIEW mirror_caller_entry IS 'Who is on the lists of callers, as the module reads them.';

CREATE VIEW mirror_user_rule AS
SELECT user_id, id, position, event, schedule_id, outside, caller_list_id, except_listed, scope, action, target_kind, target_id,
       ring_strategy, ring_timeout_sec
FROM user_rule;
COMMENT ON VIEW mirror_user_rule IS 'Rules of users, as the module reads them.';

-- Readers of the extensions, and so of routing_problem, must be able to read these views, too. Who reads a view needs
-- EXECUTE on the functions in it, which PUBLIC does not have where default privileges were taken away.
DO $$
DECLARE
  reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'mirror_extension'::regclass AND privilege_type = 'SELECT' AND grantee <> relowner
  LOOP
    EXECUTE format('GRANT SELECT ON mirror_schedule, mirror_caller_list, mirror_caller_entry, mirror_user_rule TO %s', reader);
  END LOOP;
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid IN ('mirror_extension'::regclass, 'mirror_account'::regclass) AND privilege_type = 'SELECT' AND grantee <> relowner
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION ur_hours_from(), ur_utc_offsets(text, integer, integer), ur_days(text), ur_local_hours(schedule_window[], integer, integer),
      ur_schedule_hours(schedule_window[], text, integer, integer), ur_schedule_is_over(schedule_window[], text, integer),
      ur_schedule_text(schedule_window[], text), ur_days_to_tell(schedule_window[]) TO %s', reader);
  END LOOP;
END
$$;

-- By row where account is watched so.
SELECT ur_notify_watch('account', $$'account ' || id$$,
  'id, status, default_cid_number, country_code, area_code, international_prefix, national_prefix, tz',
  EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'account'::regclass AND tgname = 'account_notify_row'));
SELECT ur_notify_watch('schedule', $$'schedule ' || id$$, '*'),
       ur_notify_watch('schedule_window', $$'schedule ' || schedule_id$$, 'schedule_id, days, from_time, to_time, date_from, date_to, exclude'),
       ur_notify_watch('caller_list', $$'callers ' || id$$, '*'),
       ur_notify_watch('caller_entry', $$'callers ' || list_id$$, '*'),
       ur_notify_watch('user_rule', $$'user ' || user_id$$, '*');

-- An account's time zone is that of its schedules, but for those that have one. Always enabled: replication, too, has to
-- tell it.
CREATE FUNCTION ur_notify_account_tz() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM public.ur_notify(ARRAY(SELECT 'schedule ' || id FROM public.schedule WHERE account_id = NEW.id AND tz IS NULL));
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_notify_account_tz() FROM PUBLIC;
CREATE TRIGGER account_notify_tz AFTER UPDATE ON account
  FOR EACH ROW WHEN (NEW.tz IS DISTINCT FROM OLD.tz) EXECUTE FUNCTION ur_notify_account_tz();
ALTER TABLE account ENABLE ALWAYS TRIGGER account_notify_tz;

-- Older modules find all that they know.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 6 AS schema_version, 2 AS compatible_from;
