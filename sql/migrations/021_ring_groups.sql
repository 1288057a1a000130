-- SPDX-License-Identifier: GPL-2.0-or-later
-- Ring groups: several users, devices and numbers that ring as one.
--
--   INSERT INTO ring_group (id, account_id, name) VALUES ('grp_sales', 'acc_acme', 'Sales');
--   INSERT INTO ring_group_member (group_id, position, member_kind, member_id, ring_delay_sec) VALUES
--     ('grp_sales', 1, 'user', 'us_alice', 0), ('grp_sales', 2, 'number', '491701234567', 10);
--   INSERT INTO extension (account_id, digits, dest_kind, dest_id) VALUES ('acc_acme', '300', 'ring_group', 'grp_sales');

-- ---- groups --------------------------------------------------------------------------------------------------------

CREATE FUNCTION ur_is_alert_info(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value ~ '^[\u0021-\u007e]([\u0020-\u007e]{0,253}[\u0021-\u007e])?$';
COMMENT ON FUNCTION ur_is_alert_info(text) IS
  'The value of an Alert-Info header: 1 to 255 printable ASCII characters, without a blank at either end.';

CREATE TABLE ring_group (
  id                text DEFAULT ur_new_id('grp_') CONSTRAINT ring_group_pkey PRIMARY KEY
                    CONSTRAINT ring_group_id_characters CHECK (ur_is_id(id)),
  account_id        text NOT NULL
                    CONSTRAINT ring_group_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  name              text NOT NULL DEFAULT ''
                    CONSTRAINT ring_group_name_no_control_max_128 CHECK (ur_is_label(name)),
  strategy          text NOT NULL DEFAULT 'simultaneous'
                    CONSTRAINT ring_group_strategy_simultaneous_sequential_random_round_robin CHECK
                      (strategy IN ('simultaneous', 'sequential', 'random', 'round_robin')),
  ring_timeout_sec  integer NOT NULL DEFAULT 25
                    CONSTRAINT ring_group_ring_timeout_sec_range CHECK (ring_timeout_sec BETWEEN 1 AND 600),
  member_rules      text NOT NULL DEFAULT 'none'
                    CONSTRAINT ring_group_member_rules_none_follow CHECK (member_rules IN ('none', 'follow')),
  skip_busy         smallint NOT NULL DEFAULT 1
                    CONSTRAINT ring_group_skip_busy_0_or_1 CHECK (skip_busy IN (0, 1)),
  cid_name_prefix   text
                    CONSTRAINT ring_group_cid_name_prefix_no_control_1_to_64 CHECK
                      (ur_is_label(cid_name_prefix) AND char_length(cid_name_prefix) BETWEEN 1 AND 64),
  alert_info        text
                    CONSTRAINT ring_group_alert_info_printable_ascii_1_to_255 CHECK (ur_is_alert_info(alert_info)),
  count_missed      smallint NOT NULL DEFAULT 1
                    CONSTRAINT ring_group_count_missed_0_or_1 CHECK (count_missed IN (0, 1)),
  fwd_busy_kind     text
                    CONSTRAINT ring_group_fwd_busy_kind_fkey REFERENCES route_target_kind (kind),
  fwd_busy_id       text
                    CONSTRAINT ring_group_fwd_busy_id_characters CHECK (ur_is_target_id(fwd_busy_id)),
  fwd_noanswer_kind text
                    CONSTRAINT ring_group_fwd_noanswer_kind_fkey REFERENCES route_target_kind (kind),
  fwd_noanswer_id   text
                    CONSTRAINT ring_group_fwd_noanswer_id_characters CHECK (ur_is_target_id(fwd_noanswer_id)),
  CONSTRAINT ring_group_fwd_busy_kind_and_id_or_neither CHECK
    ((fwd_busy_kind IS NULL) = (fwd_busy_id IS NULL)),
  CONSTRAINT ring_group_fwd_noanswer_kind_and_id_or_neither CHECK
    ((fwd_noanswer_kind IS NULL) = (fwd_noanswer_id IS NULL)),
  CONSTRAINT ring_group_fwd_busy_hangup_400_to_699 CHECK
    (fwd_busy_kind <> 'hangup' OR fwd_busy_id ~ '^[456][0-9]{2}$'),
  CONSTRAINT ring_group_fwd_noanswer_hangup_400_to_699 CHECK
    (fwd_noanswer_kind <> 'hangup' OR fwd_noanswer_id ~ '^[456][0-9]{2}$')
);
CREATE INDEX ring_group_account_id_idx ON ring_group (account_id);
COMMENT ON TABLE ring_group IS
  'A group whose members ring as one. It is called as a target: kind ring_group, and its id.';
COMMENT ON COLUMN ring_group.id IS 'Id, 1 to 64 of A-Z a-z 0-9 _ . : -; made up (grp_...) when not given.';
COMMENT ON COLUMN ring_group.account_id IS 'The account it belongs to.';
COMMENT ON COLUMN ring_group.name IS 'Name for people; no part in routing.';
COMMENT ON COLUMN ring_group.strategy IS
  'simultaneous: all members at once, each from its ring_delay_sec on. One member after another: sequential, by position; random, in another order for each call; round_robin, by position, but each call begins with the next member.';
COMMENT ON COLUMN ring_group.ring_timeout_sec IS
  'Seconds to ring, 1 to 600: of all members as a whole; where they ring one after another, of each, unless it has a ring_for_sec.';
COMMENT ON COLUMN ring_group.member_rules IS
  'none: what a member has set for calls of their own does not apply. follow: their rules of event always and fwd_always do.';
COMMENT ON COLUMN ring_group.skip_busy IS '1: a member who is in a call does not ring. 0: rings all the same.';
COMMENT ON COLUMN ring_group.cid_name_prefix IS
  'What stands before the caller''s name on the phones of members, 1 to 64 characters. NULL: nothing.';
COMMENT ON COLUMN ring_group.alert_info IS
  'Alert-Info for the phones of members, 1 to 255 printable ASCII characters: by it they choose a ring tone. NULL: none.';
COMMENT ON COLUMN ring_group.count_missed IS
  '1: phones list a call that nobody of the group answered as missed. 0: they do not.';
COMMENT ON COLUMN ring_group.fwd_busy_kind IS 'Kind of the target for calls while the members are busy; NULL: none, the caller gets 486.';
COMMENT ON COLUMN ring_group.fwd_busy_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';
COMMENT ON COLUMN ring_group.fwd_noanswer_kind IS 'Kind of the target for calls that no member answers; NULL: none, the caller gets 480.';
COMMENT ON COLUMN ring_group.fwd_noanswer_id IS
  'Id of that target; for kind hangup the SIP status, 400 to 699. Set if and only if the kind is.';

-- ---- members -------------------------------------------------------------------------------------------------------

-- What a member names exists: a column for each table, with a foreign key.
CREATE TABLE ring_group_member (
  group_id       text NOT NULL
                 CONSTRAINT ring_group_member_group_id_fkey REFERENCES ring_group (id) ON DELETE CASCADE,
  position       integer NOT NULL,
  member_kind    text NOT NULL
                 CONSTRAINT ring_group_member_member_kind_user_device_number_ring_group CHECK
                   (member_kind IN ('user', 'device', 'number', 'ring_group')),
  member_id      text NOT NULL,
  ring_delay_sec integer NOT NULL DEFAULT 0
                 CONSTRAINT ring_group_member_ring_delay_sec_range CHECK (ring_delay_sec BETWEEN 0 AND 600),
  ring_for_sec   integer
                 CONSTRAINT ring_group_member_ring_for_sec_range CHECK (ring_for_sec BETWEEN 1 AND 600),
  enabled        smallint NOT NULL DEFAULT 1
                 CONSTRAINT ring_group_member_enabled_0_or_1 CHECK (enabled IN (0, 1)),
  user_id        text GENERATED ALWAYS AS (CASE WHEN member_kind = 'user' THEN member_id END) STORED
                 CONSTRAINT ring_group_member_user_id_fkey REFERENCES sip_user (id) ON DELETE CASCADE,
  device_id      text GENERATED ALWAYS AS (CASE WHEN member_kind = 'device' THEN member_id END) STORED
                 CONSTRAINT ring_group_member_device_id_fkey REFERENCES sip_device (id) ON DELETE CASCADE,
  child_id       text GENERATED ALWAYS AS (CASE WHEN member_kind = 'ring_group' THEN member_id END) STORED
                 CONSTRAINT ring_group_member_child_id_fkey REFERENCES ring_group (id) ON DELETE CASCADE,
  CONSTRAINT ring_group_member_pkey PRIMARY KEY (group_id, member_kind, member_id),
  CONSTRAINT ring_group_member_position_unique_per_group UNIQUE (group_id, position) DEFERRABLE INITIALLY IMMEDIATE,
  CONSTRAINT ring_group_member_number_e164 CHECK (member_kind <> 'number' OR ur_is_e164(member_id)),
  CONSTRAINT ring_group_member_not_the_group_itself CHECK (child_id <> group_id)
);
CREATE INDEX ring_group_member_user_id_idx ON ring_group_member (user_id);
CREATE INDEX ring_group_member_device_id_idx ON ring_group_member (device_id);
CREATE INDEX ring_group_member_child_id_idx ON ring_group_member (child_id);
COMMENT ON TABLE ring_group_member IS 'Who rings when a group is called.';
COMMENT ON COLUMN ring_group_member.group_id IS 'The group.';
COMMENT ON COLUMN ring_group_member.position IS 'Order of the members: lower rings first, also where not all of them can.';
COMMENT ON COLUMN ring_group_member.member_kind IS
  'user: the user''s devices. device: that one alone. number: an external phone, which is called through the gateway. ring_group: the members of that group, at this place.';
COMMENT ON COLUMN ring_group_member.member_id IS
  'Id of the user, device or group, of the same account; of kind number the E.164 number without +. It leaves the group when it is deleted.';
COMMENT ON COLUMN ring_group_member.ring_delay_sec IS
  'Seconds of the ring after which it begins to ring, 0 to 600, with strategy simultaneous. 0: at once.';
COMMENT ON COLUMN ring_group_member.ring_for_sec IS
  'Seconds that it rings, 1 to 600, with strategy simultaneous never past the group''s ring_timeout_sec. NULL: to the end of the ring or, where members ring one after another, the group''s ring_timeout_sec.';
COMMENT ON COLUMN ring_group_member.enabled IS '1: rings. 0: left out for the time being.';
COMMENT ON COLUMN ring_group_member.user_id IS 'Computed: member_id of kind user.';
COMMENT ON COLUMN ring_group_member.device_id IS 'Computed: member_id of kind device.';
COMMENT ON COLUMN ring_group_member.child_id IS 'Computed: member_id of kind ring_group.';

-- A group is of one account with its members. Rights and locks as of ur_check_rule_account() in 018.
CREATE FUNCTION ur_check_group_member_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM FROM public.ring_group WHERE id IN (NEW.group_id, NEW.child_id) ORDER BY id FOR KEY SHARE;
  PERFORM FROM public.sip_device WHERE id = NEW.device_id FOR KEY SHARE;
  PERFORM FROM public.sip_user
  WHERE id IN (NEW.user_id, (SELECT user_id FROM public.sip_device WHERE id = NEW.device_id)) FOR KEY SHARE;
  IF (SELECT account_id FROM public.ring_group WHERE id = NEW.group_id) <> -- afterwards: this sees what it had to wait for
     coalesce((SELECT account_id FROM public.ring_group WHERE id = NEW.child_id),
              (SELECT account_id FROM public.sip_user
               WHERE id IN (NEW.user_id, (SELECT user_id FROM public.sip_device WHERE id = NEW.device_id)))) THEN
    RAISE EXCEPTION 'ring group "%": % "%" belongs to another account', NEW.group_id, replace(NEW.member_kind, '_', ' '), NEW.member_id
      USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'ring_group_member', CONSTRAINT = 'ring_group_member_of_the_account';
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_check_group_member_account() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER ring_group_member_account AFTER INSERT OR UPDATE ON ring_group_member DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.member_kind <> 'number') EXECUTE FUNCTION ur_check_group_member_account();

