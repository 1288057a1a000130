-- SPDX-License-Identifier: GPL-2.0-or-later
-- routing_problem knows rules, schedules and lists of callers.

-- Who forwards by a rule, or rings by one, may be answered: only_hangs_up does not say the opposite. Who forwards every
-- call by a rule needs no device.
DO $$
DECLARE
  edits constant text[][] := ARRAY[
    ARRAY[$a$         CASE WHEN d.ring > 0 THEN 'ring'$a$,
          $b$         coalesce(o.ruled, false) AS ruled, coalesce(o.ruled_away, false) AS ruled_away,
         CASE WHEN d.ring > 0 THEN 'ring'$b$],
    ARRAY[$a$  LEFT JOIN forward a ON a.no = m.no AND a.field = 'fwd_always_id'$a$,
          $b$  LEFT JOIN (SELECT user_id, bool_or(action <> 'reject') AS ruled,
                    bool_or(event = 'always' AND action = 'forward' AND schedule_id IS NULL AND caller_list_id IS NULL AND scope = 'any') AS ruled_away
             FROM mirror_user_rule GROUP BY user_id) AS o ON o.user_id = m.id
  LEFT JOIN forward a ON a.no = m.no AND a.field = 'fwd_always_id'$b$],
    ARRAY[$a$FROM fate f JOIN rule r ON r.no = f.at$a$, $b$FROM fate f JOIN rule r ON r.no = f.at AND NOT r.ruled$b$],
    ARRAY[$a$somebody has one: that they are not to be disturbed just now is no problem.$a$,
          $b$somebody has one, or a rule that may do something else: that they are not to be disturbed just now is no problem.$b$],
    ARRAY[$a$WHERE NOT r.ring AND NOT r.diverted$a$, $b$WHERE NOT r.ring AND NOT r.diverted AND NOT r.ruled_away$b$]];
  of_account constant text[][] := ARRAY[
    ARRAY[$a$mirror_route_target AS ($a$,
          $b$mirror_user_rule AS (
  SELECT user_id, event, action, schedule_id, caller_list_id, scope FROM public.mirror_user_rule
  WHERE user_id = ANY (ARRAY(SELECT id FROM own_user))
),
mirror_route_target AS ($b$]];
  function_name text;
  definition text;
  edit text[];
BEGIN
  FOREACH function_name IN ARRAY '{ur_routing_problems(),ur_routing_problems(text)}'::text[] LOOP
    definition := pg_get_functiondef(function_name::regprocedure);
    FOREACH edit SLICE 1 IN ARRAY CASE function_name WHEN 'ur_routing_problems()' THEN edits ELSE edits || of_account END LOOP
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

-- Of all accounts, or of one, by indexes. No lists of subqueries that grow with the rules: what does not fit into work_mem
-- would be searched row by row.
DO $$
DECLARE
  version record;
BEGIN
  FOR version IN
    SELECT * FROM (VALUES
      ('', 'SET enable_seqscan = on', 'true', 'true', 'true', 'IN (', ')'),
      ('of_account text', 'SET enable_seqscan = off', 'id = of_account', 'u.account_id = of_account', 'account_id = of_account', '= ANY (ARRAY(', '))')
    ) AS v (args, settings, account_is_asked, user_is_asked, row_is_asked, is_one_of, of_them)
  LOOP
    EXECUTE format($f$
CREATE FUNCTION ur_rule_problems(%1$s)
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
%2$s
SET search_path = public, pg_temp
AS $body$
WITH
account AS (
  SELECT id FROM mirror_account WHERE status = 'active' AND %3$s
),
member AS (
  SELECT u.id, u.account_id, concat('user ', username, ' (' || nullif(display_name, '') || ')') AS label
  FROM ur_user_rows() u
  JOIN account a ON a.id = u.account_id
  WHERE u.status = 'active' AND %4$s
),
rule AS MATERIALIZED (
  SELECT r.*, m.account_id
  FROM (SELECT user_id, id, position, event, schedule_id, outside, caller_list_id, except_listed, scope, action, target_kind, target_id
        FROM mirror_user_rule WHERE user_id %6$s SELECT id FROM member %7$s) AS r
  JOIN member m ON m.id = r.user_id
),

-- ---- Targets --------------------------------------------------------------------------------------------

target_extension AS (
  SELECT id, account_id, digits, dest_kind, dest_id, status FROM mirror_extension
  WHERE id %6$s SELECT target_id FROM rule WHERE target_kind = 'extension' %7$s
),
pointer AS (
  SELECT DISTINCT account_id, target_kind AS kind, target_id AS id FROM rule WHERE action = 'forward' AND target_kind IS NOT NULL
  UNION
  SELECT account_id, dest_kind, dest_id FROM target_extension
),
-- state: user, extension, uri; anything else says why the target does not exist.
target AS (
  SELECT p.*,
         CASE p.kind WHEN 'user' THEN concat('user ', coalesce(u.username, p.id), ' (' || nullif(u.display_name, '') || ')')
                     WHEN 'extension' THEN 'extension ' || coalesce(e.digits, p.id)
                     WHEN 'forward' THEN 'PSTN target ' || p.id
                     ELSE replace(p.kind, '_', ' ') || ' ' || p.id END AS label,
         CASE WHEN p.kind IN ('user', 'extension') THEN
                CASE WHEN coalesce(u.account_id, e.account_id) IS NULL THEN 'none'
                     WHEN coalesce(u.account_id, e.account_id) <> p.account_id THEN 'foreign'
                     WHEN coalesce(u.status, e.status) IS DISTINCT FROM 'active' THEN 'disabled'
                     ELSE p.kind END
              WHEN p.kind = 'hangup' THEN 'hangup'
              WHEN t.id IS NULL THEN 'none'
              WHEN t.address ~* '^sips?:' AND EXISTS (SELECT FROM mirror_domain WHERE domain = ur_host_of(t.address)) THEN 'ours'
              WHEN t.address ~* '^sips?:'
                AND ur_host_of(t.address) NOT IN (SELECT host FROM mirror_target_host)
                AND (EXISTS (SELECT FROM mirror_target_host) OR ur_host_of(t.address) ~ '(^|\.)invalid$' OR t.address ~* ';maddr=') THEN 'host'
              WHEN t.address ~* '^sips?:' THEN 'uri'
              WHEN k.uri_template IS NULL THEN 'no template'
              WHEN t.address IS NULL AND strpos(k.uri_template, '{address}') > 0 THEN 'no number'
              ELSE 'uri' END AS state
  FROM pointer p
  LEFT JOIN (SELECT 'user' AS kind, id, account_id, username, display_name, status FROM ur_user_rows() WHERE id %6$s SELECT id FROM pointer WHERE kind = 'user' %7$s) AS u ON u.kind = p.kind AND u.id = p.id
  LEFT JOIN (SELECT 'extension' AS kind, * FROM target_extension) AS e ON e.kind = p.kind AND e.id = p.id
  LEFT JOIN (SELECT * FROM mirror_route_target WHERE %5$s) AS t ON t.account_id = p.account_id AND t.kind = p.kind AND t.id = p.id
  LEFT JOIN mirror_route_target_kind k ON k.kind = p.kind
),
pointing AS NOT MATERIALIZED (
  SELECT r.id, r.user_id, r.account_id, t.label AS target, t.state, r.target_kind = 'user' AND r.target_id = r.user_id AS to_themselves
  FROM rule r
  JOIN target t ON t.account_id = r.account_id AND t.kind = r.target_kind AND t.id = r.target_id
  WHERE r.action = 'forward'
),

-- ---- Rules that others hide -----------------------------------------------------------------------------

-- surely: a forward to a user or an extension is not followed if the call has been there, or has visited as many as it
-- may, and then a later rule decides.
deciding AS (
  SELECT r.*, r.action <> 'forward' OR p.state = 'uri' AS surely FROM rule r
  LEFT JOIN target p ON r.action = 'forward' AND p.account_id = r.account_id AND p.kind = r.target_kind AND p.id = r.target_id
  LEFT JOIN target_extension e ON r.target_kind = 'extension' AND e.id = r.target_id
  LEFT JOIN target d ON d.account_id = e.account_id AND d.kind = e.dest_kind AND d.id = e.dest_id
  WHERE r.action IN ('reject', 'ring')
     OR p.state IN ('user', 'uri') AND NOT (p.kind = 'user' AND p.id = r.user_id)
     OR p.state = 'extension' AND d.state IN ('user', 'uri', 'hangup') AND NOT (d.kind = 'user' AND d.id = r.user_id)
),
hidden AS (
  SELECT DISTINCT ON (r.id) r.id, r.user_id, r.account_id, d.id AS by, d.surely
  FROM rule r
  JOIN deciding d ON d.user_id = r.user_id AND d.event = r.event
    AND (d.schedule_id IS NULL OR (d.schedule_id, d.outside) IS NOT DISTINCT FROM (r.schedule_id, r.outside))
    AND (d.caller_list_id IS NULL OR (d.caller_list_id, d.except_listed) IS NOT DISTINCT FROM (r.caller_list_id, r.except_listed))
    AND (d.scope = 'any' OR d.scope = r.scope)
    AND d.position < r.position
  ORDER BY r.id, d.surely DESC, d.position
),

-- ---- Schedules and lists in use -------------------------------------------------------------------------

used_schedule AS (
  SELECT s.*, r.rules FROM (SELECT schedule_id, count(*) AS rules FROM rule WHERE schedule_id IS NOT NULL GROUP BY 1) AS r
  JOIN (SELECT id, account_id, concat('schedule ' || nullif(name, '') || ' (' || id || ')', CASE WHEN name = '' THEN 'schedule ' || id END) AS label,
               windows, is_over, known_to > known_from AS known
        FROM mirror_schedule WHERE id %6$s SELECT schedule_id FROM rule %7$s) AS s ON s.id = r.schedule_id
),
list AS (
  SELECT id, account_id, concat('list of callers ' || nullif(name, '') || ' (' || id || ')', CASE WHEN name = '' THEN 'list of callers ' || id END) AS label
  FROM mirror_caller_list WHERE %5$s AND account_id IN (SELECT id FROM account)
),
entry AS (
  SELECT * FROM mirror_caller_entry WHERE list_id %6$s SELECT id FROM list %7$s
),
username AS (
  SELECT DISTINCT u.account_id, u.username FROM ur_user_rows() u WHERE %4$s
),

-- user_id: of whose rule the sentence is, which goes before it.
found (account_id, problem, object, object_id, field, user_id, sentence) AS (
  SELECT account_id, CASE WHEN to_themselves THEN 'forward_loop' WHEN state = 'disabled' THEN 'disabled_target'
                          WHEN state IN ('ours', 'host') THEN 'forbidden_host' ELSE 'missing_target' END, 'user_rule', id, 'target_id', user_id,
         concat(' forwards to ', CASE WHEN to_themselves THEN 'that user' ELSE target END, CASE
           WHEN to_themselves THEN ', which is never followed'
           WHEN state = 'disabled' THEN ', but that is disabled'
           WHEN state = 'foreign' THEN ', but that belongs to another account'
           WHEN state = 'ours' THEN ', but its URI leads back to this server'
           WHEN state = 'host' THEN ', but its URI names a host that targets may not name (target_host)'
           WHEN state = 'no template' THEN ', but that has no URI: neither an address of its own nor a template for its kind'
           WHEN state = 'no number' THEN ', but that has no URI: the template of its kind needs a number, and its address is not set'
           ELSE ', but the account has no such target' END, ': calls go on as if the rule did not hold. ',
           CASE WHEN to_themselves THEN 'Choose another target, or action ring.' WHEN state = 'disabled' THEN 'Enable it, or choose another.'
                ELSE 'Correct the target, or choose another.' END)
  FROM pointing WHERE to_themselves OR state NOT IN ('user', 'extension', 'uri')

  UNION ALL
  SELECT account_id, 'unreachable_rule', 'user_rule', id, 'position', user_id,
         concat(' never decides: rule ', by, ' of the same event comes before it, and holds whenever this one does. Exchange their positions, or delete one.')
  FROM hidden WHERE surely

  UNION ALL
  SELECT account_id, 'rejects_callbacks', 'user_rule', id, CASE WHEN except_listed = 1 THEN 'except_listed' ELSE 'scope' END, user_id,
         concat(' rejects all calls from outside', CASE WHEN except_listed = 1 THEN ' but those of callers on its list' END,
           ', also when an emergency service calls back. Limit it by a schedule, let it reject only callers on a list (except_listed = 0), or forward such calls to somebody.')
  FROM rule r
  WHERE event = 'always' AND action = 'reject' AND schedule_id IS NULL AND (caller_list_id IS NULL OR except_listed = 1) AND scope IN ('any', 'external')
    AND NOT EXISTS (SELECT FROM hidden h WHERE h.id = r.id)

  UNION ALL
  SELECT account_id, CASE WHEN known THEN 'schedule_never' ELSE 'unknown_time_zone' END, 'schedule', id, CASE WHEN known THEN NULL ELSE 'tz' END, NULL,
         concat(label, CASE WHEN NOT known THEN ' is in a time zone that PostgreSQL does not know any more: '
                            ELSE ' never holds again, as it has no windows, or their dates are past, or all of them are excluded: ' END, windows, '. ',
           CASE WHEN rules = 1 THEN '1 rule needs it. ' ELSE rules || ' rules need it. ' END,
           CASE WHEN known THEN 'Within it they never hold, outside it they always do. Correct its windows, or delete the rules.'
                ELSE 'They do not hold. Choose another time zone for it, or for the account.' END)
  FROM used_schedule WHERE is_over = 1 OR NOT known

  UNION ALL
  SELECT l.account_id, 'empty_caller_list', 'caller_list', l.id, NULL, NULL,
         concat(l.label, ' has no entries. ', CASE WHEN r.rules = 1 THEN '1 rule needs it. ' ELSE r.rules || ' rules need it. ' END,
           'For callers on it they never hold, for all others they hold for everybody. Add entries, or delete the rules.')
  FROM (SELECT caller_list_id, count(*) AS rules FROM rule WHERE caller_list_id IS NOT NULL GROUP BY 1) AS r
  JOIN list l ON l.id = r.caller_list_id
  WHERE NOT EXISTS (SELECT FROM entry e WHERE e.list_id = l.id)

  UNION ALL
  SELECT l.account_id, 'unknown_caller', 'caller_entry', l.id, 'what', NULL,
         concat(l.label, ' has the entry ', e.what, ', but the account has no user of that name. Correct it, or delete it; a number begins with +.')
  FROM entry e
  JOIN list l ON l.id = e.list_id
  LEFT JOIN username u ON u.account_id = l.account_id AND u.username = e.what
  WHERE e.what !~ '^\+[0-9]+$' AND strpos(e.what, '@') = 0 AND u.username IS NULL

  UNION ALL
  SELECT m.account_id, 'too_many_rules', 'sip_user', m.id, NULL, NULL,
         concat(m.label, ' has ', r.count, ' rules, and 200 is the most: the module leaves some of them out. Delete some.')
  FROM (SELECT user_id, count(*) AS count FROM rule GROUP BY 1 HAVING count(*) > 200) AS r
  JOIN member m ON m.id = r.user_id

  UNION ALL
  SELECT l.account_id, 'too_many_entries', 'caller_list', l.id, NULL, NULL,
         concat(l.label, ' has ', e.count, ' entries, and 2,000 is the most: the module leaves some of them out. Delete some.')
  FROM (SELECT list_id, count(*) AS count FROM entry GROUP BY 1 HAVING count(*) > 2000) AS e
  JOIN list l ON l.id = e.list_id
)
SELECT f.account_id, f.problem, f.object, f.object_id, f.field,
       CASE WHEN f.user_id IS NULL THEN upper(left(f.sentence, 1)) || substr(f.sentence, 2)
            ELSE concat('Rule ', f.object_id, ' of ', m.label, f.sentence) END
FROM found f
LEFT JOIN member m ON m.id = f.user_id
$body$
    $f$, version.args, version.settings, version.account_is_asked, version.user_is_asked, version.row_is_asked, version.is_one_of, version.of_them);
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_rule_problems() IS 'The rows of routing_problem about rules, schedules and lists of callers.';
COMMENT ON FUNCTION ur_rule_problems(text) IS 'The rows of routing_problem about rules, schedules and lists of callers. Those of one account.';

CREATE OR REPLACE VIEW routing_problem AS
SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_counted_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_unused_numbers()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_device_problems()
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_rule_problems()
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
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_rule_problems(of_account)
ORDER BY 1, 2, 3, 4, 5, 6
$$;

COMMENT ON COLUMN routing_problem.object IS
  'Table of the row to correct: account, sip_user, sip_device, user_rule, schedule, caller_list, caller_entry, extension, did, cid_number or route_target_kind.';
COMMENT ON COLUMN routing_problem.object_id IS 'Id of that row; of caller_entry its list_id.';
-- All kinds of problems.
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; told once for each loop, at the user with the lowest id, or at an extension if no user is in it, or at a rule that leads to its own user. chain_too_long: forwards lead over more than 10 users, extensions and dids; told at the first of them, or, if they form a loop, at the lowest id of it (in a long loop, of a part of it). missing_target: the target does not exist, belongs to another account, or has no URI. disabled_target: a user or extension that is disabled. forbidden_host: the target''s URI leads back to this server, or names a host that targets may not name (target_host). shared_template: the targets of a kind have the same URI in all accounts. missing_template: an external phone that can''t be called, as kind forward has no uri_template. only_hangs_up: no call to the user can be answered. no_device: a call to the user rings nothing, whether phones are registered or not. delay_too_long: a device whose turn comes when the ring is over, so that it rings only when no other phone of the user does. ring_cut_short: a device that rings when the ring ends, before its own time is over. unreachable_rule: an earlier rule of the same event holds whenever this one does, and surely decides: it rejects, rings, or forwards to a URI. rejects_callbacks: a rule rejects all calls from outside, or all but those of callers on a list, also when emergency services call back. schedule_never: a schedule that rules need never holds again. unknown_time_zone: PostgreSQL does not know the time zone of a schedule that rules need. empty_caller_list: a list of callers that rules need has no entries. unknown_caller: an entry names a user whom the account does not have. unverified_number: a number that will not be shown to the PSTN. unused_number: a verified number that nobody presents and no did has. foreign_realm: a device in another account''s domain. too_many_devices, too_many_rules, too_many_domains, too_many_entries: more than the module takes of one user, account or list of callers.';
