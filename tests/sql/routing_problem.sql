-- SPDX-License-Identifier: GPL-2.0-or-later
-- Every problem is found, once, and nothing else is.
\ir include/begin.psql

-- What the limits refuse may come all the same, by replication.
ALTER TABLE sip_device DISABLE TRIGGER sip_device_limit_insert;
ALTER TABLE sip_domain DISABLE TRIGGER sip_domain_limit_insert;
ALTER TABLE cid_number DISABLE TRIGGER cid_number_limit_insert;
ALTER TABLE user_rule DISABLE TRIGGER user_rule_limit_insert;
ALTER TABLE caller_entry DISABLE TRIGGER caller_entry_limit_insert;
ALTER TABLE ring_group_member DISABLE TRIGGER ring_group_member_limit_insert;

-- Fourteen users with a device each, some targets; another account with one user, number and target.
INSERT INTO sip_user (id, account_id, username, display_name)
  SELECT format('u%s', n), 'acc_t', 100 + n, format('N%s', n) FROM generate_series(1, 14) AS n;
INSERT INTO sip_device (id, user_id, auth_username, realm)
  SELECT format('d%s', n), format('u%s', n), format('d%s', n), 't.example' FROM generate_series(1, 14) AS n;
INSERT INTO account (id) VALUES ('acc_o');
INSERT INTO sip_domain VALUES ('o.example', 'acc_o');
INSERT INTO sip_user (id, account_id, username) VALUES ('uo', 'acc_o', '201');
INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('do', 'uo', 'do', 'o.example');
INSERT INTO extension (id, account_id, digits, dest_kind, dest_id) VALUES ('xo', 'acc_o', '20', 'user', 'uo');
INSERT INTO cid_number VALUES ('acc_t', '4930', 1), ('acc_t', '4931', 0), ('acc_o', '4932', 1);
INSERT INTO route_target_kind VALUES ('pager', NULL);
INSERT INTO schedule (id, account_id, name) VALUES ('s1', 'acc_t', 'Office'), ('s2', 'acc_t', ''), ('never', 'acc_t', 'Party'), ('so', 'acc_o', '');
INSERT INTO schedule_window (schedule_id, date_from, date_to) VALUES ('s1', NULL, NULL), ('s2', NULL, NULL), ('never', '2020-01-01', '2020-01-31');
INSERT INTO caller_list (id, account_id, name) VALUES ('c1', 'acc_t', 'VIPs'), ('c2', 'acc_t', ''), ('empty', 'acc_t', 'Blocked'), ('co', 'acc_o', '');
INSERT INTO caller_entry VALUES ('c1', '+4930'), ('c1', '101'), ('c1', '102@t.example'), ('c2', 'nobody@elsewhere.example'), ('co', '201');
INSERT INTO route_target VALUES ('acc_t', 'voicemail', 'box', NULL), ('acc_o', 'voicemail', 'other', NULL),
  ('acc_t', 'forward', 'none', NULL), ('acc_t', 'forward', 'number', '49123'), ('acc_t', 'forward', 'uri', 'SIP:x@pstn.example'),
  ('acc_t', 'pager', 'none', NULL), ('acc_t', 'pager', 'number', '49123'), ('acc_t', 'pager', 'uri', 'sips:x@pager.example'),
  ('acc_t', 'queue', 'ours', 'sip:x@O.example.:5070'), ('acc_t', 'queue', 'invalid', 'sip:acc_o~other@voicemail.invalid'),
  ('acc_t', 'queue', 'maddr', 'sip:x@pager.example;maddr=10.0.0.1');

-- Ring groups of one user each, who is in nothing else; another account's.
INSERT INTO sip_user (id, account_id, username, display_name)
  SELECT format('v%s', n), 'acc_t', 300 + n, format('V%s', n) FROM generate_series(1, 7) AS n;
INSERT INTO sip_device (id, user_id, auth_username, realm)
  SELECT format('w%s', n), format('v%s', n), format('w%s', n), 't.example' FROM generate_series(1, 7) AS n;
INSERT INTO ring_group (id, account_id, name) SELECT 'g' || n, 'acc_t', CASE WHEN n < 3 THEN 'G' || n ELSE '' END FROM generate_series(1, 7) AS n;
INSERT INTO ring_group (id, account_id) VALUES ('go', 'acc_o');
INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT 'g' || n, 1, 'user', 'v' || n FROM generate_series(1, 7) AS n;
INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('go', 1, 'user', 'uo');

-- Statements parted by semicolons; short for the most frequent ones:
--   u1 always|busy|noanswer|unreachable KIND ID        x1 to KIND ID: an extension        u1 box: has a voicemail box
--   u1 no device                           u1 dnd
--   d1 rings DELAY TIME                    e1: an external phone of u1 that no template leads to
--   g1 none                                g1 has KIND ID: a member               g1 busy|noanswer KIND ID
--   r1 u1 EVENT [in|out SCHEDULE] [from|except LIST] [SCOPE] ring|reject|KIND ID: a rule, at the position that its id says
CREATE FUNCTION pg_temp.configure(text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  step text;
  w text[];
BEGIN
  FOREACH step IN ARRAY regexp_split_to_array($1, ' *; *') LOOP
    w := regexp_split_to_array(step, ' ');
    CASE
    WHEN w[2] IN ('always', 'busy', 'noanswer', 'unreachable') THEN
      EXECUTE format('UPDATE %5$I SET fwd_%1$s_kind = %2$L, fwd_%1$s_id = %3$L WHERE id = %4$L', w[2], w[3], w[4], w[1],
                     CASE WHEN w[1] LIKE 'g%' THEN 'ring_group' ELSE 'sip_user' END);
    WHEN step ~ '^g. none' THEN DELETE FROM ring_group_member WHERE group_id = w[1];
    WHEN w[2] = 'has' THEN
      INSERT INTO ring_group_member (group_id, position, member_kind, member_id)
      SELECT w[1], max(position) + 1, w[3], w[4] FROM (SELECT position FROM ring_group_member WHERE group_id = w[1] UNION ALL SELECT 0) AS p;
    WHEN w[2] = 'rings' THEN
      EXECUTE format('UPDATE sip_device SET ring_delay_sec = %s, ring_for_sec = %s WHERE id = %L', w[3], w[4], w[1]);
    WHEN step = 'e1' THEN
      INSERT INTO sip_device (id, user_id, number) VALUES ('e1', 'u1', '491701');
      UPDATE route_target_kind SET uri_template = NULL WHERE kind = 'forward';
    WHEN step ~ '^r[0-9]+ [uv]' THEN
      INSERT INTO user_rule (id, position, user_id, event, schedule_id, outside, caller_list_id, except_listed, scope, action, target_kind, target_id)
      SELECT w[1], substr(w[1], 2)::int, w[2], w[3], substring(step FROM ' (?:in|out) (\w+)'), (step LIKE '% out %')::int,
             substring(step FROM ' (?:from|except) (\w+)'), (step LIKE '% except %')::int,
             coalesce(substring(step FROM 'internal|external|anonymous'), 'any'), CASE WHEN a ~ '^(ring|reject)$' THEN a ELSE 'forward' END,
             CASE WHEN a !~ '^(ring|reject)$' THEN split_part(a, ' ', 1) END, CASE WHEN a !~ '^(ring|reject)$' THEN split_part(a, ' ', 2) END
      FROM substring(step FROM '(ring|reject|(?:user|extension|queue|voicemail|forward|pager|ring_group) \w+)$') AS a;
    WHEN w[2] = 'to' THEN
      INSERT INTO extension (id, account_id, digits, dest_kind, dest_id) VALUES (w[1], 'acc_t', substr(w[1], 2) || '#', w[3], w[4]);
    WHEN w[2] = 'box' THEN UPDATE sip_user SET voicemail_id = 'box' WHERE id = w[1];
    WHEN w[2] = 'no' THEN DELETE FROM sip_device WHERE user_id = w[1];
    WHEN w[2] = 'dnd' THEN UPDATE sip_user SET dnd = 1 WHERE id = w[1];
    ELSE EXECUTE step;
    END CASE;
  END LOOP;
END
$$;

-- A forward from each user to the next.
CREATE FUNCTION pg_temp.in_a_row(rule text, first int, last int) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('u%s %s user u%s', n, rule, n + 1), ';' ORDER BY n) FROM generate_series(first, last - 1) AS n
$$;

