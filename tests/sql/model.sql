-- SPDX-License-Identifier: GPL-2.0-or-later
-- Defaults, ids, comments and indexes of the tables; what the views show and hide.
\ir include/begin.psql
\ir include/hours.psql
\ir include/groups.psql

SELECT is(to_jsonb(t), jsonb_build_object('id', 'acc_t', 'name', '', 'status', 'active', 'default_cid_number', NULL,
            'country_code', NULL, 'area_code', NULL, 'international_prefix', '00', 'national_prefix', '0', 'tz', 'UTC'),
          'defaults of account') FROM account t;
SELECT is(to_jsonb(t), jsonb_build_object('account_id', 'acc_t', 'e164', '493023125001', 'verified', 0),
          'defaults of cid_number') FROM cid_number t;
SELECT is(to_jsonb(t), '{"id": "us_t", "account_id": "acc_t", "username": "t", "display_name": "", "status": "active",
  "ring_strategy": "simultaneous", "ring_timeout_sec": 25, "dnd": 0, "fwd_always_kind": null, "fwd_always_id": null,
  "fwd_busy_kind": null, "fwd_busy_id": null, "fwd_noanswer_kind": null, "fwd_noanswer_id": null,
  "fwd_unreachable_kind": null, "fwd_unreachable_id": null, "voicemail_id": null,
  "out_cid_number": null, "out_cid_name": null, "dial_class": null, "max_calls": null}'::jsonb, 'defaults of sip_user') FROM sip_user t;
SELECT is(to_jsonb(t) - 'ha1', '{"id": "dev_t", "user_id": "us_t", "auth_username": "t-desk", "realm": "t.example",
  "ha1b": null, "ring_order": 0, "ring_on_fork": 1, "ring_specific": 0, "available": 1, "status": "active", "ring_delay_sec": 0,
  "ring_for_sec": null, "number": null}'::jsonb,
  'defaults of sip_device') FROM sip_device t;
SELECT is(to_jsonb(t), '{"id": "ext_t", "account_id": "acc_t", "digits": "10", "dest_kind": "user", "dest_id": "us_t",
  "status": "active"}'::jsonb, 'defaults of extension') FROM extension t;
SELECT is(to_jsonb(t), '{"e164": "493023125009", "account_id": "acc_t", "dest_kind": "user", "dest_id": "us_t",
  "status": "active"}'::jsonb, 'defaults of did') FROM did t;
SELECT is(to_jsonb(t), '{"account_id": "acc_t", "kind": "queue", "id": "q_t", "address": null}'::jsonb,
          'defaults of route_target') FROM route_target t;
SELECT is(to_jsonb(t), '{"id": "sch_t", "account_id": "acc_t", "name": "", "tz": null}'::jsonb, 'defaults of schedule') FROM schedule t;
SELECT is(to_jsonb(t), '{"id": "win_t", "schedule_id": "sch_t", "days": null, "from_time": "00:00:00", "to_time": "24:00:00", "date_from": null,
  "date_to": null, "exclude": 0}'::jsonb, 'defaults of schedule_window') FROM schedule_window t;
SELECT is(to_jsonb(t), '{"id": "cl_t", "account_id": "acc_t", "name": ""}'::jsonb, 'defaults of caller_list') FROM caller_list t;
SELECT is(to_jsonb(t), '{"id": "rule_t", "user_id": "us_t", "position": 1, "event": "always", "schedule_id": null, "outside": 0, "caller_list_id": null,
  "except_listed": 0, "scope": "any", "action": "reject", "target_kind": null, "target_id": null, "ring_strategy": null, "ring_timeout_sec": null}'::jsonb,
  'defaults of user_rule') FROM user_rule t;
SELECT is(to_jsonb(t), '{"id": "grp_t", "account_id": "acc_t", "name": "", "strategy": "simultaneous", "ring_timeout_sec": 25, "member_rules": "none",
  "skip_busy": 1, "cid_name_prefix": null, "alert_info": null, "count_missed": 1, "fwd_busy_kind": null, "fwd_busy_id": null,
  "fwd_noanswer_kind": null, "fwd_noanswer_id": null}'::jsonb, 'defaults of ring_group') FROM ring_group t;
SELECT is(to_jsonb(t), '{"group_id": "grp_t", "position": 1, "member_kind": "user", "member_id": "us_t", "ring_delay_sec": 0, "ring_for_sec": null,
  "enabled": 1, "user_id": "us_t", "device_id": null, "child_id": null}'::jsonb, 'defaults of ring_group_member') FROM ring_group_member t;

