-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the triggers announce, statement by statement. Payloads are caught where they would be sent; that they
-- arrive in another session is shown by listen.sh.
\ir include/begin.psql

CREATE TEMP TABLE sent (payload text);
CREATE OR REPLACE FUNCTION ur_notify_send(payload text) RETURNS void LANGUAGE sql VOLATILE AS
  'INSERT INTO pg_temp.sent VALUES (payload)';

-- What a statement announces, as if it were a transaction of its own; payloads parted by |, items by commas.
-- The statement is not undone.
CREATE FUNCTION pg_temp.announced(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sent;
  PERFORM set_config('user_routing.items_sent', '', true);
  EXECUTE statement;
  RETURN (SELECT coalesce(string_agg(DISTINCT replace(payload, E'\n', ','), ' | '), '-') FROM sent);
END
$$;

INSERT INTO account (id) VALUES ('acc_u');
INSERT INTO sip_user (id, account_id, username) VALUES ('us_u', 'acc_t', 'u');

SELECT is(pg_temp.announced(statement), expected, pg_temp.one_line(statement)) FROM (VALUES
  ($$INSERT INTO account (id) VALUES ('acc_v')$$, 'account acc_v'),
  ($$UPDATE account SET status = 'suspended' WHERE id = 'acc_v'$$, 'account acc_v'),
  ($$UPDATE account SET default_cid_number = '4930' WHERE id = 'acc_v'$$, 'account acc_v'),
  ($$UPDATE account SET country_code = '49', area_code = '30' WHERE id = 'acc_v'$$, 'account acc_v'),
  ($$UPDATE account SET international_prefix = '000', national_prefix = '' WHERE id = 'acc_v'$$, 'account acc_v'),
  ($$UPDATE account SET tz = 'Europe/Berlin' WHERE id = 'acc_v'$$, 'account acc_v'),
  ($$UPDATE account SET name = 'V' WHERE id = 'acc_v'$$, '-'),
  ($$UPDATE account SET id = 'acc_w' WHERE id = 'acc_v'$$, 'account acc_v,account acc_w'),
  ($$DELETE FROM account WHERE id = 'acc_w'$$, 'account acc_w'),

  ($$INSERT INTO sip_domain VALUES ('u.example', 'acc_t')$$, 'account acc_t'),
  ($$UPDATE sip_domain SET account_id = 'acc_u' WHERE domain = 'u.example'$$, 'account acc_t,account acc_u'),
  ($$UPDATE sip_domain SET domain = 'v.example' WHERE domain = 'u.example'$$, 'account acc_u'),
  ($$DELETE FROM sip_domain WHERE domain = 'v.example'$$, 'account acc_u'),

  ($$INSERT INTO cid_number VALUES ('acc_u', '4930')$$, 'account acc_u'),
  ($$UPDATE cid_number SET verified = 1 WHERE account_id = 'acc_u'$$, 'account acc_u'),
  ($$DELETE FROM cid_number WHERE account_id = 'acc_u'$$, 'account acc_u'),

  ($$INSERT INTO sip_user (id, account_id, username) VALUES ('us_v', 'acc_t', 'v')$$, 'user us_v'),
  ($$UPDATE sip_user SET username = 'w' WHERE id = 'us_v'$$, 'user us_v'),
  ($$UPDATE sip_user SET dial_class = 'national' WHERE id = 'us_v'$$, 'user us_v'),
  ($$UPDATE sip_user SET fwd_unreachable_kind = 'queue', fwd_unreachable_id = 'q' WHERE id = 'us_v'$$, 'user us_v'),
  ($$UPDATE sip_user SET max_calls = 2 WHERE id = 'us_v'$$, 'user us_v'),
  ($$UPDATE sip_user SET max_calls = 2 WHERE id = 'us_v'$$, '-'),
  ($$UPDATE sip_user SET max_calls = NULL WHERE id = 'us_v'$$, 'user us_v'),
  ($$UPDATE sip_user SET account_id = 'acc_u' WHERE id = 'us_v'$$, 'user us_v'),
  ($$UPDATE sip_user SET id = 'us_w' WHERE id = 'us_v'$$, 'user us_v,user us_w'),
  ($$UPDATE sip_user SET dnd = 0, fwd_busy_kind = NULL$$, '-'),
  ($$UPDATE sip_user SET dnd = 1 WHERE username IN ('t', 'u')$$, 'user us_t,user us_u'),
  ($$UPDATE sip_user SET dnd = CASE username WHEN 't' THEN 0 ELSE dnd END$$, 'user us_t'),
  ($$UPDATE sip_user SET dnd = 1 WHERE false$$, '-'),
  ($$DELETE FROM sip_user WHERE id = 'us_w'$$, 'user us_w'),
  ($$INSERT INTO sip_user (id, account_id, username) VALUES ('us_t', 'acc_t', 't') ON CONFLICT (id) DO NOTHING$$, '-'),
  ($$INSERT INTO sip_user (id, account_id, username) VALUES ('us_t', 'acc_t', 't')
     ON CONFLICT (id) DO UPDATE SET display_name = 'T'$$, 'user us_t'),

  ($$INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_u', 'us_t', 'u', 't.example'),
     ('dev_v', 'us_t', 'v', 't.example')$$, 'user us_t'),
  ($$UPDATE sip_device SET ha1 = md5('new')$$, 'user us_t'),
  ($$UPDATE sip_device SET ha1 = md5('new')$$, '-'),
  ($$UPDATE sip_device SET ha1b = md5('new'), available = available$$, '-'),
  ($$UPDATE sip_device SET available = 0 WHERE id = 'dev_u'$$, 'user us_t'),
  ($$UPDATE sip_device SET ring_order = 3$$, 'user us_t'),
  ($$UPDATE sip_device SET ring_delay_sec = 3 WHERE id = 'dev_u'$$, 'user us_t'),
  ($$UPDATE sip_device SET ring_for_sec = 3 WHERE id = 'dev_u'$$, 'user us_t'),
  ($$UPDATE sip_device SET ring_delay_sec = 3, ring_for_sec = 3 WHERE id = 'dev_u'$$, '-'),
  ($$INSERT INTO sip_device (id, user_id, number) VALUES ('dev_x', 'us_t', '491701')$$, 'user us_t'),
  ($$UPDATE sip_device SET number = '491702' WHERE id = 'dev_x'$$, 'user us_t'),
  ($$DELETE FROM sip_device WHERE id = 'dev_x'$$, 'user us_t'),
  ($$UPDATE sip_device SET user_id = 'us_u' WHERE id = 'dev_u'$$, 'user us_t,user us_u'),
  ($$DELETE FROM sip_device WHERE id IN ('dev_u', 'dev_v')$$, 'user us_t,user us_u'),

  ($$INSERT INTO extension (id, account_id, digits, dest_kind, dest_id) VALUES ('ext_u', 'acc_t', '11', 'user', 'us_t')$$, 'extension ext_u'),
  ($$UPDATE extension SET status = 'disabled' WHERE id = 'ext_u'$$, 'extension ext_u'),
  ($$DELETE FROM extension WHERE id = 'ext_u'$$, 'extension ext_u'),

  ($$INSERT INTO did VALUES ('4930', 'acc_t', 'user', 'us_t')$$, 'did 4930'),
  ($$UPDATE did SET status = 'disabled' WHERE e164 = '4930'$$, 'did 4930'),
  ($$UPDATE did SET e164 = '4931' WHERE e164 = '4930'$$, 'did 4930,did 4931'),
  ($$UPDATE did SET status = status$$, '-'),
  ($$DELETE FROM did WHERE e164 = '4931'$$, 'did 4931'),

  ($$INSERT INTO route_target VALUES ('acc_t', 'voicemail', 'v_t')$$, 'target acc_t voicemail v_t'),
  ($$UPDATE route_target SET address = 'sip:v@vm.example' WHERE id = 'v_t'$$, 'target acc_t voicemail v_t'),
  ($$UPDATE route_target SET account_id = 'acc_u', kind = 'flow' WHERE id = 'v_t'$$, 'target acc_t voicemail v_t,target acc_u flow v_t'),
  ($$DELETE FROM route_target WHERE id = 'v_t'$$, 'target acc_u flow v_t'),

  ($$INSERT INTO route_target_kind VALUES ('pager', 'sip:{id}@pager.invalid')$$, 'kind pager'),
  ($$UPDATE route_target_kind SET uri_template = 'sip:{id}@pager.example' WHERE kind = 'pager'$$, 'kind pager'),
  ($$UPDATE route_target_kind SET uri_template = uri_template$$, '-'),
  ($$DELETE FROM route_target_kind WHERE kind = 'pager'$$, 'kind pager'),

  ($$INSERT INTO target_host VALUES ('pbx.example'), ('10.0.0.1')$$, 'host 10.0.0.1,host pbx.example'),
  ($$UPDATE target_host SET host = 'b.example' WHERE host = 'pbx.example'$$, 'host b.example,host pbx.example'),
  ($$UPDATE target_host SET host = host$$, '-'),
  ($$DELETE FROM target_host WHERE host = '10.0.0.1'$$, 'host 10.0.0.1'),

  ($$INSERT INTO schedule (id, account_id) VALUES ('sch_u', 'acc_t')$$, 'schedule sch_u'),
  ($$INSERT INTO schedule (id, account_id, tz) VALUES ('sch_v', 'acc_t', 'Europe/Rome')$$, 'schedule sch_v'),
  ($$UPDATE schedule SET tz = 'Europe/Paris' WHERE id = 'sch_v'$$, 'schedule sch_v'),
  ($$UPDATE schedule SET name = 'V' WHERE id = 'sch_v'$$, 'schedule sch_v'),
  ($$UPDATE schedule SET name = name$$, '-'),
  -- Those that have the account's time zone.
  ($$UPDATE account SET tz = 'Europe/Berlin' WHERE id = 'acc_t'$$, 'account acc_t | schedule sch_u'),
  ($$UPDATE account SET tz = 'Europe/Berlin', name = 'T' WHERE id = 'acc_t'$$, '-'),
  ($$INSERT INTO schedule_window (id, schedule_id) VALUES ('win_u', 'sch_u'), ('win_v', 'sch_v')$$, 'schedule sch_u,schedule sch_v'),
  ($$UPDATE schedule_window SET days = 'mon' WHERE id = 'win_u'$$, 'schedule sch_u'),
  ($$UPDATE schedule_window SET to_time = '12:00' WHERE id = 'win_u'$$, 'schedule sch_u'),
  ($$UPDATE schedule_window SET from_time = '11:00' WHERE id = 'win_u'$$, 'schedule sch_u'),
  ($$UPDATE schedule_window SET date_from = '2026-12-24' WHERE id = 'win_u'$$, 'schedule sch_u'),
  ($$UPDATE schedule_window SET date_to = '2026-12-24' WHERE id = 'win_u'$$, 'schedule sch_u'),
  ($$UPDATE schedule_window SET exclude = 1 WHERE id = 'win_u'$$, 'schedule sch_u'),
  ($$UPDATE schedule_window SET id = 'win_w', exclude = 1 WHERE id = 'win_u'$$, '-'),
  ($$UPDATE schedule_window SET schedule_id = 'sch_v' WHERE id = 'win_w'$$, 'schedule sch_u,schedule sch_v'),
  ($$DELETE FROM schedule_window WHERE id = 'win_w'$$, 'schedule sch_v'),
  ($$DELETE FROM schedule WHERE id = 'sch_v'$$, 'schedule sch_v'),

  ($$INSERT INTO caller_list (id, account_id) VALUES ('cl_u', 'acc_t'), ('cl_v', 'acc_t')$$, 'callers cl_u,callers cl_v'),
  ($$UPDATE caller_list SET name = 'U' WHERE id = 'cl_u'$$, 'callers cl_u'),
  ($$INSERT INTO caller_entry VALUES ('cl_u', '+4930'), ('cl_u', '201')$$, 'callers cl_u'),
  ($$UPDATE caller_entry SET what = '202' WHERE what = '201'$$, 'callers cl_u'),
  ($$UPDATE caller_entry SET list_id = 'cl_v' WHERE what = '202'$$, 'callers cl_u,callers cl_v'),
  ($$UPDATE caller_entry SET what = what$$, '-'),
  ($$DELETE FROM caller_entry WHERE list_id = 'cl_u'$$, 'callers cl_u'),
  ($$DELETE FROM caller_list WHERE id = 'cl_v'$$, 'callers cl_v'),

  ($$INSERT INTO user_rule (id, user_id, position, event, action) VALUES ('rule_u', 'us_t', 1, 'busy', 'reject')$$, 'user us_t'),
  ($$UPDATE user_rule SET position = 2 WHERE id = 'rule_u'$$, 'user us_t'),
  ($$UPDATE user_rule SET schedule_id = 'sch_u', outside = 1 WHERE id = 'rule_u'$$, 'user us_t'),
  ($$UPDATE user_rule SET caller_list_id = 'cl_u', except_listed = 1 WHERE id = 'rule_u'$$, 'user us_t'),
  ($$UPDATE user_rule SET scope = 'external', event = 'dnd' WHERE id = 'rule_u'$$, 'user us_t'),
  ($$UPDATE user_rule SET action = 'ring', ring_strategy = 'sequential', ring_timeout_sec = 7 WHERE id = 'rule_u'$$, 'user us_t'),
  ($$UPDATE user_rule SET action = action$$, '-'),
  ($$UPDATE user_rule SET user_id = 'us_u', schedule_id = NULL, outside = 0 WHERE id = 'rule_u'$$, 'user us_t,user us_u'),
  ($$DELETE FROM user_rule WHERE id = 'rule_u'$$, 'user us_u'),

  ($$INSERT INTO ring_group (id, account_id) VALUES ('grp_u', 'acc_t'), ('grp_v', 'acc_t')$$, 'ring_group grp_u,ring_group grp_v'),
  ($$UPDATE ring_group SET name = 'U' WHERE id = 'grp_u'$$, 'ring_group grp_u'),
  ($$UPDATE ring_group SET strategy = 'random', fwd_busy_kind = 'queue', fwd_busy_id = 'q' WHERE id = 'grp_u'$$, 'ring_group grp_u'),
  ($$UPDATE ring_group SET name = name$$, '-'),
  ($$INSERT INTO sip_device (id, user_id, number) VALUES ('dev_y', 'us_t', '491701')$$, 'user us_t'),
  ($$INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_u', 1, 'user', 'us_t'), ('grp_u', 2, 'device', 'dev_y'), ('grp_v', 1, 'device', 'dev_y')$$,
   'ring_group grp_u,ring_group grp_v'),
  ($$UPDATE ring_group_member SET position = 3 WHERE position = 2$$, 'ring_group grp_u'),
  ($$UPDATE ring_group_member SET ring_delay_sec = 3 WHERE position = 3$$, 'ring_group grp_u'),
  ($$UPDATE ring_group_member SET ring_for_sec = 3 WHERE position = 3$$, 'ring_group grp_u'),
  ($$UPDATE ring_group_member SET enabled = 0 WHERE position = 3$$, 'ring_group grp_u'),
  ($$UPDATE ring_group_member SET enabled = enabled, position = position$$, '-'),
  ($$UPDATE ring_group_member SET member_kind = 'number', member_id = '4917' WHERE group_id = 'grp_v'$$, 'ring_group grp_v'),
  ($$UPDATE ring_group_member SET group_id = 'grp_v' WHERE position = 3$$, 'ring_group grp_u,ring_group grp_v'),
  -- A device that is a member: the user who has it counts.
  ($$UPDATE sip_device SET user_id = 'us_u' WHERE id = 'dev_y'$$, 'ring_group grp_v | user us_t,user us_u'),
  ($$UPDATE sip_device SET user_id = 'us_u', ring_order = 9 WHERE id = 'dev_y'$$, 'user us_u'),
  ($$DELETE FROM sip_device WHERE id = 'dev_y'$$, 'ring_group grp_v | user us_u'),
  ($$DELETE FROM ring_group_member WHERE group_id = 'grp_v'$$, 'ring_group grp_v'),
  ($$DELETE FROM ring_group WHERE id = 'grp_v'$$, 'ring_group grp_v'),

  ($$INSERT INTO user_rule (id, user_id, position, event, action, schedule_id, caller_list_id) VALUES ('rule_v', 'us_u', 1, 'busy', 'reject', 'sch_u', 'cl_u')$$, 'user us_u'),
  ($$DELETE FROM sip_user WHERE id = 'us_t'$$, 'ring_group grp_u | user us_t'),
  ($$DELETE FROM account WHERE id = 'acc_t'$$,
   'account acc_t | callers cl_u | did 493023125009 | extension ext_t | ring_group grp_u | schedule sch_u | target acc_t queue q_t | user us_u')
) AS c (statement, expected);

-- CASCADE takes other tables along, whose triggers would hide that one's own is missing.
SELECT has_trigger('public', tab, (tab || '_notify_truncate')::name, tab || ' has a trigger for TRUNCATE')
FROM unnest('{account,sip_user,sip_device,route_target_kind,schedule,caller_list,ring_group}'::text[]) AS tab;
SELECT is(pg_temp.announced('TRUNCATE ' || tab || ' CASCADE'), 'resync', 'TRUNCATE ' || tab)
FROM unnest('{cid_number,sip_domain,extension,did,route_target,target_host,ring_group_member,ring_group,sip_device,user_rule,caller_entry,schedule_window,caller_list,schedule,sip_user,account,route_target_kind}'::text[]) AS tab;

-- Also what replication changes.
INSERT INTO account (id) VALUES ('acc_r');
INSERT INTO sip_user (id, account_id, username) VALUES ('us_r', 'acc_r', 'r'), ('us_s', 'acc_r', 's');
INSERT INTO sip_device (id, user_id, number) VALUES ('dev_r', 'us_r', '491701');
INSERT INTO ring_group (id, account_id) VALUES ('grp_r', 'acc_r');
INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_r', 1, 'device', 'dev_r');
SET LOCAL session_replication_role = replica;
SELECT is(pg_temp.announced($$UPDATE sip_device SET user_id = 'us_s'$$), 'ring_group grp_r', 'replicated: a member that another user gets');
SET LOCAL session_replication_role = origin;

\ir include/end.psql