-- Users, devices and groups that move to another account; a device moves with its user, and when another user gets it.
CREATE FUNCTION ur_check_moved_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan -- By indexes, also where the planner takes the tables for empty.
SET enable_seqscan = off
AS $$
DECLARE
  member record;
BEGIN
  EXECUTE format('SELECT FROM public.%I WHERE id = $1 FOR UPDATE', TG_TABLE_NAME) USING NEW.id;
  SELECT m.group_id, m.member_kind, m.member_id INTO member
  FROM (SELECT * FROM public.ring_group_member WHERE TG_TABLE_NAME = 'sip_user' AND user_id = NEW.id UNION ALL
        SELECT * FROM public.ring_group_member
        WHERE TG_TABLE_NAME = 'sip_user' AND device_id = ANY (ARRAY(SELECT id FROM public.sip_device WHERE user_id = NEW.id)) UNION ALL
        SELECT * FROM public.ring_group_member WHERE TG_TABLE_NAME = 'sip_device' AND device_id = NEW.id UNION ALL
        SELECT * FROM public.ring_group_member WHERE TG_TABLE_NAME = 'ring_group' AND group_id = NEW.id UNION ALL
        SELECT * FROM public.ring_group_member WHERE TG_TABLE_NAME = 'ring_group' AND child_id = NEW.id) AS m
  JOIN public.ring_group AS g ON g.id = m.group_id
  LEFT JOIN public.ring_group AS c ON c.id = m.child_id
  LEFT JOIN public.sip_device AS d ON d.id = m.device_id
  LEFT JOIN public.sip_user AS u ON u.id = coalesce(m.user_id, d.user_id)
  WHERE coalesce(c.account_id, u.account_id) <> g.account_id
  ORDER BY m.group_id, m.member_kind, m.member_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% "%" can''t move to another account: % "%" is a member of ring group "%"', TG_TABLE_NAME, NEW.id,
        replace(member.member_kind, '_', ' '), member.member_id, member.group_id
      USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_TABLE_NAME || '_in_group_does_not_move',
            HINT = 'Move the group and all its members together, after SET CONSTRAINTS ALL DEFERRED.';
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_check_moved_member() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER sip_user_moved_member AFTER UPDATE ON sip_user DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id) EXECUTE FUNCTION ur_check_moved_member();
CREATE CONSTRAINT TRIGGER sip_device_moved_member AFTER UPDATE ON sip_device DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.user_id <> OLD.user_id) EXECUTE FUNCTION ur_check_moved_member();
CREATE CONSTRAINT TRIGGER ring_group_moved_member AFTER UPDATE ON ring_group DEFERRABLE INITIALLY IMMEDIATE
  FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id) EXECUTE FUNCTION ur_check_moved_member();

