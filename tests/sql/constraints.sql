-- SPDX-License-Identifier: GPL-2.0-or-later
-- Every constraint refuses what it should, under its own name, and takes the values at its edges.
\ir include/begin.psql
\ir include/hours.psql
\ir include/groups.psql

-- The constraints that a case below has met; compared with the catalogue at the end.
CREATE TEMP TABLE met (name text);
CREATE FUNCTION pg_temp.refused(statement text, state text, name text) RETURNS text LANGUAGE sql AS $$
  INSERT INTO met VALUES (name);
  SELECT is(pg_temp.outcome(statement), state || ' ' || name, pg_temp.one_line('refused: ' || statement));
$$;
CREATE FUNCTION pg_temp.accepted(statement text) RETURNS text LANGUAGE sql AS $$
  SELECT is(pg_temp.outcome(statement), 'accepted', pg_temp.one_line('accepted: ' || statement));
$$;

-- One line a column: the constraint, values it refuses, values that pass.
CREATE TEMP TABLE rule (tab text, col text, name text, bad text[], good text[]);

INSERT INTO rule
SELECT tab, col, name, bad, good FROM (VALUES
  ('{0,-1,601,2147483647}'::text[], '{1,25,600}'::text[], ARRAY[
    'sip_user ring_timeout_sec sip_user_ring_timeout_sec_range',
    'ring_group ring_timeout_sec ring_group_ring_timeout_sec_range']),
  ('{0,-1,1001,2147483647}', ARRAY['1', '2', '1000', NULL], ARRAY[
    'sip_user max_calls sip_user_max_calls_range']),
  ('{-1,601,-2147483648}', '{0,1,600}', ARRAY[
    'sip_device ring_delay_sec sip_device_ring_delay_sec_range',
    'ring_group_member ring_delay_sec ring_group_member_ring_delay_sec_range']),
  ('{0,-1,601}', ARRAY['1', '600', NULL], ARRAY[
    'sip_device ring_for_sec sip_device_ring_for_sec_range',
    'ring_group_member ring_for_sec ring_group_member_ring_for_sec_range']),
  ('{2,-1}', '{0}', ARRAY[
    'user_rule outside user_rule_outside_0_or_1',
    'user_rule except_listed user_rule_except_listed_0_or_1']),
  ('{"",mo,Mon,"mon ","mon, tue",monday,mon-,-mon,mon-tue-wed,"mon,","mon;tue","mon-sun,mon,tue,wed,thu,fri,sat,sun"}',
   ARRAY['mon', 'mon-fri', 'sat,sun', 'mon,wed-fri', 'sat-mon', 'sun-sun', 'mon,tue,wed,thu,fri,sat,sun', NULL], ARRAY[
    'schedule_window days schedule_window_days_of_the_week']),
  ('{00:00:01,09:00:30,09:00:00.5}', '{00:01,09:30,23:59}', ARRAY[
    'schedule_window from_time schedule_window_from_time_whole_minutes_before_24_00']),
  ('{00:00:01,09:00:30,23:59:00.1}', '{00:01,09:30,24:00}', ARRAY[
    'schedule_window to_time schedule_window_to_time_whole_minutes']),
  ('{infinity,-infinity,1969-12-31,10000-01-01}', ARRAY['1970-01-01', '2028-02-29', '9999-12-31', NULL], ARRAY[
    'schedule_window date_from schedule_window_date_from_1970_to_9999',
    'schedule_window date_to schedule_window_date_to_1970_to_9999']),
  (ARRAY['', '+', '+0', '+04930', '+1234567890123456', 'a b', 'a:b', 'a@', '@b.example', 'a@B.example', 'a@b@c', 'a@b c', '+4930 1', '4930 1', '+49-89-1234567', '+49(89)1234567', '+x', '+@acme.example ', 'ä', repeat('x', 65)],
   ARRAY['+1', '+493012345', '+123456789012345', '201', 'alice', 'alice@acme.example', '+4930@acme.example', '4930', 'a+b', '*72', repeat('x', 64), 'a@[2001:db8::1]'], ARRAY[
    'caller_entry what caller_entry_what_prefix_or_user']),
  ('{"",Always,ring,outside}', '{always,dnd,busy,noanswer,unreachable}', ARRAY[
    'user_rule event user_rule_event_always_dnd_busy_noanswer_unreachable']),
  ('{"",all,External}', '{any,internal,external,anonymous}', ARRAY[
    'user_rule scope user_rule_scope_any_internal_external_anonymous']),
  ('{"",hangup,Reject,voicemail}', '{reject,ring}', ARRAY[
    'user_rule action user_rule_action_forward_ring_reject']),
  ('{2,-1}', '{0,1}', ARRAY[
    'schedule_window exclude schedule_window_exclude_0_or_1',
    'ring_group skip_busy ring_group_skip_busy_0_or_1',
    'ring_group count_missed ring_group_count_missed_0_or_1',
    'ring_group_member enabled ring_group_member_enabled_0_or_1',
    'sip_user dnd sip_user_dnd_0_or_1',
    'sip_device ring_on_fork sip_device_ring_on_fork_0_or_1',
    'sip_device ring_specific sip_device_ring_specific_0_or_1',
    'sip_device available sip_device_available_0_or_1',
    'cid_number verified cid_number_verified_0_or_1']),
  ('{"",Active,disabled,deleted," active"}', '{active,suspended}', ARRAY[
    'account status account_status_active_suspended']),
  ('{"",Active,suspended,deleted," active"}', '{active,disabled}', ARRAY[
    'sip_user status sip_user_status_active_disabled',
    'sip_device status sip_device_status_active_disabled',
    'extension status extension_status_active_disabled',
    'did status did_status_active_disabled']),
  ('{"",Simultaneous,random}', '{simultaneous,sequential,specific}', ARRAY[
    'sip_user ring_strategy sip_user_ring_strategy_simultaneous_sequential_specific']),
  ('{"",Simultaneous,specific,"round robin"}', '{simultaneous,sequential,random,round_robin}', ARRAY[
    'ring_group strategy ring_group_strategy_simultaneous_sequential_random_round_robin']),
  ('{"",all,Follow}', '{none,follow}', ARRAY[
    'ring_group member_rules ring_group_member_rules_none_follow']),
  ('{"",User,extension,queue,hangup}', '{user}', ARRAY[
    'ring_group_member member_kind ring_group_member_member_kind_user_device_number_ring_group']),
  (ARRAY['', E'a\nb', E'a\u007fb', repeat('ä', 65)], ARRAY['x', 'Sales: ', repeat('ä', 64), NULL], ARRAY[
    'ring_group cid_name_prefix ring_group_cid_name_prefix_no_control_1_to_64']),
  (ARRAY['', ' ', ' a', 'a ', 'ä', E'a\tb', E'a\n', E'a\r\nX: y', E'a\u007f', E'a\u0080', repeat('x', 256)],
   ARRAY['x', '<http://127.0.0.1/a>;info=ring 2', '!~', repeat('x', 255), NULL], ARRAY[
    'ring_group alert_info ring_group_alert_info_printable_ascii_1_to_255']),
  (ARRAY['', 'a b', 'a@b', 'a:b', 'a"b', 'a''b', 'a\b', 'a<b', 'a>b', 'a%b', E'a\nb', E'a\tb', E'a\u007fb', 'ä', repeat('x', 65)],
   ARRAY['x', '+4930123', 'Alice-Desk', 'a_b.c~d', '*72', 'a=b&c;d/e?f,g!h(i)$', repeat('x', 64)], ARRAY[
    'sip_user username sip_user_username_characters',
    'sip_device auth_username sip_device_auth_username_characters']),
  (ARRAY['', 'Acme.example', 'acme example', 'acme.example:5060', '-a.example', 'a..example', 'a.example.', 'a_b.example',
         'a@b', '[::G]', E'a.example\n', repeat('x', 64) || '.example', repeat('x.', 126) || 'xy'],
   ARRAY['localhost', 'acme.example', 'a-b.c1.example', '192.0.2.1', '[2001:db8::1]', repeat('x.', 126) || 'x'], ARRAY[
    'sip_domain domain sip_domain_domain_lower_case_host',
    'sip_device realm sip_device_realm_lower_case_host']),
  (ARRAY['', repeat('A', 32), repeat('a', 31), repeat('a', 33), repeat('g', 32), repeat('a', 32) || E'\n'],
   ARRAY[md5('x'), NULL], ARRAY[
    'sip_device ha1 sip_device_ha1_32_hex',
    'sip_device ha1b sip_device_ha1b_32_hex']),
  (ARRAY['', '1', '0123', '+4930123', '49 30', '4930x', '1234567890123456', E'4930\n'],
   ARRAY['49', '123456789012345', NULL], ARRAY[
    'account default_cid_number account_default_cid_number_e164',
    'sip_user out_cid_number sip_user_out_cid_number_e164']),
  (ARRAY['', '0', '049', '+49', '12345', E'49\n'], ARRAY['1', '49', '4912', NULL], ARRAY[
    'account country_code account_country_code_1_to_4_digits']),
  (ARRAY['', '+', '0 0', '1234567', E'00\n'], ARRAY['0', '00', '011', '123456'], ARRAY[
    'account international_prefix account_international_prefix_1_to_6_digits']),
  (ARRAY['+', '0 ', '1234567', E'0\n'], ARRAY['', '0', '123456'], ARRAY[
    'account national_prefix account_national_prefix_0_to_6_digits']),
  (ARRAY['', E'a\nb', E'a\u007fb', repeat('ä', 129)], ARRAY['international', 'a b', repeat('ä', 128), NULL], ARRAY[
    'sip_user dial_class sip_user_dial_class_label']),
  (ARRAY['', '1', '+4930123'], ARRAY['49', '123456789012345'], ARRAY[
    'cid_number e164 cid_number_e164_e164',
    'did e164 did_e164_e164']),
  (ARRAY[E'a\nb', E'a\rb', E'a\u0001b', E'a\u001fb', E'a\u007fb', repeat('ä', 129)],
   ARRAY['', 'Ann "The Boss" O''Neil <1>, 東京 \', repeat('ä', 128)], ARRAY[
    'account name account_name_no_control_max_128',
    'schedule name schedule_name_no_control_max_128',
    'caller_list name caller_list_name_no_control_max_128',
    'ring_group name ring_group_name_no_control_max_128',
    'sip_user display_name sip_user_display_name_no_control_max_128',
    'sip_user out_cid_name sip_user_out_cid_name_no_control_max_128']),
  (ARRAY['', 'a b', 'ä', E'a\n', 'a"', 'a@b', 'a/b', repeat('x', 65)], '{}', ARRAY[
    'account id account_id_characters',
    'sip_user id sip_user_id_characters',
    'sip_device id sip_device_id_characters',
    'schedule id schedule_id_characters',
    'schedule_window id schedule_window_id_characters',
    'caller_list id caller_list_id_characters',
    'user_rule id user_rule_id_characters',
    'ring_group id ring_group_id_characters',
    'extension id extension_id_characters']),
  (ARRAY['', 'a b', E'a\n', E'a\tb', E'a\u007f', repeat('x', 129)],
   ARRAY['x', 'no_such_thing', 'böx', repeat('x', 128)], ARRAY[
    'sip_user voicemail_id sip_user_voicemail_id_characters',
    'extension dest_id extension_dest_id_characters',
    'did dest_id did_dest_id_characters',
    'route_target id route_target_id_characters']),
  (ARRAY['', '1 2', '1a', '++1', '1+', '1,2', repeat('1', 33), E'1\n'],
   ARRAY['0', '1001', '*98', '#', '+4930123', repeat('1', 32)], ARRAY[
    'extension digits extension_digits_dialable']),
  (ARRAY['', 'alice', '+4930123', '0301', 'tel:+4930123', 'http://a.example', 'sip:', 'sip:a@', 'sip:a b@c', 'sip:a@b c',
         'sip:a@b>', '<sip:a@b>', 'sip:a@b"', E'sip:a@b\n', E'sip:a@b\r\nX: y', 'sip:ä@b', 'sip:{id}@b', 'sip:a@b@c',
         'sip:a@b:port', 'sip:a@b;' || repeat('x', 505)],
   ARRAY['sip:a@b', 'sips:a@b.example:5061;transport=tls', 'SIP:b.example', 'sip:a:pw@192.0.2.1?Subject=x',
         'sip:a;x=1@[2001:db8::1]:5060;lr', '4930123', NULL, 'sip:a@b;' || repeat('x', 504)], ARRAY[
    'route_target address route_target_address_sip_uri_or_e164'])
) AS r (bad, good, columns),
unnest(columns) AS named, regexp_split_to_array(named, ' ') AS n, LATERAL (SELECT n[1], n[2], n[3]) AS c (tab, col, name);