-- The problems there are when it is configured so: "problem object.field", or the sentences. Undone.
CREATE FUNCTION pg_temp.problems(configuration text, what text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  PERFORM pg_temp.configure(configuration);
  SELECT string_agg(CASE WHEN what IS NOT NULL THEN sentence ELSE concat(problem, ' ', object_id, '.' || field) END,
                    ', ' ORDER BY problem, object_id, field, sentence)
  INTO found FROM routing_problem WHERE CASE WHEN what IS NULL THEN problem <> 'unused_number' ELSE problem = what END;
  IF EXISTS (SELECT * FROM routing_problem WHERE account_id IS NOT NULL
             EXCEPT ALL SELECT p.* FROM mirror_account a, routing_problem_of(a.id) AS p)
  OR EXISTS (SELECT p.* FROM mirror_account a, routing_problem_of(a.id) AS p EXCEPT ALL SELECT * FROM routing_problem) THEN
    found := concat('Of one account not the same: ', found);
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'UR000';
EXCEPTION WHEN SQLSTATE 'UR000' THEN
  RETURN coalesce(found, '-');
END
$$;

SELECT is(pg_temp.problems(configuration), expected, pg_temp.one_line(configuration)) FROM (VALUES
  ('SELECT 1', '-'),

  -- Loops: one row each, at the least member.
  ('u1 always user u2;u2 always user u1', 'forward_loop u1.fwd_always_id'),
  ('u3 always user u2;u2 always user u1;u1 always user u3', 'forward_loop u1.fwd_always_id'),
  ('u5 busy user u4;u4 noanswer user u3;u3 always user u5', 'forward_loop u3.fwd_always_id'),
  ('u1 busy user u2;u2 busy user u1;u1 noanswer user u3;u3 noanswer user u1', 'forward_loop u1.fwd_busy_id, forward_loop u1.fwd_noanswer_id'),
  ('u1 busy user u2;u1 noanswer user u2;u2 busy user u1', 'forward_loop u1.fwd_busy_id, forward_loop u1.fwd_noanswer_id'),
  ('u1 always user u2;u2 busy user u3;u3 busy user u1;u2 noanswer user u4;u4 always user u1', 'forward_loop u1.fwd_always_id, forward_loop u1.fwd_always_id'),
  ('u2 always user u1;u3 always user u2;u1 always user u2', 'forward_loop u1.fwd_always_id'),
  ('u1 always user u1', 'forward_loop u1.fwd_always_id'),
  ('u1 busy user u1;u1 noanswer user u1', 'forward_loop u1.fwd_busy_id, forward_loop u1.fwd_noanswer_id'),
  ('x1 to user u1;u1 noanswer extension x1', 'forward_loop u1.fwd_noanswer_id'),
  ('u1 unreachable user u2;u2 unreachable user u1', 'forward_loop u1.fwd_unreachable_id'),
  ('u1 unreachable user u2;u2 busy user u1', 'forward_loop u1.fwd_unreachable_id'),
  ('u1 unreachable user u2;u2 always user u3;u2 unreachable user u1', '-'),
  ('x1 to user u1;x2 to extension x1;u1 always user u2;u2 always extension x2', 'forward_loop u1.fwd_always_id'),
  ('x2 to extension x1;x1 to extension x2', 'forward_loop x1.dest_id'),
  ('x1 to extension x1;u1 always extension x1', 'forward_loop x1.dest_id'),
  ('x1 to user u1;x2 to user u1;u1 always user u2;u2 always user u3', '-'),
  ('u1 busy user u3;u2 busy user u3;u3 noanswer user u4;u1 noanswer user u4', '-'),
  (pg_temp.in_a_row('always', 1, 10) || ';u10 always user u1', 'forward_loop u1.fwd_always_id'),

  -- Only those that a call can follow as the rules stand.
  ('u1 always user u2;u2 busy user u1;u2 always user u3', '-'),
  ('u1 always user u2;u2 busy user u1;u2 always queue q_t', '-'),
  ('u1 always user u2;u2 busy user u1;u2 always queue none', 'forward_loop u1.fwd_always_id, missing_target u2.fwd_always_id'),
  ('u1 always user u2;u2 busy user u1;u2 always user u2', 'forward_loop u1.fwd_always_id, forward_loop u2.fwd_always_id'),
  ('x1 to user u2;u1 always user u2;u2 busy user u1;u2 always extension x1', 'forward_loop u1.fwd_always_id, forward_loop u2.fwd_always_id'),
  ('x1 to queue none;u1 always user u2;u2 busy user u1;u2 always extension x1', 'forward_loop u1.fwd_always_id, missing_target x1.dest_id'),
  ('u1 noanswer user u2;u2 noanswer user u1;u1 dnd;u1 no device;u1 box', 'forward_loop u1.fwd_noanswer_id, no_device u1'),
  ('u1 busy user u2;u2 noanswer user u1;u1 dnd', 'forward_loop u1.fwd_busy_id'),
  ('u1 always user u2;u2 always user u1;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u2''', 'disabled_target u1.fwd_always_id'),
  ('u1 always extension x1;x1 to user u1;UPDATE extension SET status = ''disabled'' WHERE id = ''x1''', 'disabled_target u1.fwd_always_id'),
  ('u1 always user u2;u2 always user u1;UPDATE account SET status = ''suspended''', '-'),

  -- Chains: ten are visited.
  (pg_temp.in_a_row('always', 1, 9), '-'),
  (pg_temp.in_a_row('always', 1, 10), '-'),
  (pg_temp.in_a_row('always', 1, 11), 'chain_too_long u1.fwd_always_id'),
  (pg_temp.in_a_row('noanswer', 1, 14), 'chain_too_long u1.fwd_noanswer_id'),
  (pg_temp.in_a_row('unreachable', 1, 11), 'chain_too_long u1.fwd_unreachable_id'),
  (pg_temp.in_a_row('busy', 2, 14) || ';u2 box', 'chain_too_long u2.fwd_busy_id'),
  (pg_temp.in_a_row('busy', 1, 11) || ';u1 noanswer user u14', 'chain_too_long u1.fwd_busy_id'),
  (pg_temp.in_a_row('busy', 1, 10) || ';u10 busy queue q_t', '-'),
  (pg_temp.in_a_row('busy', 1, 8) || ';u8 busy extension x1;x1 to user u9', '-'),
  (pg_temp.in_a_row('busy', 1, 9) || ';u9 busy extension x1;x1 to user u10', 'chain_too_long u1.fwd_busy_id'),
  (pg_temp.in_a_row('busy', 1, 9) || ';u9 busy extension x1;x1 to queue q_t', '-'),
  (pg_temp.in_a_row('busy', 1, 10) || ';u10 busy extension x1;x1 to queue q_t', 'chain_too_long u1.fwd_busy_id'),
  (pg_temp.in_a_row('busy', 1, 9) || ';x1 to user u1', '-'),
  (pg_temp.in_a_row('busy', 1, 10) || ';x1 to user u1', 'chain_too_long x1.dest_id'),
  (pg_temp.in_a_row('busy', 1, 11) || ';x1 to user u1', 'chain_too_long u1.fwd_busy_id'),
  (pg_temp.in_a_row('always', 1, 11) || ';u11 always user u1', 'chain_too_long u1.fwd_always_id'),
  (pg_temp.in_a_row('always', 1, 12) || ';u12 always user u1;x1 to user u5', 'chain_too_long u1.fwd_always_id'),
  (pg_temp.in_a_row('always', 1, 12) || ';u12 always user u2', 'chain_too_long u1.fwd_always_id, chain_too_long u10.fwd_always_id'),

  -- Targets that do not exist.
  ('u1 always user nobody', 'missing_target u1.fwd_always_id'),
  ('u1 busy extension nowhere;u1 noanswer queue none', 'missing_target u1.fwd_busy_id, missing_target u1.fwd_noanswer_id'),
  ('UPDATE sip_user SET voicemail_id = ''none'' WHERE id IN (''u1'', ''u2'')', 'missing_target u1.voicemail_id, missing_target u2.voicemail_id'),
  ('u1 busy queue box', 'missing_target u1.fwd_busy_id'),
  ('u1 unreachable queue none;u2 unreachable user uo', 'missing_target u1.fwd_unreachable_id, missing_target u2.fwd_unreachable_id'),
  ('u1 unreachable user u2;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u2''', 'disabled_target u1.fwd_unreachable_id'),
  ('u1 unreachable queue ours', 'forbidden_host u1.fwd_unreachable_id'),
  ('x1 to flow none', 'missing_target x1.dest_id'),
  ('u1 always user uo', 'missing_target u1.fwd_always_id'),
  ('x1 to extension xo', 'missing_target x1.dest_id'),
  -- Numbers that lead nowhere.
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''user'', ''uo'')', 'missing_target 4939.dest_id'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''queue'', ''none'')', 'missing_target 4939.dest_id'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''queue'', ''none'', ''disabled'')', '-'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''user'', ''u1'');UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', 'disabled_target 4939.dest_id'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''user'', ''u1''), (''4938'', ''acc_t'', ''hangup'', ''404''), (''4937'', ''acc_t'', ''queue'', ''q_t'');x1 to user u1;INSERT INTO did VALUES (''4936'', ''acc_t'', ''extension'', ''x1'')', '-'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''extension'', ''+4938''), (''4938'', ''acc_t'', ''user'', ''u1'')', 'missing_target 4939.dest_id'),
  ('u1 busy voicemail other', 'missing_target u1.fwd_busy_id'),
  ('uo busy user u1', 'missing_target uo.fwd_busy_id'),
  ('u1 busy forward none', 'missing_target u1.fwd_busy_id'),
  ('u1 busy pager none;u2 busy pager number', 'missing_target u1.fwd_busy_id, missing_target u2.fwd_busy_id'),
  ('u1 busy forward number;u2 busy forward uri;u3 busy pager uri;u4 busy queue q_t;u5 busy hangup 486;u6 box', '-'),
  ('UPDATE route_target_kind SET uri_template = NULL WHERE kind = ''queue'';u1 busy queue q_t', 'missing_target u1.fwd_busy_id'),
  ('u1 busy user u2;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u2''', 'disabled_target u1.fwd_busy_id'),
  ('u1 busy user nobody;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),
  ('x1 to user nobody;UPDATE extension SET status = ''disabled'' WHERE id = ''x1''', '-'),
  ('x1 to user nobody;UPDATE account SET status = ''suspended'' WHERE id = ''acc_t''', '-'),

  -- Hosts that targets may not name.
  ('u1 busy queue ours', 'forbidden_host u1.fwd_busy_id'),
  ('x1 to queue ours', 'forbidden_host x1.dest_id'),
  ('u1 busy queue invalid', 'forbidden_host u1.fwd_busy_id'),
  ('u1 busy queue maddr', 'forbidden_host u1.fwd_busy_id'),
  ('u1 busy pager uri;INSERT INTO target_host VALUES (''other.example'')', 'forbidden_host u1.fwd_busy_id'),
  ('u1 busy pager uri;INSERT INTO target_host VALUES (''pager.example'')', '-'),
  ('u1 busy queue invalid;INSERT INTO target_host VALUES (''voicemail.invalid'')', '-'),
  ('u1 busy queue ours;INSERT INTO target_host VALUES (''o.example'')', 'forbidden_host u1.fwd_busy_id'),
  ('u1 busy forward uri;INSERT INTO target_host VALUES (''other.example'')', 'forbidden_host u1.fwd_busy_id'),
  ('u1 busy forward uri;UPDATE route_target SET address = ''sip:x@o.example'' WHERE kind = ''forward'' AND id = ''uri''', 'forbidden_host u1.fwd_busy_id'),
  ('u1 busy queue ours;u1 no device', 'forbidden_host u1.fwd_busy_id, no_device u1, only_hangs_up u1'),

  -- Templates of the operator's own.
  ('UPDATE route_target_kind SET uri_template = ''sip:{id}@vm.example'' WHERE kind = ''voicemail''', 'shared_template voicemail.uri_template'),
  ('UPDATE route_target_kind SET uri_template = ''sip:{id}@vm.example'' WHERE kind = ''voicemail'';UPDATE account SET status = ''suspended'' WHERE id <> ''acc_t''', '-'),
  ('UPDATE route_target_kind SET uri_template = ''sip:{id}@{account}.vm.example'' WHERE kind = ''voicemail''', '-'),

  -- Nothing rings.
  ('u1 no device', 'no_device u1, only_hangs_up u1'),
  ('u1 no device;u1 box', 'no_device u1'),
  ('u1 no device;u1 always user u2', '-'),
  ('u1 no device;u1 always user nobody;u1 box', 'missing_target u1.fwd_always_id, no_device u1'),
  ('u1 no device;u1 always user u1;u1 box', 'forward_loop u1.fwd_always_id, no_device u1'),
  ('u1 box;UPDATE sip_device SET status = ''disabled'' WHERE id = ''d1''', 'no_device u1'),
  ('u1 box;UPDATE sip_device SET available = 0 WHERE id = ''d1''', 'no_device u1'),
  ('u1 box;UPDATE sip_device SET ring_on_fork = 0 WHERE id = ''d1''', 'no_device u1'),
  ('u1 box;UPDATE sip_user SET ring_strategy = ''specific'' WHERE id = ''u1''', 'no_device u1'),
  ('UPDATE sip_user SET ring_strategy = ''specific'' WHERE id = ''u1'';UPDATE sip_device SET ring_specific = 1', '-'),
  ('UPDATE sip_user SET ring_strategy = ''sequential'' WHERE id = ''u1''', '-'),
  ('UPDATE sip_device SET user_id = ''u2'' WHERE id = ''d1'';u1 box', 'no_device u1'),
  ('u1 box;u1 no device;u1 dnd', 'no_device u1'),
  ('u1 no device;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),

  -- An external phone needs no registration.
  ('u1 no device;INSERT INTO sip_device (user_id, number) VALUES (''u1'', ''491701'')', '-'),
  ('UPDATE sip_device SET auth_username = NULL, realm = NULL, ha1 = NULL, number = ''491701''', '-'),
  ('u1 box;u1 no device;INSERT INTO sip_device (user_id, number, status) VALUES (''u1'', ''491701'', ''disabled'')', 'no_device u1'),
  ('u1 box;u1 no device;INSERT INTO sip_device (user_id, number, available) VALUES (''u1'', ''491701'', 0)', 'no_device u1'),
  ('INSERT INTO sip_device (user_id, number) SELECT ''u1'', 100 + n FROM generate_series(1, 200) AS n', 'too_many_devices u1'),
  ('e1', 'missing_template e1.number'),
  ('e1;UPDATE sip_device SET status = ''disabled'' WHERE id = ''e1''', '-'),
  ('e1;UPDATE sip_device SET ring_on_fork = 0 WHERE id = ''e1''', '-'),
  ('e1;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),
  ('e1;UPDATE account SET status = ''suspended'' WHERE id = ''acc_t''', '-'),
  ('e1;UPDATE route_target_kind SET uri_template = ''sip:+{address}@gw.example'' WHERE kind = ''forward''', '-'),

  -- Devices that begin too late, or ring for less than their time.
  ('d1 rings 24 NULL;d2 rings 0 25;d3 rings 5 20', '-'),
  ('d1 rings 25 NULL', 'delay_too_long d1.ring_delay_sec'),
  ('d1 rings 600 600', 'delay_too_long d1.ring_delay_sec'),
  ('d1 rings 0 26', 'ring_cut_short d1.ring_for_sec'),
  ('d1 rings 24 2;d2 rings 24 1', 'ring_cut_short d1.ring_for_sec'),
  ('d1 rings 25 1;d2 rings 20 6', 'delay_too_long d1.ring_delay_sec, ring_cut_short d2.ring_for_sec'),
  ('d1 rings 10 NULL;UPDATE sip_user SET ring_timeout_sec = 10 WHERE id = ''u1''', 'delay_too_long d1.ring_delay_sec'),
  ('d1 rings 600 600;UPDATE sip_user SET ring_strategy = ''sequential'' WHERE id = ''u1''', '-'),
  ('d1 rings 25 NULL;UPDATE sip_device SET ring_specific = 1;UPDATE sip_user SET ring_strategy = ''specific'' WHERE id = ''u1''', 'delay_too_long d1.ring_delay_sec'),
  ('d1 rings 25 NULL;u1 box;UPDATE sip_user SET ring_strategy = ''specific'' WHERE id = ''u1''', 'no_device u1'),
  ('d1 rings 25 NULL;u1 box;UPDATE sip_device SET ring_on_fork = 0 WHERE id = ''d1''', 'no_device u1'),
  ('d1 rings 25 NULL;u1 box;UPDATE sip_device SET status = ''disabled'' WHERE id = ''d1''', 'no_device u1'),
  ('d1 rings 25 NULL;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),
  ('do rings 25 NULL;UPDATE account SET status = ''suspended'' WHERE id = ''acc_o''', '-'),
  ('do rings 25 NULL', 'delay_too_long do.ring_delay_sec'),

  -- Rules: their targets.
  ('r1 u1 always user u2;r2 u1 busy extension x1;r3 u1 noanswer queue q_t;r4 u1 unreachable voicemail box;x1 to user u2', '-'),
  ('r1 u1 always user nobody', 'missing_target r1.target_id'),
  ('r1 u1 dnd user uo', 'missing_target r1.target_id'),
  ('r1 u1 busy queue none;r2 u1 busy extension xo;r3 u1 busy forward none;r4 u1 busy pager none', 'missing_target r1.target_id, missing_target r2.target_id, missing_target r3.target_id, missing_target r4.target_id'),
  ('r1 u1 always user u2;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u2''', 'disabled_target r1.target_id'),
  ('r1 u1 always queue ours;r2 u1 always queue invalid;r3 u1 always queue maddr', 'forbidden_host r1.target_id, forbidden_host r2.target_id, forbidden_host r3.target_id'),
  ('r1 u1 always queue invalid;INSERT INTO target_host VALUES (''voicemail.invalid'')', '-'),
  ('r1 u1 always user u1', 'forward_loop r1.target_id'),
  ('r1 u1 always user nobody;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),
  ('r1 u1 always user nobody;UPDATE account SET status = ''suspended'' WHERE id = ''acc_t''', '-'),

  -- Rules that others hide.
  ('r1 u1 always queue q_t;r2 u1 always internal reject', 'unreachable_rule r2.position'),
  ('r1 u1 always queue q_t;r2 u1 always user u3;r3 u1 always user u4', 'unreachable_rule r2.position, unreachable_rule r3.position'),
  ('r2 u1 always queue q_t;r1 u1 always internal reject', '-'),
  ('r1 u1 always queue q_t;r2 u2 always user u3;r3 u1 busy user u3', '-'),
  ('r1 u1 always in s1 queue q_t;r2 u1 always in s1 internal reject', 'unreachable_rule r2.position'),
  ('r1 u1 always in s1 queue q_t;r2 u1 always out s1 internal reject;r3 u1 always in s2 internal reject;r4 u1 always internal reject', '-'),
  ('r1 u1 always out s1 queue q_t;r2 u1 always out s1 from c1 user u3', 'unreachable_rule r2.position'),
  ('r1 u1 always from c1 queue q_t;r2 u1 always except c1 user u3;r3 u1 always from c2 user u3;r4 u1 always in s1 from c1 internal user u3', 'unreachable_rule r4.position'),
  ('r1 u1 always from c1 in s1 queue q_t;r2 u1 always from c1 user u3;r3 u1 always in s1 user u3', '-'),
  ('r1 u1 always internal queue q_t;r2 u1 always internal user u3;r3 u1 always anonymous user u3;r4 u1 always user u3', 'unreachable_rule r2.position'),
  ('r1 u1 always external queue q_t;r2 u1 always anonymous user u3', '-'),
  ('r1 u1 dnd ring;r2 u1 dnd from c1 ring', 'unreachable_rule r2.position'),
  ('r1 u1 always internal reject;r2 u1 always internal ring', 'unreachable_rule r2.position'),
  -- What cannot be followed hides nothing.
  ('r1 u1 always user nobody;r2 u1 always user u3', 'missing_target r1.target_id'),
  ('r1 u1 always user u1;r2 u1 always user u3', 'forward_loop r1.target_id'),
  ('r1 u1 always queue ours;r2 u1 always user u3', 'forbidden_host r1.target_id'),
  ('r1 u1 always queue q_t;r2 u1 always user u3', 'unreachable_rule r2.position'),
  -- Nor what can't be followed by a call that has been there, or that has been at ten.
  ('r1 u1 always user u2;r2 u1 always user u3;r3 u1 always queue q_t', '-'),
  ('r1 u1 always extension x1;r2 u1 always user u3;x1 to user u2', '-'),
  ('r1 u1 always extension x1;r2 u1 always user u3;x1 to queue q_t', '-'),
  ('r1 u1 always user u2;r2 u1 always queue q_t;r3 u1 always internal ring', 'unreachable_rule r3.position'),
  ('r1 u1 always extension x1;r2 u1 always user u3;x1 to user u1', '-'),
  ('r1 u1 always extension x1;r2 u1 always user u3;x1 to user nobody', 'missing_target x1.dest_id'),

  -- Rules that reject those who have to get through.
  ('r1 u1 always reject', 'rejects_callbacks r1.scope'),
  ('r1 u1 always external reject', 'rejects_callbacks r1.scope'),
  ('r1 u1 always external reject;UPDATE user_rule SET target_kind = ''hangup'', target_id = ''486''', 'rejects_callbacks r1.scope'),
  ('r1 u1 always internal reject;r2 u1 always anonymous reject;r3 u1 always from c1 reject;r4 u1 always in s1 reject;r5 u1 busy reject', '-'),
  ('r1 u1 always queue q_t;r2 u1 always reject', 'unreachable_rule r2.position'),
  ('r1 u1 always user u2;r2 u1 always reject', '-'),
  ('r1 u1 always internal user u2;r2 u1 always reject', 'rejects_callbacks r2.scope'),
  ('r1 u1 always except c1 reject', 'rejects_callbacks r1.except_listed'),
  ('r1 u1 always except c1 external reject', 'rejects_callbacks r1.except_listed'),
  ('r1 u1 always except c1 internal reject;r2 u1 always in s1 except c1 reject;r3 u1 busy except c1 reject', '-'),

  -- Schedules and lists that rules need.
  ('r1 u1 busy in never user u2', 'schedule_never never'),
  ('r1 u1 busy out never user u2;r2 u2 busy in never user u1', 'schedule_never never'),
  ('r1 u1 busy in s1 user u2;DELETE FROM schedule_window WHERE schedule_id = ''s1''', 'schedule_never s1'),
  ('r1 u1 busy in s1 user u2;INSERT INTO schedule_window (schedule_id, exclude) VALUES (''s1'', 1)', 'schedule_never s1'),
  ('r1 u1 busy in s1 user u2;INSERT INTO schedule_window (schedule_id, date_to, exclude) VALUES (''s1'', ''2900-01-01'', 1)', '-'),
  ('r1 u1 busy in never user u2;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),
  ('r1 u1 busy from empty user u2', 'empty_caller_list empty'),
  ('r1 u1 busy except empty user u2;r2 u2 busy from c1 user u3', 'empty_caller_list empty'),
  ('INSERT INTO caller_entry VALUES (''c1'', ''999''), (''c1'', ''+1''), (''c1'', ''999@t.example''), (''co'', ''101'')', 'unknown_caller c1.what, unknown_caller co.what'),
  ('UPDATE caller_entry SET what = ''999'' WHERE list_id = ''co'';UPDATE account SET status = ''suspended'' WHERE id = ''acc_o''', '-'),

  -- Who has rules may be answered.
  ('u1 always hangup 403;r1 u1 always from c1 ring', '-'),
  ('u1 always hangup 403;r1 u1 always internal reject', 'only_hangs_up u1'),
  ('u1 no device;r1 u1 always user u2', '-'),
  ('u1 no device;r1 u1 always in s1 user u2', 'no_device u1'),
  ('u1 no device;r1 u1 unreachable user u2', 'no_device u1'),
  ('u1 always user u2;u2 no device;r1 u2 noanswer in s1 user u3', 'no_device u2'),

  -- Nothing else takes the call, either.
  ('u1 always hangup 403', 'only_hangs_up u1'),
  ('u1 always extension x1;x1 to hangup 403', 'only_hangs_up u1'),
  ('u1 always user u2;u2 always hangup 403', 'only_hangs_up u1, only_hangs_up u2'),
  ('u1 always user u2;u2 no device', 'no_device u2, only_hangs_up u1, only_hangs_up u2'),
  ('u1 always user u2;u2 no device;u2 box', 'no_device u2'),
  ('u1 no device;u1 noanswer user u2', 'no_device u1'),
  ('u1 no device;u1 busy user u2', 'no_device u1, only_hangs_up u1'),
  ('u1 no device;u1 unreachable user u2', 'no_device u1'),
  ('u1 no device;u1 unreachable hangup 404;u1 noanswer user u2', 'no_device u1, only_hangs_up u1'),
  ('u1 no device;u1 unreachable queue none;u1 noanswer user u2', 'missing_target u1.fwd_unreachable_id, no_device u1'),
  ('u1 no device;u1 unreachable user u1;u1 noanswer hangup 404', 'forward_loop u1.fwd_unreachable_id, no_device u1, only_hangs_up u1'),
  ('u1 no device;u1 dnd;u1 unreachable user u2', 'no_device u1, only_hangs_up u1'),
  ('u1 unreachable hangup 404', '-'),
  ('u1 no device;u1 noanswer hangup 404;u1 box', 'no_device u1, only_hangs_up u1'),
  ('u1 busy hangup 404;u1 noanswer hangup 404', '-'),
  ('u1 dnd', '-'),
  ('u1 dnd;u1 busy hangup 486', '-'),
  ('u1 always user u2;u2 dnd', '-'),
  ('u1 dnd;u1 no device', 'no_device u1, only_hangs_up u1'),
  ('u1 dnd;u1 no device;u1 noanswer user u2', 'no_device u1, only_hangs_up u1'),
  ('u1 dnd;u1 no device;u1 busy user u2', 'no_device u1'),
  ('u1 dnd;u1 no device;u1 busy queue none;u1 box', 'missing_target u1.fwd_busy_id, no_device u1'),
  ('u1 always user u2;u2 always user u1;u1 no device', 'forward_loop u1.fwd_always_id, only_hangs_up u2'),
  ('u1 always user u2;u2 always user u1;u1 no device;u2 no device;u1 box', 'forward_loop u1.fwd_always_id, only_hangs_up u1'),
  ('u1 noanswer user u2;u1 no device;u2 always user u1', 'forward_loop u1.fwd_noanswer_id, no_device u1, only_hangs_up u2'),
  (pg_temp.in_a_row('always', 1, 10) || ';u10 dnd;u10 no device;u10 busy user u11',
    'chain_too_long u1.fwd_always_id, no_device u10, only_hangs_up u1'),
  (pg_temp.in_a_row('always', 1, 10) || ';u10 always extension x1;x1 to queue q_t;u10 no device',
    'chain_too_long u1.fwd_always_id, only_hangs_up u1'),

  -- Ring groups: targets of users, extensions, numbers and rules; of the account, or as before a route_target.
  ('v1 always ring_group g1;v2 busy ring_group g2;x1 to ring_group g3;v3 noanswer extension x1', '-'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''ring_group'', ''g1'');r1 v1 always ring_group g2;x1 to ring_group g3;r2 v2 always extension x1', '-'),
  ('v1 always ring_group go;x1 to ring_group none', 'missing_target v1.fwd_always_id, missing_target x1.dest_id'),
  ('r1 v1 always ring_group go;INSERT INTO did VALUES (''4939'', ''acc_t'', ''ring_group'', ''none'')', 'missing_target 4939.dest_id, missing_target r1.target_id'),
  ('INSERT INTO route_target VALUES (''acc_t'', ''ring_group'', ''old'');v1 always ring_group old;r1 v2 busy ring_group old;g1 busy ring_group old', '-'),
  ('v1 always queue g1', 'missing_target v1.fwd_always_id'),
  ('v1 no device;v1 noanswer ring_group g2;g1 has user v2', 'no_device v1'),
  -- A rule that forwards to a group decides, but not surely.
  ('r1 v1 busy ring_group g2;r2 v1 busy user v3', '-'),
  ('r1 v1 always ring_group g2;r2 v1 always external reject', '-'),
  ('r1 v1 always extension x1;x1 to ring_group g2;r2 v1 always external reject', '-'),

  -- Their own targets.
  ('g1 busy user v1;g1 noanswer extension x1;x1 to queue q_t;g2 busy hangup 486;g2 noanswer voicemail box;g3 busy ring_group g4;g3 noanswer forward number', '-'),
  ('g1 busy user nobody;g1 noanswer user uo;g2 busy extension none;g2 noanswer extension xo;g3 busy queue none;g3 noanswer voicemail other',
   'missing_target g1.fwd_busy_id, missing_target g1.fwd_noanswer_id, missing_target g2.fwd_busy_id, missing_target g2.fwd_noanswer_id, missing_target g3.fwd_busy_id, missing_target g3.fwd_noanswer_id'),
  ('g1 busy ring_group none;g1 noanswer ring_group go;g2 busy forward none;g3 busy pager none', 'missing_target g1.fwd_busy_id, missing_target g1.fwd_noanswer_id, missing_target g2.fwd_busy_id, missing_target g3.fwd_busy_id'),
  ('g1 busy queue ours;g1 noanswer queue invalid;g2 busy queue maddr', 'forbidden_host g1.fwd_busy_id, forbidden_host g1.fwd_noanswer_id, forbidden_host g2.fwd_busy_id'),
  ('g1 busy pager uri;INSERT INTO target_host VALUES (''other.example'')', 'forbidden_host g1.fwd_busy_id'),
  ('g1 busy user v3;UPDATE sip_user SET status = ''disabled'' WHERE id = ''v3'';g3 has user v4', 'disabled_target g1.fwd_busy_id'),
  ('g1 busy ring_group g1', 'forward_loop g1.fwd_busy_id'),
  ('g1 noanswer user nobody;UPDATE account SET status = ''suspended'' WHERE id = ''acc_t''', '-'),

  -- Groups in which nobody rings.
  ('g1 none', 'empty_group g1'),
  ('UPDATE ring_group_member SET enabled = 0 WHERE group_id IN (''g1'', ''g2'');g2 has number 4917', 'empty_group g1'),
  ('g1 none;g1 has ring_group g2', '-'),
  ('g1 none;g2 none;g1 has ring_group g2', 'empty_group g2, nobody_rings g1'),
  ('UPDATE sip_device SET status = ''disabled'' WHERE id = ''w1''', 'no_device v1, nobody_rings g1, only_hangs_up v1'),
  ('UPDATE sip_device SET available = 0 WHERE id = ''w1'';v1 box', 'no_device v1, nobody_rings g1'),
  ('UPDATE sip_device SET ring_on_fork = 0 WHERE id = ''w1'';v1 box', 'no_device v1, nobody_rings g1'),
  ('UPDATE sip_device SET ring_on_fork = 0 WHERE id = ''w1'';v1 box;g1 none;g1 has device w1', 'no_device v1'),
  ('v1 no device;v1 box;g1 has user v2', 'no_device v1'),
  ('UPDATE sip_user SET status = ''disabled'' WHERE id = ''v1''', 'nobody_rings g1'),
  ('UPDATE sip_user SET status = ''disabled'' WHERE id = ''v1'';g1 has device w1;g2 none;g2 has device w2', 'nobody_rings g1'),
  ('g1 none;g1 has device w2;UPDATE sip_device SET available = 0 WHERE id = ''w2'';v2 box', 'no_device v2, nobody_rings g1, nobody_rings g2'),
  ('g1 none;g1 has number 4917', '-'),
  ('v1 dnd', '-'),
  -- Somebody's own forward, if the group lets members follow it.
  ('v1 no device;v1 always user v2', 'nobody_rings g1'),
  ('v1 no device;v1 always user v2;UPDATE ring_group SET member_rules = ''follow''', '-'),
  ('v1 no device;r1 v1 always user v2;UPDATE ring_group SET member_rules = ''follow''', '-'),
  ('v1 no device;v1 busy user v2;UPDATE ring_group SET member_rules = ''follow''', 'no_device v1, nobody_rings g1, only_hangs_up v1'),
  ('g1 none;g1 has number 4917;UPDATE route_target_kind SET uri_template = NULL WHERE kind = ''forward''', 'missing_template g1.member_id, nobody_rings g1'),

  -- More than a call can ring; a device counts once.
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''v1'', n, ''t.example'' FROM generate_series(1, 28) AS n;g1 has device w1', '-'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''v1'', n, ''t.example'' FROM generate_series(1, 29) AS n', 'too_many_branches g1'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''v1'', n, ''t.example'' FROM generate_series(1, 27) AS n;g1 has user v2;g1 has number 4917', 'too_many_branches g1'),
  ('INSERT INTO sip_device (user_id, auth_username, realm, available) SELECT ''v1'', n, ''t.example'', n % 2 FROM generate_series(1, 50) AS n', '-'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''v1'', n, ''t.example'' FROM generate_series(1, 28) AS n;g2 has ring_group g1;g3 has ring_group g2;g1 has ring_group g2',
   'group_loop g1, too_many_branches g1, too_many_branches g2, too_many_branches g3'),
  ('INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT ''g1'', n, ''number'', 1000 + n FROM generate_series(2, 100) AS n', 'too_many_branches g1'),
  ('INSERT INTO ring_group_member (group_id, position, member_kind, member_id, enabled) SELECT ''g1'', n, ''number'', 1000 + n, 0 FROM generate_series(2, 101) AS n', 'too_many_members g1'),

  -- Groups in groups.
  ('g1 has ring_group g2;g2 has ring_group g3;g1 has ring_group g3', '-'),
  ('g1 has ring_group g2;g2 has ring_group g1', 'group_loop g1'),
  ('g3 has ring_group g2;g2 has ring_group g4;g4 has ring_group g3', 'group_loop g2'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g2', 'group_loop g2'),
  ('g1 has ring_group g2;g2 has ring_group g1;UPDATE ring_group_member SET enabled = 0 WHERE member_id = ''g1''', '-'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4', 'group_too_deep g1'),
  ('g4 has ring_group g3;g3 has ring_group g2;g2 has ring_group g1;g1 has ring_group g5', 'group_too_deep g4'),
  ('g1 none;g2 none;g3 none;g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4', 'group_too_deep g1, nobody_rings g1'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4;g1 has ring_group g4', '-'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4;g5 has ring_group g2', 'group_too_deep g1, group_too_deep g5'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4;UPDATE ring_group_member SET enabled = 0 WHERE member_id = ''g3''', '-'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4;g4 has ring_group g5;g5 has ring_group g1', 'group_loop g1'),
  ('INSERT INTO ring_group (id, account_id) SELECT ''h'' || n, ''acc_t'' FROM generate_series(10, 30) AS n;INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT ''h'' || n, 2, ''ring_group'', ''h'' || CASE n WHEN 30 THEN 10 ELSE n + 1 END FROM generate_series(10, 30) AS n;INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT ''h'' || n, 1, ''number'', ''4917'' FROM generate_series(10, 30) AS n',
   'group_too_deep h10'),

  -- Delays of members.
  ('UPDATE ring_group_member SET ring_delay_sec = 24 WHERE group_id = ''g1''', '-'),
  ('UPDATE ring_group_member SET ring_delay_sec = 25 WHERE group_id = ''g1''', 'delay_too_long g1.ring_delay_sec'),
  ('UPDATE ring_group_member SET ring_delay_sec = 25 WHERE group_id = ''g1'';UPDATE ring_group SET ring_timeout_sec = 26', '-'),
  ('UPDATE ring_group_member SET ring_delay_sec = 25 WHERE group_id = ''g1'';UPDATE ring_group SET strategy = ''sequential''', '-'),
  ('UPDATE ring_group_member SET ring_delay_sec = 25, enabled = 0 WHERE group_id = ''g1'';g1 has user v2', '-'),

  -- Numbers.
  ('UPDATE sip_user SET out_cid_number = ''4930'' WHERE id = ''u1''', '-'),
  ('UPDATE sip_user SET out_cid_number = ''4931'' WHERE id = ''u1''', 'unverified_number u1.out_cid_number'),
  ('UPDATE sip_user SET out_cid_number = ''4932'' WHERE id = ''u1''', 'unverified_number u1.out_cid_number'),
  ('UPDATE account SET default_cid_number = ''4930'' WHERE id = ''acc_t''', '-'),
  ('UPDATE account SET default_cid_number = ''4931'' WHERE id = ''acc_t''', 'unverified_number acc_t.default_cid_number'),
  ('UPDATE account SET default_cid_number = ''4932'' WHERE id = ''acc_t''', 'unverified_number acc_t.default_cid_number'),
  ('UPDATE account SET default_cid_number = ''4932'', status = ''suspended'' WHERE id = ''acc_t''', '-'),

  -- Realms: another account's domain; what is nobody's is all right.
  ('UPDATE sip_device SET realm = ''o.example'' WHERE id = ''d1''', 'foreign_realm d1.realm'),
  ('UPDATE sip_device SET realm = ''nobody.example'' WHERE id = ''d1''', '-'),
  ('UPDATE sip_device SET realm = ''o.example'', status = ''disabled'' WHERE id = ''d1'';u1 box', 'no_device u1'),

  -- More than a record of the module takes.
  ('INSERT INTO caller_entry SELECT ''c2'', ''+'' || n FROM generate_series(1000, 2998) AS n', '-'),
  ('INSERT INTO caller_entry SELECT ''c2'', ''+'' || n FROM generate_series(1000, 2999) AS n', 'too_many_entries c2'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''u1'', n, ''t.example'' FROM generate_series(2, 200) AS n', '-'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''u1'', n, ''t.example'' FROM generate_series(1, 200) AS n', 'too_many_devices u1'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''u1'', n, ''t.example'' FROM generate_series(1, 200) AS n;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u1''', '-'),
  ('INSERT INTO cid_number SELECT ''acc_t'', n, 1 FROM generate_series(1000, 1997) AS n;INSERT INTO cid_number SELECT ''acc_t'', n, 0 FROM generate_series(2000, 2999) AS n', '-'),
  ('INSERT INTO cid_number SELECT ''acc_t'', n, 1 FROM generate_series(1000, 1998) AS n', 'too_many_domains acc_t')
) AS c (configuration, expected);

SELECT is(pg_temp.problems(configuration, problem), expected, 'sentence: ' || pg_temp.one_line(configuration)) FROM (VALUES
  ('u1 always user u2;u2 always user u1', 'forward_loop',
   'User 101 (N1) forwards always to user 102 (N2), who forwards always back to user 101 (N1): a call visits each of them once, so the forward that would return to one of them is not followed and counts as not set. Change or clear one of these forwards.'),
  ('u1 busy extension x1;x1 to user u2;u2 noanswer user u1;UPDATE sip_user SET display_name = ''''', 'forward_loop',
   'User 101 forwards when busy to extension 1#, which leads to user 102, who forwards on no answer back to user 101: a call visits each of them once, so the forward that would return to one of them is not followed and counts as not set. Change or clear one of these forwards.'),
  ('u1 busy user u1;x1 to extension x1', 'forward_loop',
   'User 101 (N1) forwards when busy to themselves: this is never followed and counts as not set. Change or clear it., Extension 1# leads to itself: this is never followed and counts as not set. Change or clear it.'),
  (pg_temp.in_a_row('always', 1, 9) || ';u9 always extension x1;x1 to user u10', 'chain_too_long',
   'User 101 (N1) forwards always to user 102 (N2) and so on, over more than 10 users and extensions: a call visits 10 of them, so that user 109 (N9) forwards to extension 1# is not followed and counts as not set. Lead calls to where they are to end by fewer forwards.'),
  ('u1 busy ring_group g;u2 always forward none;u3 noanswer pager none;x1 to user uo;UPDATE sip_user SET voicemail_id = ''b'' WHERE id = ''u4''', 'missing_target',
   'User 101 (N1) forwards when busy to ring group g, but the account has no such target: such calls go to the voicemail box, or are hung up where there is none. Correct the target, or choose another., '
   'User 102 (N2) forwards always to PSTN target none, but that has no URI: the template of its kind needs a number, and its address is not set: calls are handled as if this was not set. Correct the target, or choose another., '
   'User 103 (N3) forwards on no answer to pager none, but that has no URI: neither an address of its own nor a template for its kind: such calls go to the voicemail box, or are hung up where there is none. Correct the target, or choose another., '
   'User 104 (N4) sends callers to voicemail b, but the account has no such target: calls that should go there are hung up. Correct the target, or choose another., '
   'Extension 1# leads to user 201, but that belongs to another account: dialling it, or forwarding to it, leads nowhere. Correct the target, or choose another.'),
  ('u1 always user u2;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u2''', 'disabled_target',
   'User 101 (N1) forwards always to user 102 (N2), but that is disabled: calls are handled as if this was not set. Enable it, or choose another.'),
  ('u1 no device;u2 box;UPDATE sip_device SET available = 0 WHERE id = ''d2'';UPDATE sip_user SET ring_strategy = ''specific'', dnd = 1 WHERE id = ''u3''', 'no_device',
   'User 101 (N1) has no device: calls ring nowhere and count at once as unreachable. Add one., '
   'User 102 (N2) has no device that could ring: each is disabled, not available, or rings only when dialled itself (ring_on_fork = 0): calls ring nowhere and count at once as unreachable. Mend one of them., '
   'User 103 (N3) rings specific devices only, but none of theirs is chosen for that (ring_specific = 1): once do-not-disturb is off, calls ring nowhere. Mend one of them.'),
  ('u1 always extension x1;x1 to user u2;u2 no device;u2 noanswer user u3;u3 dnd;u3 no device;u3 busy user u5;u5 no device;u5 dnd;u4 always hangup 603', 'only_hangs_up',
   'Every call to user 101 (N1) ends with 486: user 101 (N1) forwards always to extension 1#, which leads to user 102 (N2), who has no device that could ring and forwards on no answer to user 103 (N3), who has no device that could ring, is not to be disturbed, and forwards when busy to user 105 (N5), who has no device that could ring, nor a forward that could be followed, nor a voicemail box, and is not to be disturbed. Add a voicemail box or a forward when busy, or a device that can ring, with do-not-disturb off., '
   'Every call to user 102 (N2) ends with 486: user 102 (N2) has no device that could ring and forwards on no answer to user 103 (N3), who has no device that could ring, is not to be disturbed, and forwards when busy to user 105 (N5), who has no device that could ring, nor a forward that could be followed, nor a voicemail box, and is not to be disturbed. Add a voicemail box or a forward when busy, or a device that can ring, with do-not-disturb off., '
   'Every call to user 103 (N3) ends with 486: user 103 (N3) has no device that could ring, is not to be disturbed, and forwards when busy to user 105 (N5), who has no device that could ring, nor a forward that could be followed, nor a voicemail box, and is not to be disturbed. Add a voicemail box or a forward when busy, or a device that can ring, with do-not-disturb off., '
   'Every call to user 104 (N4) ends with 603: user 104 (N4) forwards always to hangup 603. Clear that, or lead it to someone who can answer., '
   'Every call to user 105 (N5) ends with 486: user 105 (N5) has no device that could ring, nor a forward that could be followed, nor a voicemail box, and is not to be disturbed. Add a voicemail box or a forward when busy, or a device that can ring, with do-not-disturb off.'),
  ('u1 no device;u1 unreachable user u2;u2 no device;u2 noanswer hangup 404', 'only_hangs_up',
   'Every call to user 101 (N1) ends with 404: user 101 (N1) has no device that could ring and forwards when unreachable to user 102 (N2), who has no device that could ring and forwards on no answer to hangup 404. Clear that, or lead it to someone who can answer., '
   'Every call to user 102 (N2) ends with 404: user 102 (N2) has no device that could ring and forwards on no answer to hangup 404. Clear that, or lead it to someone who can answer.'),
  ('u1 unreachable queue none', 'missing_target',
   'User 101 (N1) forwards when unreachable to queue none, but the account has no such target: such calls count as not answered. Correct the target, or choose another.'),
  ('e1', 'missing_template',
   'External phone +491701 of user 101 (N1) never rings: route_target_kind has no uri_template for kind forward, by which it would be called. Set that template, or delete the device.'),
  ('d1 rings 30 5;UPDATE sip_user SET display_name = '''' WHERE id = ''u1''', 'delay_too_long',
   'Device d1@t.example of user 101 rings only when no other phone of the user does: it would begin after 30 seconds, and calls to the user ring for 25. Lower ring_delay_sec, or raise the user''s ring_timeout_sec.'),
  ('INSERT INTO sip_device (user_id, number, ring_delay_sec, ring_for_sec) VALUES (''u1'', ''491701'', 10, 20)', 'ring_cut_short',
   'External phone +491701 of user 101 (N1) rings for 15 seconds, not for 20: it begins after 10, and calls to the user ring for 25. Lower ring_for_sec, or raise the user''s ring_timeout_sec.'),
  ('u1 no device', 'only_hangs_up',
   'Every call to user 101 (N1) ends with 480: user 101 (N1) has no device that could ring, nor a forward that could be followed, nor a voicemail box. Add a device that can ring, a voicemail box, or a forward on no answer.'),
  ('UPDATE sip_user SET out_cid_number = ''4931'' WHERE id = ''u1'';UPDATE account SET default_cid_number = ''4930'' WHERE id = ''acc_t''', 'unverified_number',
   'User 101 (N1) should be shown to the PSTN as 4931, but that number is not verified: calls show the account''s number 4930 instead. Verify the number, or choose a verified one.'),
  ('UPDATE sip_user SET out_cid_number = ''4933'' WHERE id = ''u1'';UPDATE account SET default_cid_number = ''4931'' WHERE id = ''acc_t''', 'unverified_number',
   'The account should be shown to the PSTN as 4931, but that number is not verified: calls of users without a verified number show no number. Verify the number, or choose a verified one., '
   'User 101 (N1) should be shown to the PSTN as 4933, but that number is none of the account''s: calls show no number instead. Verify the number, or choose a verified one.'),
  ('INSERT INTO did VALUES (''4939'', ''acc_t'', ''user'', ''uo'')', 'missing_target',
   'Number +4939 leads to user 201, but that belongs to another account: dialling it, or forwarding to it, leads nowhere. Correct the target, or choose another.'),
  ('UPDATE account SET default_cid_number = ''4932'' WHERE id = ''acc_o''', 'unused_number',
   'The number 4930 is verified for the account, but no user presents it, it is not the account''s default_cid_number, and no did has it. Use it, or remove it.'),
  ('UPDATE sip_user SET out_cid_number = ''4930'' WHERE id = ''u1'';INSERT INTO did VALUES (''4932'', ''acc_o'', ''user'', ''uo'')', 'unused_number', '-'),
  ('INSERT INTO did VALUES (''4932'', ''acc_t'', ''user'', ''u1''), (''4930'', ''acc_t'', ''user'', ''u1'')', 'unused_number',
   'The number 4932 is verified for the account, but no user presents it, it is not the account''s default_cid_number, and no did has it. Use it, or remove it.'),
  ('r1 u1 always user nobody;r2 u1 busy queue ours;r3 u1 busy user u1', 'missing_target',
   'Rule r1 of user 101 (N1) forwards to user nobody, but the account has no such target: calls go on as if the rule did not hold. Correct the target, or choose another.'),
  ('r1 u1 always user u2;UPDATE sip_user SET status = ''disabled'' WHERE id = ''u2''', 'disabled_target',
   'Rule r1 of user 101 (N1) forwards to user 102 (N2), but that is disabled: calls go on as if the rule did not hold. Enable it, or choose another.'),
  ('r1 u1 always extension x1;x1 to user u2;UPDATE extension SET status = ''disabled'' WHERE id = ''x1''', 'disabled_target',
   'Rule r1 of user 101 (N1) forwards to extension 1#, but that is disabled: calls go on as if the rule did not hold. Enable it, or choose another.'),
  ('r1 u1 always user u1', 'forward_loop',
   'Rule r1 of user 101 (N1) forwards to that user, which is never followed: calls go on as if the rule did not hold. Choose another target, or action ring.'),
  ('r1 u1 always queue q_t;r2 u1 always user u3', 'unreachable_rule',
   'Rule r2 of user 101 (N1) never decides: rule r1 of the same event comes before it, and holds whenever this one does. Exchange their positions, or delete one.'),
  ('r1 u1 always external reject', 'rejects_callbacks',
   'Rule r1 of user 101 (N1) rejects all calls from outside, also when an emergency service calls back. Limit it by a schedule, let it reject only callers on a list (except_listed = 0), or forward such calls to somebody.'),
  ('r1 u1 always except c1 reject', 'rejects_callbacks',
   'Rule r1 of user 101 (N1) rejects all calls from outside but those of callers on its list, also when an emergency service calls back. Limit it by a schedule, let it reject only callers on a list (except_listed = 0), or forward such calls to somebody.'),
  ('r1 u1 busy in never user u2;r2 u1 noanswer out never user u2;r3 u1 noanswer in s2 user u3;DELETE FROM schedule_window WHERE schedule_id = ''s2''', 'schedule_never',
   'Schedule Party (never) never holds again, as it has no windows, or their dates are past, or all of them are excluded: from 2020-01-01 to 2020-01-31 (UTC). 2 rules need it. Within it they never hold, outside it they always do. Correct its windows, or delete the rules., '
   'Schedule s2 never holds again, as it has no windows, or their dates are past, or all of them are excluded: (UTC). 1 rule needs it. Within it they never hold, outside it they always do. Correct its windows, or delete the rules.'),
  ('r1 u1 busy in s1 user u2;ALTER TABLE account DISABLE TRIGGER account_tz_update;UPDATE account SET tz = ''Asia/Atlantis''', 'unknown_time_zone',
   'Schedule Office (s1) is in a time zone that PostgreSQL does not know any more: 00:00-24:00 (Asia/Atlantis). 1 rule needs it. They do not hold. Choose another time zone for it, or for the account.'),
  ('r1 u1 busy from empty user u2', 'empty_caller_list',
   'List of callers Blocked (empty) has no entries. 1 rule needs it. For callers on it they never hold, for all others they hold for everybody. Add entries, or delete the rules.'),
  ('INSERT INTO caller_entry VALUES (''c2'', ''999'')', 'unknown_caller',
   'List of callers c2 has the entry 999, but the account has no user of that name. Correct it, or delete it; a number begins with +.'),
  ('INSERT INTO user_rule (user_id, position, event, schedule_id, action) SELECT ''u1'', n, ''busy'', ''s1'', ''reject'' FROM generate_series(1, 201) AS n', 'too_many_rules',
   'User 101 (N1) has 201 rules, and 200 is the most: the module leaves some of them out. Delete some.'),
  ('g1 busy queue none;g1 noanswer user uo;g3 busy user v4;UPDATE sip_user SET status = ''disabled'' WHERE id = ''v4''', 'missing_target',
   'Ring group G1 (g1) forwards when busy to queue none, but the account has no such target: such calls are hung up. Correct the target, or choose another., '
   'Ring group G1 (g1) forwards on no answer to user 201, but that belongs to another account: such calls are hung up. Correct the target, or choose another.'),
  ('g3 busy user v4;UPDATE sip_user SET status = ''disabled'' WHERE id = ''v4''', 'disabled_target',
   'Ring group g3 forwards when busy to user 304 (V4), but that is disabled: such calls are hung up. Enable it, or choose another.'),
  ('g1 busy ring_group g1', 'forward_loop',
   'Ring group G1 (g1) forwards when busy to itself, which is never followed: such calls are hung up. Correct the target, or choose another.'),
  ('g1 none', 'empty_group',
   'Ring group G1 (g1) has no member that is enabled: calls to it ring nowhere and count at once as not answered. Add one, or enable one.'),
  ('v3 no device', 'nobody_rings',
   'Ring group g3 has no member that could ring: no device of them is active, available, and rings when its user is called (ring_on_fork = 1): calls to it ring nowhere and count at once as not answered. Mend one of them, or add one.'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''v1'', n, ''t.example'' FROM generate_series(1, 29) AS n', 'too_many_branches',
   'Ring group G1 (g1) has 30 devices and numbers that can ring, and a call has 30 branches at most (max_branches), of which one is kept for a forward: the first ones ring, by position, the others do not. Delete members, or divide the group.'),
  ('g3 has ring_group g2;g2 has ring_group g4;g4 has ring_group g3', 'group_loop',
   'Ring group G2 (g2) contains ring group g3, which has it as a member: a call rings each group once, so it is left out there. Delete it there.'),
  ('g1 has ring_group g2;g2 has ring_group g3;g3 has ring_group g4', 'group_too_deep',
   'Ring group G1 (g1) contains ring group g4 in the third group below it, and 3 groups, itself included, is the most: nobody rings there. Make ring group g4 a member of a group that is nearer.'),
  ('g1 has number 4917;UPDATE route_target_kind SET uri_template = NULL WHERE kind = ''forward''', 'missing_template',
   'Number +4917 in ring group G1 (g1) never rings: route_target_kind has no uri_template for kind forward, by which it would be called. Set that template, or delete the member.'),
  ('g1 has number 4917;g1 has ring_group g2;UPDATE ring_group_member SET ring_delay_sec = 30 WHERE group_id = ''g1''', 'delay_too_long',
   'Number +4917 in ring group G1 (g1) rings only when nobody else in it does: it would begin after 30 seconds, and calls to the group ring for 25. Lower ring_delay_sec, or raise the group''s ring_timeout_sec., '
   'Ring group g2 in ring group G1 (g1) rings only when nobody else in it does: it would begin after 30 seconds, and calls to the group ring for 25. Lower ring_delay_sec, or raise the group''s ring_timeout_sec., '
   'User 301 (V1) in ring group G1 (g1) rings only when nobody else in it does: it would begin after 30 seconds, and calls to the group ring for 25. Lower ring_delay_sec, or raise the group''s ring_timeout_sec.'),
  ('INSERT INTO ring_group_member (group_id, position, member_kind, member_id, enabled) SELECT ''g1'', n, ''number'', 1000 + n, 0 FROM generate_series(2, 101) AS n', 'too_many_members',
   'Ring group G1 (g1) has 101 members, and 100 is the most: the module leaves some of them out. Delete some.'),
  ('UPDATE sip_device SET realm = ''o.example'' WHERE id = ''d1''', 'foreign_realm',
   'Device d1@o.example of user 101 (N1) has its address in a domain of another account: it cannot authenticate, and who dials it there does not reach it. Set its realm to a domain of the user''s account.'),
  ('INSERT INTO sip_device (user_id, auth_username, realm) SELECT ''u1'', n, ''t.example'' FROM generate_series(1, 200) AS n', 'too_many_devices',
   'User 101 (N1) has 201 devices, and 200 is the most: those after the first 200, by ring_order and id, neither register nor ring. Take some away.'),
  ('INSERT INTO cid_number SELECT ''acc_t'', n, 1 FROM generate_series(1000, 1998) AS n', 'too_many_domains',
   'The account has 1001 domains and verified numbers, and 1,000 is the most: after the first 1,000, domains first, a domain is unknown and a number is not shown to the PSTN. Take some away.')
) AS c (configuration, problem, expected);

-- The row to mend.
SELECT pg_temp.configure('u1 always user u1;x1 to user nobody;INSERT INTO did VALUES (''4939'', ''acc_t'', ''user'', ''nobody'');UPDATE account SET default_cid_number = ''4933'' WHERE id = ''acc_o'';UPDATE sip_device SET realm = ''o.example'' WHERE id = ''d2''');
SELECT results_eq('SELECT account_id, problem, object, object_id FROM routing_problem', $$VALUES
  ('acc_o', 'unused_number', 'cid_number', '4932'), ('acc_o', 'unverified_number', 'account', 'acc_o'),
  ('acc_t', 'foreign_realm', 'sip_device', 'd2'), ('acc_t', 'forward_loop', 'sip_user', 'u1'),
  ('acc_t', 'missing_target', 'did', '4939'), ('acc_t', 'missing_target', 'extension', 'x1'), ('acc_t', 'unused_number', 'cid_number', '4930')$$, 'account, table and id of each, in order');

-- Ids of users and extensions may be the same.
DELETE FROM account;
INSERT INTO account (id) VALUES ('acc_t');
INSERT INTO sip_user (id, account_id, username, fwd_always_kind, fwd_always_id) VALUES ('same', 'acc_t', '1', 'extension', 'same');
INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('same', '1', 't.example');
INSERT INTO extension (id, account_id, digits, dest_kind, dest_id) VALUES ('same', 'acc_t', '2', 'queue', 'q');
INSERT INTO route_target VALUES ('acc_t', 'queue', 'q');
SELECT is_empty('SELECT * FROM routing_problem', 'a user and an extension of the same id are two');

-- A database of one's own behind the mirror_* views, without constraints: nothing makes it fail.
CREATE OR REPLACE VIEW mirror_user AS
SELECT u.*, NULL::text AS dial_class, NULL::text AS fwd_unreachable_kind, NULL::text AS fwd_unreachable_id, NULL::integer AS max_calls FROM (VALUES
  ('e1', 'acc_t', NULL, NULL, 'active', NULL, NULL::int, NULL::smallint, 'hangup', 'never', 'user', NULL, NULL, 'e1', 'none', NULL, NULL),
  ('e2', 'acc_t', '2', '', 'active', 'odd', -1, 7::smallint, 'nonsense', 'x', '', '', 'hangup', '', '', '', ''),
  ('e3', NULL, '3', NULL, 'active', 'specific', 25, 0::smallint, 'user', 'e1', 'user', 'e4', 'user', 'e3', NULL, '0', NULL),
  ('e4', 'acc_t', '4', NULL, NULL, 'specific', 25, 0::smallint, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('e5', 'acc_t', '5', NULL, 'active', 'specific', 25, 0::smallint, 'user', 'e4', 'user', 'e3', 'extension', NULL, NULL, '+49 30', NULL),
  (NULL, 'acc_t', '6', NULL, 'active', 'specific', 25, 0::smallint, 'user', 'e4', NULL, NULL, 'extension', NULL, NULL, NULL, NULL)
) AS u (id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd, fwd_always_kind, fwd_always_id,
        fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id, voicemail_id, out_cid_number, out_cid_name);
SELECT bag_eq($$SELECT concat(problem, ' ', object_id, '.' || field) FROM routing_problem WHERE object <> 'extension'$$, ARRAY[
  'missing_target e1.fwd_always_id', 'missing_target e1.voicemail_id', 'no_device e1', 'only_hangs_up e1',
  'missing_target e2.fwd_always_id', 'missing_target e2.fwd_busy_id', 'missing_target e2.fwd_noanswer_id', 'missing_target e2.voicemail_id',
  'no_device e2', 'only_hangs_up e2', 'unverified_number e2.out_cid_number',
  'disabled_target e5.fwd_always_id', 'missing_target e5.fwd_busy_id', 'no_device e5', 'only_hangs_up e5', 'unverified_number e5.out_cid_number'],
  'odd data');
SELECT bag_eq($$SELECT * FROM routing_problem_of('acc_t')$$, $$SELECT * FROM routing_problem WHERE account_id = 'acc_t'$$, 'odd data of one account');
SELECT is_empty('SELECT * FROM routing_problem WHERE sentence IS NULL OR account_id IS NULL OR object_id IS NULL', 'each has its sentence');

-- Views as they were before there were external phones and forwards of users who are unreachable.
DROP VIEW mirror_user;
CREATE VIEW mirror_user AS
SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd, fwd_always_kind, fwd_always_id,
       fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id, voicemail_id, out_cid_number, out_cid_name
FROM sip_user;
DROP VIEW mirror_device;
CREATE VIEW mirror_device AS
SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status, ha1 FROM sip_device;
DELETE FROM extension;
UPDATE sip_user SET fwd_always_kind = NULL, fwd_always_id = NULL, fwd_unreachable_kind = 'queue', fwd_unreachable_id = 'none',
  fwd_busy_kind = 'queue', fwd_busy_id = 'none';
UPDATE sip_device SET ring_delay_sec = 600, ring_for_sec = 600;
SELECT results_eq($$SELECT problem || ' ' || field FROM routing_problem$$, ARRAY['missing_target fwd_busy_id'], 'views without the newest columns');
SELECT results_eq($$SELECT problem || ' ' || field FROM routing_problem_of('acc_t')$$, ARRAY['missing_target fwd_busy_id'], 'of one account');

\ir include/end.psql