SELECT set_eq('SELECT kind FROM route_target_kind',
  '{user,extension,hangup,voicemail,queue,ring_group,conference,flow,forward}'::text[], 'the kinds of the contract');
SELECT set_eq('SELECT kind FROM route_target_kind WHERE uri_template IS NULL', '{user,extension,hangup}'::text[],
  'all kinds that leave the module have a template');

-- Ids that are made up.
CREATE FUNCTION pg_temp.made_up(tab text, columns text, some_values text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  id text;
BEGIN
  EXECUTE format('INSERT INTO %I (%s) VALUES (%s) RETURNING id', tab, columns, some_values) INTO id;
  RETURN id;
END
$$;
SELECT matches(pg_temp.made_up(tab, columns, some_values), '^' || prefix || '_[0-9a-f]{16}$', 'made-up id of ' || tab)
FROM (VALUES
  ('account', 'acc', 'name', '''u'''),
  ('sip_user', 'us', 'account_id, username', '''acc_t'', ''u'''),
  ('sip_device', 'dev', 'user_id, auth_username, realm', '''us_t'', ''u'', ''t.example'''),
  ('extension', 'ext', 'account_id, digits, dest_kind, dest_id', '''acc_t'', ''11'', ''user'', ''us_t'''),
  ('schedule', 'sch', 'account_id', '''acc_t'''),
  ('schedule_window', 'win', 'schedule_id', '''sch_t'''),
  ('caller_list', 'cl', 'account_id', '''acc_t'''),
  ('user_rule', 'rule', 'user_id, position, event, action', '''us_t'', 2, ''always'', ''reject'''),
  ('ring_group', 'grp', 'account_id', '''acc_t''')
) AS c (tab, prefix, columns, some_values);
SELECT is((SELECT count(DISTINCT ur_new_id('us_'))::int FROM generate_series(1, 1000)), 1000, 'made-up ids differ');

-- Tables have comments on themselves and each column, as has the view for people; the other views on themselves.
SELECT is_empty($$
  SELECT r.relname, a.attname FROM pg_class r
  JOIN pg_attribute a ON a.attrelid = r.oid AND (attnum > 0 AND (relkind = 'r' OR relname = 'routing_problem') OR attnum = 1) AND NOT attisdropped
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
    AND (obj_description(r.oid, 'pg_class') IS NULL OR (relkind = 'r' OR relname = 'routing_problem') AND col_description(r.oid, attnum) IS NULL)$$,
  'nothing lacks a comment');

SELECT is_empty($$
  SELECT conname FROM pg_constraint c
  WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confrelid <> 'route_target_kind'::regclass
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])$$,
  'no foreign key along which rows are deleted lacks an index');

-- The views: names, columns, types are what the module was written for.
SELECT set_eq($$
  SELECT relname || ': ' || string_agg(attname || CASE format_type(atttypid, NULL) WHEN 'text' THEN '' ELSE ' ' || format_type(atttypid, NULL) END, ', ' ORDER BY attnum)
  FROM pg_class r JOIN pg_attribute a ON attrelid = r.oid AND attnum > 0
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' GROUP BY relname$$,
  ARRAY[
  'mirror_account: id, status, default_cid_number, country_code, area_code, international_prefix, national_prefix, tz, utc_offsets',
  'mirror_caller_entry: list_id, what',
  'mirror_caller_list: id, account_id, name',
  'mirror_cid_number: account_id, e164, verified smallint',
  'mirror_device: id, user_id, auth_username, realm, ring_order integer, ring_on_fork smallint, ring_specific smallint, available smallint, status, ha1, ring_delay_sec integer, ring_for_sec integer, number',
  'mirror_did: e164, account_id, dest_kind, dest_id, status',
  'mirror_domain: domain, account_id',
  'mirror_extension: id, account_id, digits, dest_kind, dest_id, status',
  'mirror_meta: schema_version integer, compatible_from integer',
  'mirror_ring_group: id, account_id, name, strategy, ring_timeout_sec integer, member_rules, skip_busy smallint, cid_name_prefix, alert_info, count_missed smallint, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id',
  'mirror_ring_group_member: group_id, position integer, member_kind, member_id, user_id, ring_delay_sec integer, ring_for_sec integer, enabled smallint',
  'mirror_route_target: account_id, kind, id, address',
  'mirror_route_target_kind: kind, uri_template',
  'mirror_schedule: id, account_id, name, windows, hours, known_from integer, known_to integer, is_over smallint',
  'mirror_target_host: host',
  'mirror_user: id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec integer, dnd smallint, fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id, voicemail_id, out_cid_number, out_cid_name, dial_class, fwd_unreachable_kind, fwd_unreachable_id, max_calls integer',
  'mirror_user_rule: user_id, id, position integer, event, schedule_id, outside smallint, caller_list_id, except_listed smallint, scope, action, target_kind, target_id, ring_strategy, ring_timeout_sec integer',
  'routing_problem: account_id, problem, object, object_id, field, sentence'],
  'views and their columns; text where no type stands');
