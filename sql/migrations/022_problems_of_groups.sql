-- SPDX-License-Identifier: GPL-2.0-or-later
-- routing_problem knows ring groups.

-- A target of kind ring_group exists if the account has such a group, or, as before, a route_target. A rule that forwards
-- to a group decides as one that forwards to a user does: not surely, as a call that has been there does not go again.
-- OFFSET 0: where the planner takes the table for empty it would read all groups in order of their ids, to join them.
DO $$
DECLARE
  function_name text;
  definition text;
  edits text[][];
  edit text[];
BEGIN
  FOREACH function_name IN ARRAY '{ur_routing_problems(),ur_routing_problems(text),ur_rule_problems(),ur_rule_problems(text)}'::text[] LOOP
    definition := pg_get_functiondef(function_name::regprocedure);
    edits := ARRAY[
      ARRAY[$a$WHEN t.id IS NULL THEN 'none'$a$, format($b$WHEN g.id IS NOT NULL THEN '%s'
              WHEN t.id IS NULL THEN 'none'$b$, CASE WHEN function_name LIKE 'ur_rule%' THEN 'ring_group' ELSE 'uri' END)],
      ARRAY[$a$  LEFT JOIN mirror_route_target_kind k ON k.kind = p.kind$a$, format($b$  LEFT JOIN mirror_route_target_kind k ON k.kind = p.kind
  LEFT JOIN (SELECT 'ring_group' AS kind, id, account_id FROM mirror_ring_group%s) AS g ON g.kind = p.kind AND g.id = p.id AND g.account_id = p.account_id$b$,
        CASE WHEN function_name LIKE '%(text)' THEN ' WHERE account_id = of_account OFFSET 0' ELSE '' END)]];
    IF function_name LIKE 'ur_rule%' THEN
      edits := edits || ARRAY[
        ARRAY[$a$state NOT IN ('user', 'extension', 'uri')$a$, $b$state NOT IN ('user', 'extension', 'ring_group', 'uri')$b$],
        ARRAY[$a$p.state IN ('user', 'uri')$a$, $b$p.state IN ('user', 'ring_group', 'uri')$b$],
        ARRAY[$a$d.state IN ('user', 'uri', 'hangup')$a$, $b$d.state IN ('user', 'ring_group', 'uri', 'hangup')$b$]];
    END IF;
    FOREACH edit SLICE 1 IN ARRAY edits LOOP
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

-- Of all accounts, or of one, by indexes. Of mirror_ring_group_member no user_id is read: without it the view needs no
-- devices, and with it a hash of all of them.
DO $$
DECLARE
  version record;