-- ---- limits on rows ------------------------------------------------------------------------------------------------
-- As in 008: a group has 100 members. All texts of a member have their limits: 100 of the longest fit into a record.

CREATE FUNCTION ur_limit_ring_group(grown text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  filling text[] := ARRAY(
    SELECT added.id FROM unnest(grown) AS added (id)
    WHERE (SELECT count(*) FROM public.ring_group_member AS m WHERE m.group_id = added.id) > 50);
  what record;
BEGIN
  IF filling = '{}' THEN
    RETURN;
  END IF;
  PERFORM FROM public.ring_group WHERE id = ANY (filling) ORDER BY id FOR NO KEY UPDATE;
  FOR what IN SELECT group_id, count(*) AS count FROM public.ring_group_member WHERE group_id = ANY (filling) GROUP BY 1 ORDER BY 1 LOOP
    IF what.count > 100 THEN
      RAISE EXCEPTION 'ring group "%" would have % members: 100 is the most', what.group_id, what.count
        USING ERRCODE = 'check_violation', SCHEMA = 'public', TABLE = 'ring_group_member', CONSTRAINT = 'ring_group_member_100_per_group',
              HINT = 'Delete members that are not used any more, or divide the group.';
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_limit_ring_group(text[]) IS
  'Refuses too many members of ring groups: of those that have more than before.';

CREATE FUNCTION ur_limit_ring_group_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  grown text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    grown := ARRAY(SELECT DISTINCT group_id FROM new_rows);
  ELSE
    grown := ARRAY(
      SELECT group_id FROM (SELECT group_id, 1 AS sign FROM new_rows UNION ALL SELECT group_id, -1 FROM old_rows) AS counted
      GROUP BY group_id HAVING sum(sign) > 0);
  END IF;
  IF grown <> '{}' THEN
    PERFORM public.ur_limit_ring_group(grown);
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_limit_ring_group_member() FROM PUBLIC;
CREATE TRIGGER ring_group_member_limit_insert AFTER INSERT ON ring_group_member
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ur_limit_ring_group_member();
CREATE TRIGGER ring_group_member_limit_update AFTER UPDATE ON ring_group_member
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ur_limit_ring_group_member();

-- ---- what the module reads -----------------------------------------------------------------------------------------

CREATE VIEW mirror_ring_group AS
SELECT id, account_id, name, strategy, ring_timeout_sec, member_rules, skip_busy, cid_name_prefix, alert_info, count_missed,
       fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id
FROM ring_group;
COMMENT ON VIEW mirror_ring_group IS 'Ring groups, as the module reads them.';

CREATE VIEW mirror_ring_group_member AS
SELECT m.group_id, m.position, m.member_kind, m.member_id, d.user_id, m.ring_delay_sec, m.ring_for_sec, m.enabled
FROM ring_group_member m LEFT JOIN sip_device d ON d.id = m.device_id;
COMMENT ON VIEW mirror_ring_group_member IS 'Members of ring groups, as the module reads them.';
COMMENT ON COLUMN mirror_ring_group_member.user_id IS 'Of member_kind device: the user who has it. Else NULL.';

-- Readers of the extensions, and so of routing_problem, must be able to read these views, too.
DO $$
DECLARE
  reader text;
BEGIN
  FOR reader IN
    SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
    FROM pg_class, aclexplode(relacl)
    WHERE oid = 'mirror_extension'::regclass AND privilege_type = 'SELECT' AND grantee <> relowner
  LOOP
    EXECUTE format('GRANT SELECT ON mirror_ring_group, mirror_ring_group_member TO %s', reader);
  END LOOP;
END
$$;

SELECT ur_notify_watch('ring_group', $$'ring_group ' || id$$, '*'),
       ur_notify_watch('ring_group_member', $$'ring_group ' || group_id$$,
         'group_id, position, member_kind, member_id, ring_delay_sec, ring_for_sec, enabled');

-- A member's row names the user who has the device. Always enabled: replication, too, has to tell it.
CREATE FUNCTION ur_notify_member_device() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM public.ur_notify(ARRAY(SELECT 'ring_group ' || group_id FROM public.ring_group_member WHERE device_id = NEW.id));
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION ur_notify_member_device() FROM PUBLIC;
CREATE TRIGGER sip_device_notify_member AFTER UPDATE ON sip_device
  FOR EACH ROW WHEN (NEW.user_id IS DISTINCT FROM OLD.user_id) EXECUTE FUNCTION ur_notify_member_device();
ALTER TABLE sip_device ENABLE ALWAYS TRIGGER sip_device_notify_member;

-- Older modules find all that they know.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 8 AS schema_version, 2 AS compatible_from;
