-- SPDX-License-Identifier: GPL-2.0-or-later
-- What is too much for one record of the module is refused when it is written, and only that.
\ir include/begin.psql

CREATE FUNCTION pg_temp.is_outcome(expected text, statements text) RETURNS text LANGUAGE sql AS $$
  SELECT is(pg_temp.outcome(statements), expected, pg_temp.one_line(statements));
$$;
-- Rows without the triggers, as they may come by replication.
CREATE FUNCTION pg_temp.smuggle(tab text, statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %1$I DISABLE TRIGGER %2$I; ALTER TABLE %1$I DISABLE TRIGGER %3$I', tab, tab || '_limit_insert', tab || '_limit_update');
  EXECUTE statement;
  EXECUTE format('ALTER TABLE %1$I ENABLE TRIGGER %2$I; ALTER TABLE %1$I ENABLE TRIGGER %3$I', tab, tab || '_limit_insert', tab || '_limit_update');
END
$$;

-- ---- Devices ------------------------------------------------------------------------------------------

INSERT INTO sip_user (id, account_id, username) SELECT 'us_' || n, 'acc_t', n FROM generate_series(1, 5) AS n;
CREATE FUNCTION pg_temp.devices(whose text, count int, prefix text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO sip_device (id, user_id, auth_username, realm)
  SELECT prefix || n, whose, prefix || n, 't.example' FROM generate_series(1, count) AS n;
$$;
SELECT pg_temp.devices('us_1', 200, 'a');
SELECT pg_temp.devices('us_2', 199, 'b');
SELECT pg_temp.smuggle('sip_device', $$SELECT pg_temp.devices('us_3', 202, 'c')$$);

SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('accepted', $$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_2', 'x', 't.example')$$),
  ('23514 sip_device_200_per_user', $$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_1', 'x', 't.example')$$),
  ('23514 sip_device_200_per_user', $$SELECT pg_temp.devices('us_2', 2, 'x')$$),
  ('23514 sip_device_200_per_user', $$SELECT pg_temp.devices('us_4', 201, 'x')$$),
  ('23514 sip_device_200_per_user', $$SELECT pg_temp.devices('us_4', 150, 'x'); SELECT pg_temp.devices('us_4', 51, 'y')$$),
  ('accepted', $$SELECT pg_temp.devices('us_4', 150, 'x'); SELECT pg_temp.devices('us_4', 50, 'y')$$),
  ('23514 sip_device_200_per_user', $$INSERT INTO sip_device (user_id, auth_username, realm)
     SELECT u, u || n, 't.example' FROM generate_series(1, 201) AS n, unnest('{us_4,us_5}'::text[]) AS u WHERE u = 'us_5' OR n < 9$$),
  ('accepted', $$DELETE FROM sip_device WHERE id = 'a1'; INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_1', 'x', 't.example')$$),
  ('accepted', $$INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('a1', 'us_1', 'x', 't.example') ON CONFLICT (id) DO NOTHING$$),
  ('accepted', $$INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('a1', 'us_1', 'x', 't.example')
     ON CONFLICT (id) DO UPDATE SET ring_order = 1$$),

  -- A device that moves.
  ('accepted', $$UPDATE sip_device SET user_id = 'us_2' WHERE id = 'a1'$$),
  ('23514 sip_device_200_per_user', $$UPDATE sip_device SET user_id = 'us_2' WHERE id IN ('a1', 'a2')$$),
  ('accepted', $$UPDATE sip_device SET user_id = CASE user_id WHEN 'us_1' THEN 'us_2' ELSE 'us_1' END WHERE user_id IN ('us_1', 'us_2')$$),
  ('23514 sip_device_200_per_user', $$UPDATE sip_device SET user_id = 'us_4'$$),

  -- Who has too many already loses nothing but the right to more.
  ('accepted', $$UPDATE sip_device SET status = 'disabled', ha1 = md5('new')$$),
  ('accepted', $$UPDATE sip_device SET auth_username = auth_username || 'x' WHERE user_id = 'us_3'$$),
  ('accepted', $$DELETE FROM sip_device WHERE id = 'c1'$$),
  ('accepted', $$UPDATE sip_device SET user_id = 'us_4' WHERE id = 'c1'$$),
  ('accepted', $$UPDATE sip_user SET status = 'disabled', dnd = 1; DELETE FROM sip_user WHERE id = 'us_3'$$),
  ('23514 sip_device_200_per_user', $$DELETE FROM sip_device WHERE id = 'c1'; INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_3', 'x', 't.example')$$)
) AS c (expected, statement);

-- Few of them, but long ones. 64 + 64 + 122 bytes each.
CREATE FUNCTION pg_temp.long_devices(whose text, count int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO sip_device (id, user_id, auth_username, realm)
  SELECT rpad('l' || n || '.', 64, 'x'), whose, rpad('l' || n || '.', 64, 'x'), repeat('r.', 60) || 'rr' FROM generate_series(1, count) AS n;
$$;
SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('accepted', $$SELECT pg_temp.long_devices('us_4', 200)$$),
  ('23514 sip_device_50000_bytes_per_user', $$SELECT pg_temp.long_devices('us_4', 199); INSERT INTO sip_device (id, user_id, auth_username, realm)
     VALUES (repeat('y', 64), 'us_4', repeat('y', 64), repeat('r.', 61) || 'r')$$),
  ('23514 sip_device_50000_bytes_per_user', $$SELECT pg_temp.long_devices('us_4', 200); UPDATE sip_device SET realm = realm || 'r' WHERE id LIKE 'l7.%'$$),
  ('accepted', $$SELECT pg_temp.long_devices('us_4', 200); UPDATE sip_device SET realm = overlay(realm PLACING 's' FROM 1), ring_order = 1 WHERE id LIKE 'l7.%'$$)
) AS c (expected, statement);
SELECT pg_temp.smuggle('sip_device', $$SELECT pg_temp.long_devices('us_4', 199); UPDATE sip_device SET realm = realm || '.rr' WHERE user_id = 'us_4'$$);
SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('accepted', $$UPDATE sip_device SET status = 'disabled', realm = left(realm, -1) WHERE user_id = 'us_4'$$),
  ('23514 sip_device_50000_bytes_per_user', $$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_4', 'x', 't.example')$$)
) AS c (expected, statement);

-- External phones are devices, and their numbers text.
CREATE FUNCTION pg_temp.numbers(whose text, count int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO sip_device (id, user_id, number) SELECT rpad('n' || n || '.', 64, 'x'), whose, 100000000000000 + n FROM generate_series(1, count) AS n;
$$;
-- 199 devices that leave room for 79 bytes where the length of a realm is 162.
CREATE FUNCTION pg_temp.almost_full(length int) RETURNS void LANGUAGE sql AS $$
  DELETE FROM sip_device WHERE user_id = 'us_4';
  SELECT pg_temp.long_devices('us_5', 199);
  UPDATE sip_device SET realm = repeat('r.', 126) || 'r' WHERE id LIKE 'l1.%';
  UPDATE sip_device SET realm = rpad('', length - 2, 'r.') || 'xx' WHERE id LIKE 'l2.%';
$$;
SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('accepted', $$SELECT pg_temp.numbers('us_5', 200)$$),
  ('23514 sip_device_200_per_user', $$SELECT pg_temp.numbers('us_5', 201)$$),
  ('23514 sip_device_200_per_user', $$INSERT INTO sip_device (user_id, number) VALUES ('us_1', '491701')$$),
  ('accepted', $$SELECT pg_temp.almost_full(162); SELECT pg_temp.numbers('us_5', 1)$$),
  ('23514 sip_device_50000_bytes_per_user', $$SELECT pg_temp.almost_full(163); SELECT pg_temp.numbers('us_5', 1)$$),
  ('23514 sip_device_50000_bytes_per_user', $$SELECT pg_temp.almost_full(163); INSERT INTO sip_device (id, user_id, number) VALUES (repeat('y', 64), 'us_5', '49');
     UPDATE sip_device SET number = '100000000000001' WHERE number = '49'$$)
) AS c (expected, statement);

SELECT throws_ok($$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_1', 'x', 't.example')$$, '23514',
  'user "us_1" would have 201 devices: 200 is the most', 'the message says who and how many');

-- ---- Domains and numbers ------------------------------------------------------------------------------

INSERT INTO account (id) VALUES ('acc_1'), ('acc_2'), ('acc_3');
CREATE FUNCTION pg_temp.domains(whose text, count int, prefix text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO sip_domain SELECT prefix || n || '.example', whose FROM generate_series(1, count) AS n;
$$;
CREATE FUNCTION pg_temp.numbers(whose text, count int, first int, verified int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO cid_number SELECT whose, n, verified FROM generate_series(first, first + count - 1) AS n;
$$;
SELECT pg_temp.domains('acc_1', 400, 'a');
SELECT pg_temp.numbers('acc_1', 600, 10000, 1);
SELECT pg_temp.numbers('acc_1', 2000, 20000, 0);
SELECT pg_temp.smuggle('sip_domain', $$SELECT pg_temp.domains('acc_2', 1002, 'b')$$);

SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('23514 account_1000_domains_and_numbers', $$INSERT INTO sip_domain VALUES ('x.example', 'acc_1')$$),
  ('23514 account_1000_domains_and_numbers', $$INSERT INTO cid_number VALUES ('acc_1', '4930', 1)$$),
  ('accepted', $$INSERT INTO cid_number VALUES ('acc_1', '4930', 0)$$),
  ('23514 account_1000_domains_and_numbers', $$UPDATE cid_number SET verified = 1 WHERE e164 = '20007'$$),
  ('accepted', $$UPDATE cid_number SET verified = 1 - verified WHERE e164 IN ('10000', '20000')$$),
  ('accepted', $$UPDATE cid_number SET verified = 0 WHERE e164 = '10000'; INSERT INTO sip_domain VALUES ('x.example', 'acc_1')$$),
  ('accepted', $$SELECT pg_temp.domains('acc_3', 1000, 'x')$$),
  ('23514 account_1000_domains_and_numbers', $$SELECT pg_temp.domains('acc_3', 1001, 'x')$$),
  ('accepted', $$UPDATE sip_domain SET account_id = 'acc_3' WHERE account_id = 'acc_1'$$),
  ('23514 account_1000_domains_and_numbers', $$UPDATE sip_domain SET account_id = 'acc_1' WHERE domain = 'b1.example'$$),

  ('accepted', $$UPDATE sip_domain SET domain = 'x.' || domain WHERE account_id = 'acc_2'$$),
  ('accepted', $$UPDATE account SET status = 'suspended'; DELETE FROM sip_domain WHERE domain = 'b1.example'; DELETE FROM account WHERE id = 'acc_2'$$),
  ('23514 account_1000_domains_and_numbers', $$DELETE FROM sip_domain WHERE domain = 'b1.example'; INSERT INTO cid_number VALUES ('acc_2', '4930', 1)$$),

  ('accepted', $$INSERT INTO sip_domain SELECT rpad(n || '.', 250, 'x.') || 'xx', 'acc_3' FROM generate_series(100, 297) AS n$$),
  ('23514 account_50000_bytes_of_domains_and_numbers', $$INSERT INTO sip_domain SELECT rpad(n || '.', 250, 'x.') || 'xx', 'acc_3' FROM generate_series(100, 298) AS n$$),
  ('23514 account_50000_bytes_of_domains_and_numbers', $$INSERT INTO sip_domain SELECT rpad(n || '.', 250, 'x.') || 'xx', 'acc_3' FROM generate_series(100, 297) AS n;
     SELECT pg_temp.numbers('acc_3', 21, 10000, 1)$$),
  ('23514 account_50000_bytes_of_domains_and_numbers', $$INSERT INTO sip_domain SELECT rpad(n || '.', 250, 'x.') || 'xx', 'acc_3' FROM generate_series(100, 297) AS n;
     INSERT INTO sip_domain VALUES ('a.example', 'acc_3'); UPDATE sip_domain SET domain = repeat('a.', 60) || 'a' WHERE domain = 'a.example'$$)
) AS c (expected, statement);
SELECT throws_ok($$INSERT INTO cid_number VALUES ('acc_1', '4930', 1)$$, '23514',
  'account "acc_1" would have 1001 domains and verified numbers: 1,000 is the most', 'the message says which and how many');

-- ---- Rules, windows, entries ----------------------------------------------------------------------------

INSERT INTO schedule (id, account_id) VALUES (repeat('s', 64), 'acc_t'), ('sch_1', 'acc_t'), ('sch_2', 'acc_t');
INSERT INTO caller_list (id, account_id) VALUES (repeat('c', 64), 'acc_t'), ('cl_1', 'acc_t'), ('cl_2', 'acc_t');
INSERT INTO sip_user (id, account_id, username) VALUES ('us_6', 'acc_t', '6'), ('us_7', 'acc_t', '7');
CREATE FUNCTION pg_temp.rules(whose text, count int, prefix text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO user_rule (id, user_id, position, event, action) SELECT prefix || n, whose, n, 'always', 'reject' FROM generate_series(1, count) AS n;
$$;
-- 32 + 64 + 64 + 64 + 5 + 21 bytes each: 250.
CREATE FUNCTION pg_temp.long_rules(whose text, count int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO user_rule (id, user_id, position, event, schedule_id, caller_list_id, action, target_kind, target_id)
  SELECT rpad('l' || n || '.', 64, 'x'), whose, n, 'busy', repeat('s', 64), repeat('c', 64), 'forward', 'queue', repeat('q', 21) FROM generate_series(1, count) AS n;
$$;
CREATE FUNCTION pg_temp.windows(whose text, count int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO schedule_window (id, schedule_id) SELECT whose || n, whose FROM generate_series(1, count) AS n;
$$;
CREATE FUNCTION pg_temp.entries(whose text, count int, length int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO caller_entry SELECT whose, rpad(n || '.', length, 'x') FROM generate_series(1, count) AS n;
$$;
SELECT pg_temp.rules('us_6', 200, 'r');
SELECT pg_temp.windows('sch_1', 200);
SELECT pg_temp.entries('cl_1', 2000, 20);
SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('23514 user_rule_200_per_user', $$INSERT INTO user_rule (user_id, position, event, action) VALUES ('us_6', 1, 'busy', 'reject')$$),
  ('23514 user_rule_200_per_user', $$SELECT pg_temp.rules('us_7', 201, 'x')$$),
  ('accepted', $$SELECT pg_temp.rules('us_7', 200, 'x')$$),
  ('accepted', $$DELETE FROM user_rule WHERE id = 'r7'; INSERT INTO user_rule (user_id, position, event, action) VALUES ('us_6', 1, 'busy', 'reject')$$),
  ('accepted', $$UPDATE user_rule SET position = -position, event = 'busy'$$),
  ('23514 user_rule_200_per_user', $$SELECT pg_temp.rules('us_7', 200, 'x'); UPDATE user_rule SET user_id = 'us_7', position = 300 WHERE id = 'r7'$$),
  ('accepted', $$SELECT pg_temp.long_rules('us_7', 200)$$),
  ('23514 user_rule_50000_bytes_per_user', $$SELECT pg_temp.long_rules('us_7', 200); UPDATE user_rule SET target_id = target_id || 'q' WHERE id LIKE 'l7.%'$$),
  ('accepted', $$SELECT pg_temp.long_rules('us_7', 200); UPDATE user_rule SET position = 300 WHERE id LIKE 'l7.%'$$),
  -- Devices and rules share the record.
  ('23514 sip_device_50000_bytes_per_user', $$SELECT pg_temp.long_rules('us_7', 200); INSERT INTO sip_device (user_id, number) VALUES ('us_7', '491701')$$),
  ('23514 user_rule_50000_bytes_per_user', $$DELETE FROM sip_device WHERE user_id = 'us_4'; SELECT pg_temp.long_devices('us_7', 199); INSERT INTO user_rule (id, user_id, position, event, action) SELECT 'x' || n, 'us_7', n, 'busy', 'reject' FROM generate_series(1, 8) AS n$$),
  ('accepted', $$DELETE FROM sip_device WHERE user_id = 'us_4'; SELECT pg_temp.long_devices('us_7', 199); INSERT INTO user_rule (id, user_id, position, event, action) SELECT 'x' || n, 'us_7', n, 'busy', 'reject' FROM generate_series(1, 7) AS n$$),

  ('23514 schedule_window_200_per_schedule', $$INSERT INTO schedule_window (schedule_id) VALUES ('sch_1')$$),
  ('23514 schedule_window_200_per_schedule', $$SELECT pg_temp.windows('sch_2', 201)$$),
  ('accepted', $$SELECT pg_temp.windows('sch_2', 200)$$),
  ('accepted', $$UPDATE schedule_window SET days = 'mon'$$),
  ('accepted', $$UPDATE schedule_window SET schedule_id = 'sch_2'$$),
  ('23514 schedule_window_200_per_schedule', $$SELECT pg_temp.windows('sch_2', 1); UPDATE schedule_window SET schedule_id = 'sch_2'$$),

  ('23514 caller_entry_2000_per_list', $$INSERT INTO caller_entry VALUES ('cl_1', '201')$$),
  ('23514 caller_entry_2000_per_list', $$SELECT pg_temp.entries('cl_2', 2001, 6)$$),
  ('23514 caller_entry_40000_bytes_per_list', $$UPDATE caller_entry SET what = what || 'x' WHERE what LIKE '7.%'$$),
  ('accepted', $$UPDATE caller_entry SET what = overlay(what PLACING 'a' FROM 1) WHERE what LIKE '7.%'$$),
  ('23514 caller_entry_40000_bytes_per_list', $$SELECT pg_temp.entries('cl_2', 626, 64)$$),
  ('accepted', $$SELECT pg_temp.entries('cl_2', 625, 64)$$),
  ('accepted', $$DELETE FROM caller_entry WHERE what LIKE '7.%'; INSERT INTO caller_entry VALUES ('cl_1', '201')$$)
) AS c (expected, statement);
SELECT pg_temp.smuggle('user_rule', $$UPDATE user_rule SET user_id = 'us_7' WHERE user_id = 'us_6'; SELECT pg_temp.rules('us_6', 200, 'y'); UPDATE user_rule SET user_id = 'us_6', position = position + 300 WHERE user_id = 'us_7'$$);
SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('accepted', $$UPDATE user_rule SET scope = 'internal', action = 'ring' WHERE user_id = 'us_6'$$),
  ('accepted', $$DELETE FROM user_rule WHERE id = 'r7'$$),
  ('23514 user_rule_200_per_user', $$DELETE FROM user_rule WHERE id = 'r7'; INSERT INTO user_rule (user_id, position, event, action) VALUES ('us_6', 1, 'busy', 'reject')$$)
) AS c (expected, statement);

-- ---- Members of ring groups -----------------------------------------------------------------------------

INSERT INTO ring_group (id, account_id) VALUES ('grp_1', 'acc_t'), ('grp_2', 'acc_t'), ('grp_3', 'acc_t');
CREATE FUNCTION pg_temp.members(whose text, first int, last int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT whose, n, 'number', 1000 + n FROM generate_series(first, last) AS n;
$$;
SELECT pg_temp.members('grp_1', 1, 100);
SELECT pg_temp.smuggle('ring_group_member', $$SELECT pg_temp.members('grp_3', 1, 102)$$);
SELECT pg_temp.is_outcome(expected, statement) FROM (VALUES
  ('23514 ring_group_member_100_per_group', $$SELECT pg_temp.members('grp_1', 101, 101)$$),
  ('23514 ring_group_member_100_per_group', $$SELECT pg_temp.members('grp_2', 1, 101)$$),
  ('23514 ring_group_member_100_per_group', $$SELECT pg_temp.members('grp_2', 1, 60); SELECT pg_temp.members('grp_2', 61, 101)$$),
  ('accepted', $$SELECT pg_temp.members('grp_2', 1, 100)$$),
  ('accepted', $$DELETE FROM ring_group_member WHERE group_id = 'grp_1' AND position = 7; SELECT pg_temp.members('grp_1', 101, 101)$$),
  ('accepted', $$UPDATE ring_group_member SET group_id = 'grp_2' WHERE group_id = 'grp_1'$$),
  ('23514 ring_group_member_100_per_group', $$SELECT pg_temp.members('grp_2', 101, 101); UPDATE ring_group_member SET group_id = 'grp_2' WHERE group_id = 'grp_1'$$),
  -- A group that has too many already can be changed and emptied.
  ('accepted', $$UPDATE ring_group_member SET enabled = 0, position = -position WHERE group_id = 'grp_3'$$),
  ('accepted', $$DELETE FROM ring_group_member WHERE group_id = 'grp_3' AND position = 7$$),
  ('23514 ring_group_member_100_per_group', $$DELETE FROM ring_group_member WHERE group_id = 'grp_3' AND position = 7; SELECT pg_temp.members('grp_3', 103, 103)$$)
) AS c (expected, statement);

-- ---- Who writes needs no other right -------------------------------------------------------------------

CREATE ROLE user_routing_test_reader;
GRANT INSERT ON sip_device TO user_routing_test_reader;
SELECT pg_temp.is_outcome(expected, 'SET LOCAL ROLE user_routing_test_reader; ' || statement) FROM (VALUES
  ('accepted', $$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_2', 'x', 't.example')$$),
  ('23514 sip_device_200_per_user', $$INSERT INTO sip_device (user_id, auth_username, realm) VALUES ('us_1', 'x', 't.example')$$)
) AS c (expected, statement);

-- ---- A load ---------------------------------------------------------------------------------------------

INSERT INTO sip_user (id, account_id, username) SELECT 'us_l' || n, 'acc_t', 'l' || n FROM generate_series(1, 50000) AS n;
-- The foreign key's check has a plan from above. If autovacuum has been here then, it reads all users for each device.
ANALYZE sip_user;
SELECT clock_timestamp() AS start \gset
SELECT pg_temp.smuggle('sip_device', $$INSERT INTO sip_device (user_id, auth_username, realm)
  SELECT 'us_l' || n % 50000 + 1, 'm' || n, 't.example' FROM generate_series(1, 100000) AS n$$);
SELECT clock_timestamp() - :'start' AS without \gset
SELECT clock_timestamp() AS start \gset
INSERT INTO sip_device (user_id, auth_username, realm)
  SELECT 'us_l' || n % 50000 + 1, 'l' || n, 't.example' FROM generate_series(1, 100000) AS n;
SELECT clock_timestamp() - :'start' AS took \gset
SELECT diag('100,000 devices of 50,000 users: ' || :'took' || ', without the limit ' || :'without');
SELECT ok(:'took'::interval < 3 * :'without'::interval + '1 s', 'a load takes not much longer');

\ir include/end.psql