BEGIN
  FOR version IN
    SELECT * FROM (VALUES
      ('', 'SET enable_seqscan = on', 'true', 'true', 'IN (', ')'),
      ('of_account text', 'SET enable_seqscan = off', 'id = of_account', 'account_id = of_account', '= ANY (ARRAY(', '))')
    ) AS v (args, settings, account_is_asked, row_is_asked, is_one_of, of_them)
  LOOP
    EXECUTE format($f$
CREATE FUNCTION ur_group_problems(%1$s)
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
%2$s
SET search_path = public, pg_temp
AS $body$
WITH RECURSIVE
account AS (
  SELECT id FROM mirror_account WHERE status = 'active' AND %3$s
),
grp AS (
  SELECT id, account_id, strategy, ring_timeout_sec, member_rules, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
         concat('ring group ' || nullif(name, '') || ' (' || id || ')', CASE WHEN coalesce(name, '') = '' THEN 'ring group ' || id END) AS label
  FROM mirror_ring_group WHERE %4$s AND account_id IN (SELECT id FROM account)
),
every_member AS MATERIALIZED (
  SELECT m.group_id, m.member_kind, m.member_id, m.ring_delay_sec, m.enabled, g.account_id
  FROM (SELECT group_id, member_kind, member_id, ring_delay_sec, enabled FROM mirror_ring_group_member WHERE group_id %5$s SELECT id FROM grp %6$s) AS m
  JOIN grp g ON g.id = m.group_id
),
member AS (
  SELECT * FROM every_member WHERE enabled = 1
),

-- ---- Who can ring ---------------------------------------------------------------------------------------

named_device AS (
  SELECT id, user_id, status, available, ring_on_fork FROM mirror_device
  WHERE id %5$s SELECT member_id FROM member WHERE member_kind = 'device' %6$s
),
person AS (
  SELECT id, account_id, status, fwd_always_kind IS NOT NULL AS diverted, concat('user ', username, ' (' || nullif(display_name, '') || ')') AS label
  FROM ur_user_rows()
  WHERE id %5$s SELECT member_id FROM member WHERE member_kind = 'user' UNION SELECT user_id FROM named_device %6$s
),
diverted AS (
  SELECT id FROM person WHERE diverted
  UNION
  SELECT user_id FROM mirror_user_rule WHERE event = 'always' AND action = 'forward' AND user_id %5$s SELECT id FROM person %6$s
),
device AS (
  SELECT d.id, d.user_id, d.ring_on_fork, p.account_id
  FROM (SELECT * FROM named_device UNION
        SELECT id, user_id, status, available, ring_on_fork FROM mirror_device
        WHERE user_id %5$s SELECT member_id FROM member WHERE member_kind = 'user' %6$s) AS d
  JOIN person p ON p.id = d.user_id AND p.status = 'active'
  WHERE d.status = 'active' AND d.available = 1
),
-- A device that is a member itself rings whatever ring_on_fork says.
-- ringing: a device, or a number with its +. NULL: an own forward of a member, if the group lets members follow theirs.
able AS (
  SELECT m.group_id, d.id AS ringing FROM member m JOIN device d ON d.user_id = m.member_id AND d.account_id = m.account_id
  WHERE m.member_kind = 'user' AND d.ring_on_fork = 1
  UNION ALL
  SELECT m.group_id, d.id FROM member m JOIN device d ON d.id = m.member_id AND d.account_id = m.account_id WHERE m.member_kind = 'device'
  UNION ALL
  SELECT group_id, '+' || member_id FROM member
  WHERE member_kind = 'number' AND EXISTS (SELECT FROM mirror_route_target_kind WHERE kind = 'forward' AND uri_template IS NOT NULL)
  UNION ALL
  SELECT m.group_id, NULL FROM member m
  JOIN person p ON p.id = m.member_id AND p.account_id = m.account_id AND p.status = 'active'
  JOIN diverted d ON d.id = p.id
  WHERE m.member_kind = 'user'
),

-- ---- Groups in groups -----------------------------------------------------------------------------------

nested AS MATERIALIZED (
  SELECT m.group_id, m.member_id AS child FROM member m JOIN grp g ON g.id = m.member_id AND g.account_id = m.account_id WHERE m.member_kind = 'ring_group'
),
-- Which groups a group contains, and one more level than ring.
contained AS (
  SELECT id AS start, id AS at, 1 AS level FROM grp
  UNION
  SELECT c.start, n.child, c.level + 1 FROM contained c JOIN nested n ON n.group_id = c.at WHERE c.level < 4
),
-- Where one comes over groups that are not less than the first: a loop is told at its least group. Loops of more than 6
-- groups are too deep, too, and told as that.
reach AS (
  SELECT group_id AS start, 1 AS hops, child AS at FROM nested WHERE child COLLATE "C" >= group_id
  UNION
  SELECT r.start, r.hops + 1, n.child
  FROM reach r JOIN nested n ON n.group_id = r.at
  WHERE r.at <> r.start AND r.hops < 6 AND n.child COLLATE "C" >= r.start
),
loop AS (
  SELECT n.child AS start, min(n.group_id COLLATE "C") AS over
  FROM nested n JOIN (SELECT DISTINCT start, at FROM reach) AS r ON r.start = n.child AND r.at = n.group_id
  GROUP BY n.child
),
too_deep AS (
  SELECT start, min(at COLLATE "C") AS at
  FROM (SELECT start, at, min(level) AS level FROM contained GROUP BY start, at) AS c
  WHERE level = 4 GROUP BY start
),
-- Told where no other group contains it; in a long loop, at groups that are less than all around.
deepest AS (
  SELECT d.start, d.at FROM too_deep d
  LEFT JOIN (SELECT c.start, min(c.at COLLATE "C") AS least FROM contained c WHERE c.at <> c.start GROUP BY c.start) AS inner_one ON inner_one.start = d.start
  LEFT JOIN (SELECT c.at, min(c.start COLLATE "C") AS least FROM contained c WHERE c.at <> c.start GROUP BY c.at) AS outer_one ON outer_one.at = d.start
  WHERE outer_one.least IS NULL
     OR outer_one.least COLLATE "C" > d.start AND inner_one.least COLLATE "C" > d.start AND d.start NOT IN (SELECT start FROM loop)
),
-- How many ring when a group is called; NULL: somebody's forward may.
ringing AS (
  SELECT c.start, count(DISTINCT a.ringing) AS count
  FROM contained c
  JOIN able a ON a.group_id = c.at
  JOIN grp s ON s.id = c.start
  JOIN grp t ON t.id = c.at
  WHERE c.level < 4 AND (a.ringing IS NOT NULL OR 'follow' IN (s.member_rules, t.member_rules))
  GROUP BY c.start
),

-- ---- Targets --------------------------------------------------------------------------------------------

pointer AS (
  SELECT g.id AS group_id, g.account_id, g.label AS owner, p.*
  FROM grp g CROSS JOIN LATERAL (VALUES
    ('fwd_busy_id', 'forwards when busy', g.fwd_busy_kind, g.fwd_busy_id),
    ('fwd_noanswer_id', 'forwards on no answer', g.fwd_noanswer_kind, g.fwd_noanswer_id)
  ) AS p (field, words, kind, id)
  WHERE p.kind IS NOT NULL AND p.id IS NOT NULL
),
-- state: as in ur_routing_problems().
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
              WHEN p.kind = 'hangup' THEN CASE WHEN p.id ~ '^[456][0-9]{2}$' THEN 'hangup' ELSE 'no status' END
              WHEN p.kind = 'ring_group' AND p.id = p.group_id THEN 'itself'
              WHEN g.id IS NOT NULL THEN 'ring_group'
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
  LEFT JOIN (SELECT 'user' AS kind, id, account_id, username, display_name, status FROM ur_user_rows() WHERE id %5$s SELECT id FROM pointer WHERE kind = 'user' %6$s) AS u ON u.kind = p.kind AND u.id = p.id
  LEFT JOIN (SELECT 'extension' AS kind, id, account_id, digits, status FROM mirror_extension WHERE id %5$s SELECT id FROM pointer WHERE kind = 'extension' %6$s) AS e ON e.kind = p.kind AND e.id = p.id
  LEFT JOIN (SELECT 'ring_group' AS kind, id, account_id FROM grp) AS g ON g.kind = p.kind AND g.id = p.id AND g.account_id = p.account_id
  LEFT JOIN (SELECT * FROM mirror_route_target WHERE %4$s) AS t ON t.account_id = p.account_id AND t.kind = p.kind AND t.id = p.id
  LEFT JOIN mirror_route_target_kind k ON k.kind = p.kind
),