SELECT pg_temp.refused(format('UPDATE %I SET %I = %L', tab, col, value), '23514', name)
FROM rule, unnest(bad) AS value;
SELECT pg_temp.accepted(format('UPDATE %I SET %I = %L', tab, col, value))
FROM rule, unnest(good) AS value;

-- Ids that others point to cannot be tried by UPDATE.
SELECT pg_temp.accepted(format('INSERT INTO account (id) VALUES (%L)', id))
FROM unnest(ARRAY['a', 'Az_0.9:-', repeat('x', 64)]) AS id;

-- Forwards and destinations: a kind and an id.
CREATE TEMP TABLE forward (tab text, rule text);
INSERT INTO forward VALUES ('sip_user', 'always'), ('sip_user', 'busy'), ('sip_user', 'noanswer'), ('sip_user', 'unreachable'),
  ('ring_group', 'busy'), ('ring_group', 'noanswer');
SELECT pg_temp.refused(format('UPDATE %4$I SET fwd_%1$s_kind = %2$L, fwd_%1$s_id = %3$L', rule, kind, id, tab), state,
                       format('%s_fwd_%s_%s', tab, rule, name))
FROM forward, (VALUES
  ('queue', NULL, '23514', 'kind_and_id_or_neither'),
  (NULL, 'q_t', '23514', 'kind_and_id_or_neither'),
  ('queue', '', '23514', 'id_characters'),
  ('queue', 'a b', '23514', 'id_characters'),
  ('queue', E'a\n', '23514', 'id_characters'),
  ('queue', repeat('x', 129), '23514', 'id_characters'),
  ('hangup', '399', '23514', 'hangup_400_to_699'),
  ('hangup', '700', '23514', 'hangup_400_to_699'),
  ('hangup', '48', '23514', 'hangup_400_to_699'),
  ('hangup', '4860', '23514', 'hangup_400_to_699'),
  ('hangup', 'busy', '23514', 'hangup_400_to_699'),
  ('pager', 'q_t', '23503', 'kind_fkey')
) AS c (kind, id, state, name);
SELECT pg_temp.accepted(format('UPDATE %4$I SET fwd_%1$s_kind = %2$L, fwd_%1$s_id = %3$L', rule, kind, id, tab))
FROM forward, (VALUES
  (NULL, NULL), ('hangup', '400'), ('hangup', '486'), ('hangup', '699'), ('user', 'us_nobody'), ('extension', 'ext_none'),
  ('voicemail', 'v'), ('queue', 'q_t'), ('ring_group', 'g'), ('conference', 'c'), ('flow', 'f'), ('forward', repeat('x', 128))
) AS c (kind, id);