SELECT results_eq('SELECT schema_version FROM mirror_meta', ARRAY[8], 'version of the views');
SELECT results_eq('SELECT compatible_from FROM mirror_meta', ARRAY[2], 'the oldest module that can read them');
SELECT is(count(*), 5::bigint, 'default templates are per account')
FROM route_target_kind WHERE uri_template ~ '^sip:\{account\}~\{id\}@[a-z-]+\.invalid$';
UPDATE sip_user SET display_name = '1', fwd_always_kind = 'queue', fwd_always_id = '2', fwd_busy_kind = 'flow', fwd_busy_id = '3',
  fwd_noanswer_kind = 'conference', fwd_noanswer_id = '4', fwd_unreachable_kind = 'hangup', fwd_unreachable_id = '404', voicemail_id = '5', out_cid_number = '49', out_cid_name = '6', max_calls = 7
  WHERE id = 'us_t';
INSERT INTO sip_device (user_id, auth_username, realm, ring_on_fork, ring_order, ring_delay_sec, ring_for_sec) VALUES ('us_t', 'door', 't.example', 0, 7, 3, 9);
INSERT INTO sip_device (user_id, number) VALUES ('us_t', '491701234567');
INSERT INTO user_rule (user_id, position, event, schedule_id, outside, caller_list_id, except_listed, scope, action, target_kind, target_id)
VALUES ('us_t', 3, 'busy', 'sch_t', 1, 'cl_t', 1, 'external', 'forward', 'queue', 'q_t');
INSERT INTO user_rule (user_id, position, event, action, ring_strategy, ring_timeout_sec) VALUES ('us_t', 3, 'dnd', 'ring', 'sequential', 7);
UPDATE ring_group SET name = '1', strategy = 'random', ring_timeout_sec = 7, member_rules = 'follow', skip_busy = 0, cid_name_prefix = '2', alert_info = '3',
  count_missed = 0, fwd_busy_kind = 'queue', fwd_busy_id = '4', fwd_noanswer_kind = 'hangup', fwd_noanswer_id = '486';
INSERT INTO ring_group (id, account_id) VALUES ('grp_u', 'acc_t');
INSERT INTO ring_group_member (group_id, position, member_kind, member_id, ring_delay_sec, ring_for_sec, enabled) VALUES
  ('grp_t', 2, 'device', 'dev_t', 3, 4, 0), ('grp_t', 3, 'number', '491701', 5, NULL, 1), ('grp_t', 4, 'ring_group', 'grp_u', 0, 6, 1);
SELECT set_eq(format('SELECT to_jsonb(v) - %L::text[] FROM %I v', derived, 'mirror_' || view),
              format('SELECT to_jsonb(t) - %L::text[] FROM %I t', hidden, tab), 'rows and values of mirror_' || view)
FROM (VALUES
  ('account', 'account', '{name}', '{utc_offsets}'), ('domain', 'sip_domain', '{}', '{}'), ('user', 'sip_user', '{}', '{}'),
  ('device', 'sip_device', '{ha1b}', '{}'), ('extension', 'extension', '{}', '{}'), ('did', 'did', '{}', '{}'), ('route_target', 'route_target', '{}', '{}'),
  ('route_target_kind', 'route_target_kind', '{}', '{}'), ('cid_number', 'cid_number', '{}', '{}'),
  ('schedule', 'schedule', '{tz}', '{windows,hours,known_from,known_to,is_over}'), ('caller_list', 'caller_list', '{}', '{}'),
  ('caller_entry', 'caller_entry', '{}', '{}'), ('user_rule', 'user_rule', '{}', '{}'),
  ('ring_group', 'ring_group', '{}', '{}'), ('ring_group_member', 'ring_group_member', '{user_id,device_id,child_id}', '{user_id}')
) AS c (view, tab, hidden, derived);

SELECT results_eq('SELECT member_kind, user_id FROM mirror_ring_group_member ORDER BY position',
  $$VALUES ('user', NULL), ('device', 'us_t'), ('number', NULL), ('ring_group', NULL)$$, 'a device that is a member is shown with its user');

\ir include/end.psql