-- label: what the sentence begins with.
found (account_id, problem, object, object_id, field, sentence) AS (
  SELECT account_id, CASE WHEN state = 'itself' THEN 'forward_loop' WHEN state = 'disabled' THEN 'disabled_target'
                          WHEN state IN ('ours', 'host') THEN 'forbidden_host' ELSE 'missing_target' END, 'ring_group', group_id, field,
         concat(owner, ' ', words, ' to ', CASE WHEN state = 'itself' THEN 'itself' ELSE label END, CASE state
           WHEN 'itself' THEN ', which is never followed'
           WHEN 'disabled' THEN ', but that is disabled'
           WHEN 'foreign' THEN ', but that belongs to another account'
           WHEN 'ours' THEN ', but its URI leads back to this server'
           WHEN 'host' THEN ', but its URI names a host that targets may not name (target_host)'
           WHEN 'no status' THEN ', but that is no SIP status from 400 to 699'
           WHEN 'no template' THEN ', but that has no URI: neither an address of its own nor a template for its kind'
           WHEN 'no number' THEN ', but that has no URI: the template of its kind needs a number, and its address is not set'
           ELSE ', but the account has no such target' END, ': such calls are hung up. ',
           CASE WHEN state = 'disabled' THEN 'Enable it, or choose another.' ELSE 'Correct the target, or choose another.' END)
  FROM target WHERE state NOT IN ('user', 'extension', 'hangup', 'ring_group', 'uri')

  UNION ALL
  SELECT g.account_id, CASE WHEN m.group_id IS NULL THEN 'empty_group' ELSE 'nobody_rings' END, 'ring_group', g.id, NULL,
         concat(g.label, CASE WHEN m.group_id IS NULL THEN ' has no member that is enabled'
           ELSE ' has no member that could ring: no device of them is active, available, and rings when its user is called (ring_on_fork = 1)' END,
           ': calls to it ring nowhere and count at once as not answered. ',
           CASE WHEN m.group_id IS NULL THEN 'Add one, or enable one.' ELSE 'Mend one of them, or add one.' END)
  FROM grp g
  LEFT JOIN (SELECT DISTINCT group_id FROM member) AS m ON m.group_id = g.id
  LEFT JOIN ringing r ON r.start = g.id
  WHERE r.start IS NULL

  UNION ALL
  SELECT g.account_id, 'too_many_branches', 'ring_group', g.id, NULL,
         concat(g.label, ' has ', r.count, ' devices and numbers that can ring, and a call has 30 branches at most (max_branches), of which one is kept for a forward:',
           ' the first ones ring, by position, the others do not. Delete members, or divide the group.')
  FROM ringing r JOIN grp g ON g.id = r.start WHERE r.count > 29

  UNION ALL
  SELECT g.account_id, 'group_loop', 'ring_group', g.id, NULL,
         concat(g.label, ' contains ', o.label, ', which has it as a member: a call rings each group once, so it is left out there. Delete it there.')
  FROM loop l JOIN grp g ON g.id = l.start JOIN grp o ON o.id = l.over

  UNION ALL
  SELECT g.account_id, 'group_too_deep', 'ring_group', g.id, NULL,
         concat(g.label, ' contains ', o.label, ' in the third group below it, and 3 groups, itself included, is the most: nobody rings there. Make ', o.label, ' a member of a group that is nearer.')
  FROM deepest d JOIN grp g ON g.id = d.start JOIN grp o ON o.id = d.at

  UNION ALL
  SELECT m.account_id, 'missing_template', 'ring_group_member', m.group_id, 'member_id',
         concat('number +', m.member_id, ' in ', g.label,
           ' never rings: route_target_kind has no uri_template for kind forward, by which it would be called. Set that template, or delete the member.')
  FROM member m JOIN grp g ON g.id = m.group_id
  WHERE m.member_kind = 'number' AND NOT EXISTS (SELECT FROM mirror_route_target_kind WHERE kind = 'forward' AND uri_template IS NOT NULL)

  UNION ALL
  SELECT m.account_id, 'delay_too_long', 'ring_group_member', m.group_id, 'ring_delay_sec',
         concat(CASE m.member_kind WHEN 'user' THEN coalesce(p.label, 'user ' || m.member_id) WHEN 'number' THEN 'number +' || m.member_id
                                   ELSE replace(m.member_kind, '_', ' ') || ' ' || m.member_id END,
           ' in ', g.label, ' rings only when nobody else in it does: it would begin after ', m.ring_delay_sec, ' seconds, and calls to the group ring for ',
           g.ring_timeout_sec, '. Lower ring_delay_sec, or raise the group''s ring_timeout_sec.')
  FROM member m
  JOIN grp g ON g.id = m.group_id AND g.strategy = 'simultaneous'
  LEFT JOIN person p ON p.id = m.member_id AND m.member_kind = 'user'
  WHERE m.ring_delay_sec >= g.ring_timeout_sec

  UNION ALL
  SELECT g.account_id, 'too_many_members', 'ring_group', g.id, NULL,
         concat(g.label, ' has ', m.count, ' members, and 100 is the most: the module leaves some of them out. Delete some.')
  FROM (SELECT group_id, count(*) AS count FROM every_member GROUP BY 1 HAVING count(*) > 100) AS m
  JOIN grp g ON g.id = m.group_id
)
SELECT account_id, problem, object, object_id, field, upper(left(sentence, 1)) || substr(sentence, 2) FROM found
$body$
    $f$, version.args, version.settings, version.account_is_asked, version.row_is_asked, version.is_one_of, version.of_them);
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_group_problems() IS 'The rows of routing_problem about ring groups.';
COMMENT ON FUNCTION ur_group_problems(text) IS 'The rows of routing_problem about ring groups. Those of one account.';

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
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM ur_group_problems()
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
UNION ALL
SELECT account_id, problem, object, object_id, field, sentence FROM public.ur_group_problems(of_account)
ORDER BY 1, 2, 3, 4, 5, 6
$$;