-- A device has credentials or a number.
SELECT pg_temp.refused('INSERT INTO sip_device (user_id, ' || columns || ') VALUES (''us_t'', ' || some_values || ')', '23514', 'sip_device_' || name)
FROM (VALUES
  ('auth_username', '''u''', 'auth_username_and_realm_or_number'),
  ('realm', '''u.example''', 'auth_username_and_realm_or_number'),
  ('ha1', 'md5(''u'')', 'auth_username_and_realm_or_number'),
  ('number, auth_username', '''491701'', ''u''', 'number_without_credentials'),
  ('number, realm', '''491701'', ''u.example''', 'number_without_credentials'),
  ('number, auth_username, realm', '''491701'', ''u'', ''u.example''', 'number_without_credentials'),
  ('number, ha1', '''491701'', md5(''u'')', 'number_without_credentials'),
  ('number, ha1b', '''491701'', md5(''u'')', 'number_without_credentials'),
  ('number', '''''', 'number_e164'),
  ('number', '''1''', 'number_e164'),
  ('number', '''0170123''', 'number_e164'),
  ('number', '''+491701''', 'number_e164'),
  ('number', '''49 1701''', 'number_e164'),
  ('number', 'E''491701\n''', 'number_e164'),
  ('number', '''1234567890123456''', 'number_e164')
) AS c (columns, some_values, name);
SELECT pg_temp.accepted(statement) FROM (VALUES
  ($$INSERT INTO sip_device (user_id, number) VALUES ('us_t', '49'), ('us_t', '123456789012345'), ('us_t', '49')$$),
  ($$UPDATE sip_device SET auth_username = NULL, realm = NULL, ha1 = NULL, number = '49'$$)
) AS c (statement);

-- Rules: what goes together. rule_t is of event always, rejects, and has no condition.
INSERT INTO account (id) VALUES ('acc_x');
INSERT INTO sip_user (id, account_id, username) VALUES ('us_x', 'acc_x', 'x');
INSERT INTO schedule (id, account_id) VALUES ('sch_x', 'acc_x');
INSERT INTO caller_list (id, account_id) VALUES ('cl_x', 'acc_x');
SELECT pg_temp.refused('UPDATE user_rule SET ' || assignments, state, 'user_rule_' || name) FROM (VALUES
  ('outside = 1', '23514', 'outside_needs_schedule'),
  ('outside = 1, caller_list_id = ''cl_t''', '23514', 'outside_needs_schedule'),
  ('except_listed = 1', '23514', 'except_listed_needs_caller_list'),
  ('except_listed = 1, schedule_id = ''sch_t''', '23514', 'except_listed_needs_caller_list'),
  ('scope = ''anonymous'', caller_list_id = ''cl_t''', '23514', 'anonymous_callers_are_on_no_list'),
  ('scope = ''anonymous'', caller_list_id = ''cl_t'', except_listed = 1', '23514', 'anonymous_callers_are_on_no_list'),
  ('target_kind = ''hangup''', '23514', 'target_kind_and_id_or_neither'),
  ('target_id = ''486''', '23514', 'target_kind_and_id_or_neither'),
  ('target_kind = ''hangup'', target_id = ''399''', '23514', 'target_hangup_400_to_699'),
  ('target_kind = ''hangup'', target_id = ''700''', '23514', 'target_hangup_400_to_699'),
  ('action = ''forward'', target_kind = ''queue'', target_id = ''a b''', '23514', 'target_id_characters'),
  ('target_kind = ''pager'', target_id = ''1'', action = ''forward''', '23503', 'target_kind_fkey'),
  ('action = ''forward''', '23514', 'forward_needs_target'),
  ('action = ''forward'', target_kind = ''hangup'', target_id = ''486''', '23514', 'forward_needs_target'),
  ('target_kind = ''queue'', target_id = ''q_t''', '23514', 'reject_without_target_or_hangup'),
  ('action = ''ring'', target_kind = ''queue'', target_id = ''q_t''', '23514', 'ring_without_target'),
  ('action = ''ring'', target_kind = ''hangup'', target_id = ''486''', '23514', 'ring_without_target'),
  ('action = ''ring'', event = ''busy''', '23514', 'ring_always_or_dnd'),
  ('action = ''ring'', event = ''noanswer''', '23514', 'ring_always_or_dnd'),
  ('action = ''ring'', event = ''unreachable''', '23514', 'ring_always_or_dnd'),
  ('action = ''ring'', ring_strategy = ''random''', '23514', 'ring_strategy_simultaneous_sequential_specific'),
  ('action = ''ring'', ring_timeout_sec = 0', '23514', 'ring_timeout_sec_range'),
  ('action = ''ring'', ring_timeout_sec = 601', '23514', 'ring_timeout_sec_range'),
  ('ring_strategy = ''sequential''', '23514', 'ring_strategy_only_of_ring'),
  ('ring_timeout_sec = 5', '23514', 'ring_timeout_sec_only_of_ring'),
  ('action = ''forward'', target_kind = ''queue'', target_id = ''q_t'', ring_timeout_sec = 5', '23514', 'ring_timeout_sec_only_of_ring'),
  ('schedule_id = ''none''', '23503', 'schedule_id_fkey'),
  ('caller_list_id = ''none''', '23503', 'caller_list_id_fkey'),
  ('user_id = ''none''', '23503', 'user_id_fkey'),
  ('schedule_id = ''sch_x''', '23514', 'schedule_of_the_account'),
  ('caller_list_id = ''cl_x''', '23514', 'caller_list_of_the_account'),
  ('schedule_id = ''sch_t'', user_id = ''us_x''', '23514', 'schedule_of_the_account')
) AS c (assignments, state, name);
SELECT pg_temp.accepted('UPDATE user_rule SET ' || assignments) FROM (VALUES
  ('schedule_id = ''sch_t'', outside = 1, caller_list_id = ''cl_t'', except_listed = 1, scope = ''external'''),
  ('schedule_id = ''sch_x'', user_id = ''us_x'''),
  ('scope = ''anonymous'', schedule_id = ''sch_t'''),
  ('target_kind = ''hangup'', target_id = ''400'''),
  ('target_kind = ''hangup'', target_id = ''699'', event = ''unreachable'''),
  ('action = ''forward'', target_kind = ''user'', target_id = ''nobody'', event = ''noanswer'''),
  ('action = ''ring'''),
  ('action = ''ring'', event = ''dnd'', ring_strategy = ''specific'', ring_timeout_sec = 600'),
  ('action = ''ring'', ring_timeout_sec = 1'),
  ('position = -1'), ('position = 2147483647')
) AS c (assignments);

-- What a rule needs stays, and stays in the account.
UPDATE user_rule SET schedule_id = 'sch_t', caller_list_id = 'cl_t';
SELECT pg_temp.refused(statement, state, name) FROM (VALUES
  ($$DELETE FROM schedule WHERE id = 'sch_t'$$, '23503', 'user_rule_schedule_id_fkey'),
  ($$DELETE FROM caller_list WHERE id = 'cl_t'$$, '23503', 'user_rule_caller_list_id_fkey'),
  ($$UPDATE schedule SET account_id = 'acc_x'$$, '23514', 'schedule_in_use_does_not_move'),
  ($$UPDATE caller_list SET account_id = 'acc_x'$$, '23514', 'caller_list_in_use_does_not_move'),
  ($$UPDATE sip_user SET account_id = 'acc_x'$$, '23514', 'sip_user_in_use_does_not_move')
) AS c (statement, state, name);
SELECT pg_temp.accepted(statement) FROM (VALUES
  ($$DELETE FROM sip_user WHERE id = 'us_t'; DELETE FROM schedule; DELETE FROM caller_list$$),
  ($$DELETE FROM account WHERE id = 'acc_t'$$),
  ($$DELETE FROM account$$),
  ($$DELETE FROM schedule WHERE id = 'sch_x'; DELETE FROM caller_list WHERE id = 'cl_x'$$),
  ($$UPDATE schedule SET account_id = 'acc_t' WHERE id = 'sch_x'$$),
  ($$SET CONSTRAINTS ALL DEFERRED; UPDATE sip_user SET account_id = 'acc_x'; UPDATE schedule SET account_id = 'acc_x';
     UPDATE caller_list SET account_id = 'acc_x'; UPDATE ring_group SET account_id = 'acc_x'; SET CONSTRAINTS ALL IMMEDIATE$$)
) AS c (statement);
UPDATE user_rule SET schedule_id = NULL, caller_list_id = NULL;

-- Members of ring groups: what there is, of the account.
INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_x', 'us_x', 'x', 'x.example');
INSERT INTO ring_group (id, account_id) VALUES ('grp_u', 'acc_t'), ('grp_x', 'acc_x'), ('grp_y', 'acc_x');
CREATE FUNCTION pg_temp.member(kind text, id text, grp text DEFAULT 'grp_t', at int DEFAULT 9) RETURNS text LANGUAGE sql
RETURN format('INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES (%L, %s, %L, %L)', grp, at, kind, id);
SELECT pg_temp.refused(statement, state, 'ring_group_member_' || name) FROM (VALUES
  (pg_temp.member('user', 'none'), '23503', 'user_id_fkey'),
  (pg_temp.member('user', 'dev_t'), '23503', 'user_id_fkey'),
  (pg_temp.member('device', 'none'), '23503', 'device_id_fkey'),
  (pg_temp.member('device', 'us_t'), '23503', 'device_id_fkey'),
  (pg_temp.member('ring_group', 'none'), '23503', 'child_id_fkey'),
  (pg_temp.member('user', 'us_t', 'none'), '23503', 'group_id_fkey'),
  (pg_temp.member('number', ''), '23514', 'number_e164'),
  (pg_temp.member('number', '1'), '23514', 'number_e164'),
  (pg_temp.member('number', '+491701'), '23514', 'number_e164'),
  (pg_temp.member('number', '0491701'), '23514', 'number_e164'),
  (pg_temp.member('number', E'491701\n'), '23514', 'number_e164'),
  (pg_temp.member('number', '1234567890123456'), '23514', 'number_e164'),
  (pg_temp.member('ring_group', 'grp_t'), '23514', 'not_the_group_itself'),
  ('UPDATE ring_group_member SET member_id = group_id, member_kind = ''ring_group''', '23514', 'not_the_group_itself'),
  (pg_temp.member('user', 'us_t'), '23505', 'pkey'),
  (pg_temp.member('device', 'dev_t', at => 1), '23505', 'position_unique_per_group'),
  (pg_temp.member('user', 'us_x'), '23514', 'of_the_account'),
  (pg_temp.member('device', 'dev_x'), '23514', 'of_the_account'),
  (pg_temp.member('ring_group', 'grp_x'), '23514', 'of_the_account'),
  ('UPDATE ring_group_member SET member_id = ''us_x''', '23514', 'of_the_account'),
  ('UPDATE ring_group_member SET group_id = ''grp_x''', '23514', 'of_the_account')
) AS c (statement, state, name);
SELECT pg_temp.accepted(statement) FROM (VALUES
  (pg_temp.member('device', 'dev_t')), (pg_temp.member('number', '49')), (pg_temp.member('number', '123456789012345')),
  (pg_temp.member('ring_group', 'grp_u')), (pg_temp.member('user', 'us_t', 'grp_u', 1)), (pg_temp.member('user', 'us_x', 'grp_x', -1)),
  (pg_temp.member('ring_group', 'grp_u') || ';' || pg_temp.member('ring_group', 'grp_t', 'grp_u')),
  ('UPDATE ring_group_member SET group_id = ''grp_x'', member_id = ''us_x''')
) AS c (statement);

-- They stay in the account: grp_x has a user, a device and a group; grp_y has a number.
INSERT INTO sip_user (id, account_id, username) VALUES ('us_y', 'acc_x', 'y'), ('us_z', 'acc_x', 'z');
INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_y', 'us_y', 'y', 'x.example');
INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES
  ('grp_x', 1, 'user', 'us_x'), ('grp_x', 2, 'device', 'dev_y'), ('grp_x', 3, 'ring_group', 'grp_y'), ('grp_y', 1, 'number', '491701');
SELECT pg_temp.refused(statement, '23514', name || '_in_group_does_not_move') FROM (VALUES
  ($$UPDATE sip_user SET account_id = 'acc_t', username = 'xx' WHERE id = 'us_x'$$, 'sip_user'),
  ($$UPDATE sip_user SET account_id = 'acc_t' WHERE id = 'us_y'$$, 'sip_user'),
  ($$UPDATE sip_device SET user_id = 'us_t' WHERE id = 'dev_y'$$, 'sip_device'),
  ($$UPDATE ring_group SET account_id = 'acc_t' WHERE id = 'grp_x'$$, 'ring_group'),
  ($$UPDATE ring_group SET account_id = 'acc_t' WHERE id = 'grp_y'$$, 'ring_group'),
  ($$SET CONSTRAINTS ALL DEFERRED; UPDATE sip_user SET account_id = 'acc_t' WHERE account_id = 'acc_x';
     UPDATE ring_group SET account_id = 'acc_t' WHERE id = 'grp_x'; SET CONSTRAINTS ALL IMMEDIATE$$, 'ring_group')
) AS c (statement, name);
SELECT pg_temp.accepted(statement) FROM (VALUES
  ($$UPDATE sip_user SET account_id = 'acc_t' WHERE id = 'us_z'$$),
  ($$UPDATE sip_device SET user_id = 'us_z' WHERE id = 'dev_y'$$),
  ($$UPDATE sip_device SET user_id = 'us_t' WHERE id = 'dev_x'$$),
  ($$UPDATE ring_group SET account_id = 'acc_x' WHERE id = 'grp_u'$$),
  ($$UPDATE sip_user SET username = 'yy' WHERE id = 'us_y'$$),
  ($$SET CONSTRAINTS ALL DEFERRED; UPDATE sip_user SET account_id = 'acc_t' WHERE account_id = 'acc_x';
     UPDATE ring_group SET account_id = 'acc_t' WHERE account_id = 'acc_x'; SET CONSTRAINTS ALL IMMEDIATE$$)
) AS c (statement);
SELECT throws_ok($$UPDATE sip_user SET account_id = 'acc_t' WHERE id = 'us_y'$$, '23514',
  'sip_user "us_y" can''t move to another account: device "dev_y" is a member of ring group "grp_x"', 'the message says which member');
SELECT throws_ok(pg_temp.member('ring_group', 'grp_x'), '23514',
  'ring group "grp_t": ring group "grp_x" belongs to another account', 'the message says which group and member');

-- Who is deleted leaves the groups.
CREATE FUNCTION pg_temp.members_after(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  members text;
BEGIN
  EXECUTE statement;
  SELECT string_agg(group_id || ' ' || member_id, ', ' ORDER BY group_id, position) INTO members FROM ring_group_member;
  RAISE EXCEPTION USING ERRCODE = 'UR000';
EXCEPTION WHEN SQLSTATE 'UR000' THEN
  RETURN members;
END
$$;
SELECT is(pg_temp.members_after(statement), expected, statement) FROM (VALUES
  ($$DELETE FROM sip_user WHERE id = 'us_x'$$, 'grp_t us_t, grp_x dev_y, grp_x grp_y, grp_y 491701'),
  ($$DELETE FROM sip_user WHERE id = 'us_y'$$, 'grp_t us_t, grp_x us_x, grp_x grp_y, grp_y 491701'),
  ($$DELETE FROM sip_device WHERE id = 'dev_y'$$, 'grp_t us_t, grp_x us_x, grp_x grp_y, grp_y 491701'),
  ($$DELETE FROM ring_group WHERE id = 'grp_y'$$, 'grp_t us_t, grp_x us_x, grp_x dev_y'),
  ($$DELETE FROM ring_group WHERE id = 'grp_x'$$, 'grp_t us_t, grp_y 491701'),
  ($$DELETE FROM account WHERE id = 'acc_x'$$, 'grp_t us_t'),
  ($$DELETE FROM account WHERE id = 'acc_t'$$, 'grp_x us_x, grp_x dev_y, grp_x grp_y, grp_y 491701')
) AS c (statement, expected);
DELETE FROM ring_group WHERE id <> 'grp_t';

-- Time zones, by their names.
SELECT pg_temp.refused(format('UPDATE %s SET tz = %L', tab, zone), '23514', tab || '_tz_known')
FROM unnest('{account,schedule}'::text[]) AS tab,
     unnest(ARRAY['', 'europe/berlin', 'Berlin', 'Europe/Berlin ', 'utc', '3', 'UTC+3', 'FOO3', 'FOO3BAR', '<+03>-3', 'CEST', 'DEFAULT', 'right/Europe/Berlin', repeat('x', 300)]) AS zone;
SELECT pg_temp.refused(statement, '23514', name) FROM (VALUES
  ($$INSERT INTO account (tz) VALUES ('Nowhere')$$, 'account_tz_known'),
  ($$INSERT INTO schedule (account_id, tz) VALUES ('acc_t', 'Nowhere')$$, 'schedule_tz_known')
) AS c (statement, name);
SELECT pg_temp.accepted(format('UPDATE %s SET tz = %L', tab, zone))
FROM unnest('{account,schedule}'::text[]) AS tab,
     unnest('{UTC,Europe/Berlin,America/Argentina/Buenos_Aires,Etc/GMT+3}'::text[]) AS zone;
SELECT throws_ok($$UPDATE account SET tz = 'europe/berlin'$$, '23514', 'time zone "europe/berlin" is not known', 'the message says which');

INSERT INTO target_host VALUES ('pbx.example');
SELECT pg_temp.refused(statement, state, name) FROM (VALUES
  ($$UPDATE extension SET dest_kind = 'hangup', dest_id = '399'$$, '23514', 'extension_dest_hangup_400_to_699'),
  ($$UPDATE extension SET dest_kind = 'hangup', dest_id = '700'$$, '23514', 'extension_dest_hangup_400_to_699'),
  ($$UPDATE extension SET dest_kind = 'pager'$$, '23503', 'extension_dest_kind_fkey'),
  ($$UPDATE did SET dest_kind = 'hangup', dest_id = '399'$$, '23514', 'did_dest_hangup_400_to_699'),
  ($$UPDATE did SET dest_kind = 'hangup', dest_id = '700'$$, '23514', 'did_dest_hangup_400_to_699'),
  ($$UPDATE did SET dest_kind = 'pager'$$, '23503', 'did_dest_kind_fkey'),
  ($$UPDATE account SET area_code = '30'$$, '23514', 'account_area_code_needs_country_code'),
  ($$UPDATE account SET country_code = '49', area_code = ''$$, '23514', 'account_area_code_1_to_6_digits'),
  ($$UPDATE account SET country_code = '49', area_code = '1234567'$$, '23514', 'account_area_code_1_to_6_digits'),
  ($$UPDATE account SET country_code = '49', area_code = '+30'$$, '23514', 'account_area_code_1_to_6_digits'),
  ($$UPDATE route_target SET kind = 'hangup', id = '399'$$, '23514', 'route_target_hangup_400_to_699'),
  ($$UPDATE route_target SET kind = 'hangup', id = '700'$$, '23514', 'route_target_hangup_400_to_699'),
  ($$UPDATE route_target SET kind = 'pager'$$, '23503', 'route_target_kind_fkey'),
  ($$DELETE FROM route_target_kind WHERE kind = 'queue'$$, '23503', 'route_target_kind_fkey'),

  ($$INSERT INTO route_target_kind (kind) VALUES ('')$$, '23514', 'route_target_kind_kind_characters'),
  ($$INSERT INTO route_target_kind (kind) VALUES ('Pager')$$, '23514', 'route_target_kind_kind_characters'),
  ($$INSERT INTO route_target_kind (kind) VALUES ('a pager')$$, '23514', 'route_target_kind_kind_characters'),
  ($$INSERT INTO route_target_kind (kind) VALUES (repeat('x', 33))$$, '23514', 'route_target_kind_kind_characters'),
  ($$UPDATE route_target_kind SET uri_template = '{id}' WHERE kind = 'queue'$$, '23514', 'route_target_kind_uri_template_sip_uri'),
  ($$UPDATE route_target_kind SET uri_template = 'sip:{id}@b c' WHERE kind = 'queue'$$, '23514', 'route_target_kind_uri_template_sip_uri'),
  ($$UPDATE route_target_kind SET uri_template = 'sip:{name}@b' WHERE kind = 'queue'$$, '23514', 'route_target_kind_uri_template_sip_uri'),
  ($$UPDATE route_target_kind SET uri_template = 'tel:{address}' WHERE kind = 'queue'$$, '23514', 'route_target_kind_uri_template_sip_uri'),
  ($$UPDATE route_target_kind SET uri_template = 'sip:a@b' WHERE kind = 'user'$$, '23514', 'route_target_kind_uri_template_never_used'),
  ($$UPDATE route_target_kind SET uri_template = 'sip:a@b' WHERE kind = 'extension'$$, '23514', 'route_target_kind_uri_template_never_used'),
  ($$UPDATE route_target_kind SET uri_template = 'sip:a@b' WHERE kind = 'hangup'$$, '23514', 'route_target_kind_uri_template_never_used'),

  ($$UPDATE target_host SET host = 'PBX.example'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = 'pbx.example.'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = 'pbx.example:5060'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '10.0.0.010'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '10.0.0.256'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '10.0.1'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '2130706433'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '0x7f.1'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '0x7f000001'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '[10.0.0.1]'$$, '23514', 'target_host_host_one_spelling'),
  ($$UPDATE target_host SET host = '[2001:db8:0::1]'$$, '23514', 'target_host_host_one_spelling'),

  ($$INSERT INTO account (id) VALUES ('acc_t')$$, '23505', 'account_pkey'),
  ($$INSERT INTO sip_domain VALUES ('t.example', 'acc_t')$$, '23505', 'sip_domain_pkey'),
  ($$INSERT INTO sip_domain VALUES ('voicemail.invalid', 'acc_t')$$, '23514', 'sip_domain_domain_not_invalid'),
  ($$INSERT INTO sip_domain VALUES ('invalid', 'acc_t')$$, '23514', 'sip_domain_domain_not_invalid'),
  ($$INSERT INTO cid_number VALUES ('acc_t', '493023125001')$$, '23505', 'cid_number_pkey'),
  ($$INSERT INTO sip_user (id, account_id, username) VALUES ('us_t', 'acc_t', 'u')$$, '23505', 'sip_user_pkey'),
  ($$INSERT INTO sip_user (account_id, username) VALUES ('acc_t', 't')$$, '23505', 'sip_user_username_unique_per_account'),
  ($$INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_t', 'us_t', 'u', 'u.example')$$, '23505', 'sip_device_pkey'),
  ($$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_t', 't-desk', 't.example')$$, '23505', 'sip_device_auth_username_realm_unique'),
  ($$INSERT INTO extension (id, account_id, digits, dest_kind, dest_id) VALUES ('ext_t', 'acc_t', '11', 'user', 'us_t')$$, '23505', 'extension_pkey'),
  ($$INSERT INTO extension (account_id, digits, dest_kind, dest_id) VALUES ('acc_t', '10', 'user', 'us_t')$$, '23505', 'extension_digits_unique_per_account'),
  ($$INSERT INTO did VALUES ('493023125009', 'acc_t', 'queue', 'q_t')$$, '23505', 'did_pkey'),
  ($$INSERT INTO route_target VALUES ('acc_t', 'queue', 'q_t')$$, '23505', 'route_target_pkey'),
  ($$INSERT INTO route_target_kind VALUES ('queue')$$, '23505', 'route_target_kind_pkey'),

  ($$INSERT INTO target_host VALUES ('pbx.example')$$, '23505', 'target_host_pkey'),

  ($$UPDATE schedule_window SET from_time = '09:00', to_time = '09:00'$$, '23514', 'schedule_window_from_time_is_not_to_time'),
  ($$UPDATE schedule_window SET from_time = '24:00', to_time = '06:00'$$, '23514', 'schedule_window_from_time_whole_minutes_before_24_00'),
  ($$UPDATE schedule_window SET to_time = '00:00'$$, '23514', 'schedule_window_from_time_is_not_to_time'),
  ($$UPDATE schedule_window SET date_from = '2026-12-25', date_to = '2026-12-24'$$, '23514', 'schedule_window_date_from_not_after_date_to'),
  ($$INSERT INTO schedule (id, account_id) VALUES ('sch_t', 'acc_t')$$, '23505', 'schedule_pkey'),
  ($$INSERT INTO schedule_window (id, schedule_id) VALUES ('win_t', 'sch_t')$$, '23505', 'schedule_window_pkey'),
  ($$INSERT INTO caller_list (id, account_id) VALUES ('cl_t', 'acc_t')$$, '23505', 'caller_list_pkey'),
  ($$INSERT INTO caller_entry VALUES ('cl_t', '+4930')$$, '23505', 'caller_entry_pkey'),
  ($$INSERT INTO user_rule (id, user_id, position, event, action) VALUES ('rule_t', 'us_t', 2, 'always', 'reject')$$, '23505', 'user_rule_pkey'),
  ($$INSERT INTO user_rule (user_id, position, event, action) VALUES ('us_t', 1, 'always', 'reject')$$, '23505', 'user_rule_position_unique_per_user_and_event'),
  ($$INSERT INTO ring_group (id, account_id) VALUES ('grp_t', 'acc_t')$$, '23505', 'ring_group_pkey'),
  ($$INSERT INTO ring_group (account_id) VALUES ('none')$$, '23503', 'ring_group_account_id_fkey'),
  ($$INSERT INTO schedule (account_id) VALUES ('none')$$, '23503', 'schedule_account_id_fkey'),
  ($$INSERT INTO schedule_window (schedule_id) VALUES ('none')$$, '23503', 'schedule_window_schedule_id_fkey'),
  ($$INSERT INTO caller_list (account_id) VALUES ('none')$$, '23503', 'caller_list_account_id_fkey'),
  ($$INSERT INTO caller_entry VALUES ('none', '201')$$, '23503', 'caller_entry_list_id_fkey'),

  ($$INSERT INTO sip_domain VALUES ('u.example', 'acc_none')$$, '23503', 'sip_domain_account_id_fkey'),
  ($$INSERT INTO cid_number VALUES ('acc_none', '493023125001')$$, '23503', 'cid_number_account_id_fkey'),
  ($$INSERT INTO sip_user (account_id, username) VALUES ('acc_none', 't')$$, '23503', 'sip_user_account_id_fkey'),
  ($$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_none', 'u', 't.example')$$, '23503', 'sip_device_user_id_fkey'),
  ($$INSERT INTO extension (account_id, digits, dest_kind, dest_id) VALUES ('acc_none', '10', 'user', 'us_t')$$, '23503', 'extension_account_id_fkey'),
  ($$INSERT INTO did VALUES ('49', 'acc_none', 'user', 'us_t')$$, '23503', 'did_account_id_fkey'),
  ($$INSERT INTO route_target VALUES ('acc_none', 'queue', 'q_t')$$, '23503', 'route_target_account_id_fkey')
) AS c (statement, state, name);

-- What is one of a kind only within its account, or realm.
INSERT INTO account (id) VALUES ('acc_u');
SELECT pg_temp.accepted(statement) FROM (VALUES
  ($$INSERT INTO sip_user (account_id, username) VALUES ('acc_u', 't')$$),
  ($$INSERT INTO sip_user (account_id, username) VALUES ('acc_t', 'T')$$),
  ($$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_t', 't-desk', 'u.example')$$),
  ($$INSERT INTO extension (account_id, digits, dest_kind, dest_id) VALUES ('acc_u', '10', 'user', 'us_t')$$),
  ($$INSERT INTO cid_number VALUES ('acc_u', '493023125001')$$),
  ($$INSERT INTO route_target VALUES ('acc_u', 'queue', 'q_t')$$),
  ($$INSERT INTO did VALUES ('49', 'acc_u', 'user', 'us_t')$$),
  ($$UPDATE account SET country_code = '49', area_code = '030303' WHERE id = 'acc_u'$$),
  ($$INSERT INTO route_target_kind VALUES ('pager', 'sips:{id}@pager.example;n={address}')$$),
  ($$UPDATE route_target_kind SET uri_template = 'sip:{account}~{id}@{account}.b' WHERE kind = 'queue'$$),
  ($$INSERT INTO target_host VALUES ('10.0.0.1'), ('a'), ('xn--bcher-kva.example'), ('[2001:db8::1]'), ('1a')$$),
  ($$UPDATE sip_device SET ring_order = -1$$),
  ($$UPDATE schedule_window SET from_time = '22:00', to_time = '00:00'$$),
  ($$UPDATE schedule_window SET from_time = '22:00', to_time = '06:00', days = 'fri', date_from = '2026-12-24', date_to = '2026-12-24'$$),
  ($$INSERT INTO user_rule (user_id, position, event, action) VALUES ('us_t', 1, 'busy', 'reject')$$),
  ($$INSERT INTO caller_entry VALUES ('cl_t', '4930')$$)
) AS c (statement);

SELECT set_eq(
  'SELECT name FROM met',
  $$SELECT conname::text FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u') AND conname <> 'schema_migration_pkey'
    UNION ALL SELECT unnest('{account_tz_known,schedule_tz_known,user_rule_schedule_of_the_account,user_rule_caller_list_of_the_account,schedule_in_use_does_not_move,caller_list_in_use_does_not_move,sip_user_in_use_does_not_move,ring_group_member_of_the_account,sip_user_in_group_does_not_move,sip_device_in_group_does_not_move,ring_group_in_group_does_not_move}'::text[]) -- triggers$$,
  'each constraint of the schema has a case here, and each case its constraint');

-- Every column but these must have a value.
CREATE TEMP TABLE optional (col text);
INSERT INTO optional VALUES
  ('account.default_cid_number'), ('account.country_code'), ('account.area_code'), ('sip_user.dial_class'), ('route_target.address'), ('route_target_kind.uri_template'),
  ('sip_device.ha1'), ('sip_device.ha1b'), ('sip_user.voicemail_id'), ('sip_user.out_cid_number'), ('sip_user.out_cid_name'),
  ('sip_user.fwd_always_kind'), ('sip_user.fwd_always_id'), ('sip_user.fwd_busy_kind'), ('sip_user.fwd_busy_id'),
  ('sip_user.fwd_noanswer_kind'), ('sip_user.fwd_noanswer_id'),
  ('sip_user.fwd_unreachable_kind'), ('sip_user.fwd_unreachable_id'), ('sip_user.max_calls'),
  ('schedule.tz'), ('schedule_window.days'), ('schedule_window.date_from'), ('schedule_window.date_to'),
  ('user_rule.schedule_id'), ('user_rule.caller_list_id'), ('user_rule.target_kind'), ('user_rule.target_id'),
  ('ring_group.cid_name_prefix'), ('ring_group.alert_info'), ('ring_group.fwd_busy_kind'), ('ring_group.fwd_busy_id'),
  ('ring_group.fwd_noanswer_kind'), ('ring_group.fwd_noanswer_id'), ('ring_group_member.ring_for_sec'),
  ('ring_group_member.user_id'), ('ring_group_member.device_id'), ('ring_group_member.child_id'),
  ('user_rule.ring_strategy'), ('user_rule.ring_timeout_sec'),
  ('sip_device.ring_for_sec'), ('sip_device.auth_username'), ('sip_device.realm'), ('sip_device.number');
SELECT is(pg_temp.outcome(format('UPDATE %I SET %I = NULL', relname, attname)), '23502 ' || attname,
          format('%s.%s must have a value', relname, attname))
FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  AND relname <> 'schema_migration' AND relname || '.' || attname NOT IN (SELECT col FROM optional);

-- Deleting an account takes all that is its own along.
DELETE FROM account;
SELECT is_empty('SELECT * FROM ' || tab, 'gone with its account: ' || tab)
FROM unnest('{sip_domain,cid_number,sip_user,sip_device,extension,did,route_target,schedule,schedule_window,caller_list,caller_entry,user_rule,ring_group,ring_group_member}'::text[]) AS tab;

\ir include/end.psql