COMMENT ON COLUMN routing_problem.object IS
  'Table of the row to correct: account, sip_user, sip_device, user_rule, schedule, caller_list, caller_entry, ring_group, ring_group_member, extension, did, cid_number or route_target_kind.';
COMMENT ON COLUMN routing_problem.object_id IS 'Id of that row; of caller_entry its list_id, of ring_group_member its group_id.';
-- All kinds of problems.
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; told once for each loop, at the user with the lowest id, or at an extension if no user is in it, or at a rule or a ring group that leads to its own user or group. chain_too_long: forwards lead over more than 10 users, extensions and dids; told at the first of them, or, if they form a loop, at the lowest id of it (in a long loop, of a part of it). missing_target: the target does not exist, belongs to another account, or has no URI. disabled_target: a user or extension that is disabled. forbidden_host: the target''s URI leads back to this server, or names a host that targets may not name (target_host). shared_template: the targets of a kind have the same URI in all accounts. missing_template: an external phone, or a number in a ring group, that can''t be called, as kind forward has no uri_template. only_hangs_up: no call to the user can be answered. no_device: a call to the user rings nothing, whether phones are registered or not. delay_too_long: a device, or a member of a ring group, whose turn comes when the ring is over, so that it rings only when no other phone of the user or group does. ring_cut_short: a device that rings when the ring ends, before its own time is over. unreachable_rule: an earlier rule of the same event holds whenever this one does, and surely decides: it rejects, rings, or forwards to a URI. rejects_callbacks: a rule rejects all calls from outside, or all but those of callers on a list, also when emergency services call back. schedule_never: a schedule that rules need never holds again. unknown_time_zone: PostgreSQL does not know the time zone of a schedule that rules need. empty_caller_list: a list of callers that rules need has no entries. unknown_caller: an entry names a user whom the account does not have. empty_group: a ring group without an enabled member. nobody_rings: a ring group whose members have no device that could ring. too_many_branches: a ring group with more devices than a call can ring. group_loop: a ring group that contains itself; told once for each loop, at the lowest id. group_too_deep: ring groups in ring groups, more than 3 in all; told at the outermost one. unverified_number: a number that will not be shown to the PSTN. unused_number: a verified number that nobody presents and no did has. foreign_realm: a device in another account''s domain. too_many_devices, too_many_rules, too_many_domains, too_many_entries, too_many_members: more than the module takes of one user, account, list of callers or ring group.';
