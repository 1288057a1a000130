-- SPDX-License-Identifier: GPL-2.0-or-later
-- What is configured and cannot work as it stands, one row a problem, for people:  SELECT * FROM routing_problem;
-- Read through the mirror_* views, so that it shows what the module sees, also of a database plugged in there.
-- Suspended accounts and disabled users and extensions are left out: as if they did not exist, they do no harm.
--
-- Every recursion below ends: each adds to a path that never takes a member twice and stops after max_hops
-- (10, the module's default), or counts up to it.

-- A function, for its settings: joined by hash and not compiled, a hundred thousand users take two seconds, whatever
-- the planner knows of the tables; without them, minutes. It has its caller's rights.
CREATE FUNCTION ur_routing_problems()
RETURNS TABLE (account_id text, problem text, object text, object_id text, field text, sentence text)
LANGUAGE sql STABLE
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
SET search_path = public, pg_temp
AS $$
WITH RECURSIVE

-- ---- What there is ------------------------------------------------------------------------------------

-- Users and extensions, numbered by id (in an order that does not depend on the locale), extensions from a billion
-- up: smaller and faster in paths than ids.
node AS (
  SELECT row_number() OVER (ORDER BY id COLLATE "C")::int + CASE kind WHEN 'user' THEN 0 ELSE 1000000000 END AS no, all_of_them.*
  FROM (
    SELECT 'user' AS kind, id, account_id, status, ', who ' AS pronoun,
           concat('user ', username, ' (' || nullif(display_name, '') || ')') AS label
    FROM mirror_user
    UNION ALL
    SELECT 'extension', id, account_id, status, ', which ', concat('extension ', digits)
    FROM mirror_extension
  ) AS all_of_them
),
account AS (
  SELECT id, default_cid_number FROM mirror_account WHERE status = 'active'
),
member AS (
  SELECT n.no, n.label, u.*, u.dnd IS NOT DISTINCT FROM 1 AS undisturbed
  FROM mirror_user u
  JOIN account a ON a.id = u.account_id
  JOIN node n ON n.kind = 'user' AND n.id = u.id
  WHERE u.status = 'active'
),
-- How many devices members have; of them those fit to ring, and those that a call would ring if registered.
devices AS (
  SELECT user_id, count(*) AS count, count(*) FILTER (WHERE fit) AS fit,
         count(*) FILTER (WHERE fit AND (m.ring_strategy <> 'specific' OR ring_specific = 1)) AS ring
  FROM (SELECT *, status = 'active' AND available = 1 AND ring_on_fork = 1 AS fit FROM mirror_device) AS d
  JOIN member m ON m.id = d.user_id
  GROUP BY user_id
),

-- ---- Where it points ----------------------------------------------------------------------------------

pointer AS (
  SELECT m.no, m.label AS owner, m.account_id, p.*
  FROM member m CROSS JOIN LATERAL (VALUES
    ('fwd_always_id',   'forwards always',       m.fwd_always_kind,   m.fwd_always_id),
    ('fwd_busy_id',     'forwards when busy',    m.fwd_busy_kind,     m.fwd_busy_id),
    ('fwd_noanswer_id', 'forwards on no answer', m.fwd_noanswer_kind, m.fwd_noanswer_id),
    ('voicemail_id',    'sends callers',         'voicemail',         m.voicemail_id)
  ) AS p (field, words, kind, id)
  WHERE p.kind IS NOT NULL AND p.id IS NOT NULL
  UNION ALL
  SELECT n.no, n.label, e.account_id, 'dest_id', 'leads', e.dest_kind, e.dest_id
  FROM mirror_extension e
  JOIN account a ON a.id = e.account_id
  JOIN node n ON n.kind = 'extension' AND n.id = e.id
  WHERE e.status = 'active' AND e.dest_kind IS NOT NULL AND e.dest_id IS NOT NULL
),
-- state: user, extension, uri, hangup; anything else says why the target does not exist.
target AS (
  SELECT p.*, n.no AS next, n.pronoun, coalesce(n.label, CASE p.kind WHEN 'forward' THEN 'PSTN target' ELSE replace(p.kind, '_', ' ') END || ' ' || p.id) AS label,
         CASE WHEN p.kind IN ('user', 'extension') THEN
                CASE WHEN n.account_id IS NULL THEN 'none'
                     WHEN n.account_id <> p.account_id THEN 'foreign'
                     WHEN n.status IS DISTINCT FROM 'active' THEN 'disabled'
                     ELSE p.kind END
              WHEN p.kind = 'hangup' THEN CASE WHEN p.id ~ '^[456][0-9]{2}$' THEN 'hangup' ELSE 'no status' END
              WHEN t.id IS NULL THEN 'none'
              WHEN t.address ~* '^sips?:' THEN 'uri'
              WHEN k.uri_template IS NULL THEN 'no template'
              WHEN t.address IS NULL AND strpos(k.uri_template, '{address}') > 0 THEN 'no number'
              ELSE 'uri' END AS state
  FROM pointer p
  LEFT JOIN node n ON n.kind = p.kind AND n.id = p.id
  LEFT JOIN mirror_route_target t ON t.account_id = p.account_id AND t.kind = p.kind AND t.id = p.id
  LEFT JOIN mirror_route_target_kind k ON k.kind = p.kind
),
-- Where an extension ends up over any others; path: the extensions on that way.
extension_walk AS (
  SELECT no, ARRAY[no] AS path, next, label, state FROM target WHERE field = 'dest_id'
  UNION ALL
  SELECT w.no, w.path || t.no, t.next, t.label, t.state
  FROM extension_walk w JOIN target t ON t.no = w.next AND t.field = 'dest_id'
  WHERE w.state = 'extension' AND t.no <> ALL (w.path) AND cardinality(w.path) < 10
),
-- Where a user's forwards end up; no row: such a forward is never followed. A forward is followed whole, over all
-- its extensions, or not at all.
forward AS (
  SELECT no, field, '{}'::int[] AS via, next, label, state, words || ' to ' || label || coalesce(pronoun, '') AS said
  FROM target WHERE field <> 'dest_id' AND state IN ('user', 'uri', 'hangup') AND next IS DISTINCT FROM no
  UNION ALL
  SELECT t.no, t.field, w.path, w.next, w.label, w.state,
         t.words || ' to ' || t.label || ', which leads to ' || w.label || CASE w.state WHEN 'user' THEN ', who ' ELSE '' END
  FROM target t JOIN extension_walk w ON w.no = t.next
  WHERE t.state = 'extension' AND t.field <> 'dest_id' AND w.state IN ('user', 'uri', 'hangup')
    AND w.next IS DISTINCT FROM t.no AND cardinality(w.path) + (w.state = 'user')::int < 10
),
-- The rules of a user in the order in which a call meets them: always; then the one whose turn it is while no device
-- rings; then what remains when neither is followed: ring, the voicemail box, or hang up.
rule AS (
  SELECT m.no, m.undisturbed, coalesce(d.ring, 0) > 0 AS ring, a.no IS NOT NULL AS diverted,
         a.via AS always_via, a.next AS always_next, a.state AS always_state, a.said AS always_said, a.label AS always_label,
         s.via AS second_via, s.next AS second_next, s.state AS second_state, s.said AS second_said, s.label AS second_label,
         CASE WHEN d.ring > 0 THEN 'ring'
              WHEN v.no IS NOT NULL THEN 'uri'
              WHEN m.undisturbed THEN '486' ELSE '480' END AS rest
  FROM member m
  LEFT JOIN devices d ON d.user_id = m.id
  LEFT JOIN forward a ON a.no = m.no AND a.field = 'fwd_always_id'
  LEFT JOIN forward v ON v.no = m.no AND v.field = 'voicemail_id'
  LEFT JOIN forward s ON s.no = m.no AND s.field = CASE WHEN m.undisturbed THEN 'fwd_busy_id' ELSE 'fwd_noanswer_id' END
                     AND (d.ring IS NULL OR d.ring = 0)
),

-- ---- Loops and long chains ----------------------------------------------------------------------------

-- What can be followed as the rules stand: nothing beside a fwd_always that leads somewhere. Devices and
-- do-not-disturb come and go, and must not hide a loop.
edge AS (
  SELECT t.no, t.field, t.next, t.words || ' to ' || t.label AS goes, t.pronoun,
         t.words || CASE WHEN t.next <> t.no THEN ' back to ' || t.label
                         WHEN t.state = 'user' THEN ' to themselves' ELSE ' to itself' END AS returns
  FROM target t LEFT JOIN rule r ON r.no = t.no
  WHERE t.state IN ('user', 'extension')
    AND (t.field IN ('dest_id', 'fwd_always_id') OR NOT r.diverted)
),
-- Where a call can be after so many hops among nodes not less than where it started. This much says who is the
-- least member of a loop; only from those the loops are walked, of which there can be many.
reach AS (
  SELECT no AS start, 1 AS hops, next AS at FROM edge WHERE next >= no
  UNION
  SELECT r.start, r.hops + 1, e.next
  FROM reach r JOIN edge e ON e.no = r.at
  WHERE r.at <> r.start AND r.hops < 10 AND e.next >= r.start AND e.next <> e.no
),
loop_start AS (
  SELECT DISTINCT start FROM reach WHERE at = start
),
loop_walk AS (
  SELECT e.no AS start, e.field AS first_field, ARRAY[e.no] AS path, e.next, e.field,
         CASE WHEN e.next = e.no THEN e.returns ELSE e.goes || e.pronoun END AS said
  FROM edge e JOIN loop_start s ON s.start = e.no
  WHERE e.next >= e.no
  UNION ALL
  SELECT w.start, w.first_field, w.path || e.no, e.next, e.field,
         w.said || CASE WHEN e.next = w.start THEN e.returns ELSE e.goes || e.pronoun END
  FROM loop_walk w JOIN edge e ON e.no = w.next
  WHERE w.next <> w.start AND cardinality(w.path) < 10
    AND e.next >= w.start AND e.next <> e.no AND e.next <> ALL (w.path[2:])
),
-- Of loops that leave and reach their least member by the same forwards, the shortest stands for all.
loop AS (
  SELECT DISTINCT ON (start, first_field, path[cardinality(path)], field) start, first_field, path, said
  FROM loop_walk WHERE next = start
  ORDER BY start, first_field, path[cardinality(path)], field, cardinality(path), path
),
-- Where at least so many forwards can be followed one after the other.
height AS (
  SELECT 1 AS hops, no FROM edge WHERE next <> no
  UNION
  SELECT h.hops + 1, e.no FROM height h JOIN edge e ON e.next = h.no WHERE h.hops < 10 AND e.next <> e.no
),
highest AS (
  SELECT no, max(hops) AS hops FROM height GROUP BY no
),
-- The longest way on comes first; exact where there are no loops, and those are to be mended first.
successors AS (
  SELECT e.no, array_agg(e.next ORDER BY h.hops DESC NULLS LAST, e.field) AS nexts
  FROM edge e LEFT JOIN highest h ON h.no = e.next
  WHERE e.next <> e.no
  GROUP BY e.no
),
chain_walk AS (
  SELECT no AS start, ARRAY[no] AS path, no AS at FROM highest WHERE hops = 10
  UNION ALL
  SELECT w.start, w.path || n.next, n.next
  FROM chain_walk w JOIN successors s ON s.no = w.at
  CROSS JOIN LATERAL (SELECT next FROM unnest(s.nexts) WITH ORDINALITY AS u (next, place)
                      WHERE next <> ALL (w.path) ORDER BY place LIMIT 1) AS n
  WHERE cardinality(w.path) < 11
),
chain AS (
  SELECT start, path FROM chain_walk WHERE cardinality(path) = 11
),
-- What goes before a chain's start and is too long itself. An extension that is only dialled does not count.
chain_before AS (
  SELECT e.next AS start, min(c.start) AS least
  FROM edge e
  JOIN chain c ON c.start = e.no
  LEFT JOIN (SELECT DISTINCT next AS no FROM edge) AS led_to ON led_to.no = e.no
  WHERE e.field <> 'dest_id' OR led_to.no IS NOT NULL
  GROUP BY e.next
),
chain_ahead AS (
  SELECT c.start, min(m.no) AS least, bool_or(m.place = 2) AS second
  FROM chain c
  CROSS JOIN LATERAL unnest(c.path) WITH ORDINALITY AS m (no, place)
  JOIN chain o ON o.start = m.no
  GROUP BY c.start
),
-- Each once: from its first member, or, where it is a ring, from its least; a long ring has several that are less
-- than all around them.
long_chain AS (
  SELECT c.start, c.path,
         -- The last user whose forward would need the eleventh.
         (SELECT max(place) FROM unnest(c.path[:10]) WITH ORDINALITY AS u (no, place) WHERE no < 1000000000) AS cut
  FROM chain c
  JOIN node n ON n.no = c.start
  JOIN chain_ahead a ON a.start = c.start
  LEFT JOIN chain_before b ON b.start = c.start
  WHERE CASE WHEN b.start IS NULL THEN n.kind = 'user' OR NOT a.second
             ELSE c.start <= b.least AND c.start = a.least END
),

-- ---- Calls that nobody can take -----------------------------------------------------------------------

-- A call to each user who is always forwarded or has no device that could ring, as the module handles it, up to where
-- somebody has one: that they are not to be disturbed just now is no problem. So far there is one way for it: not busy,
-- as nobody is there to be.
fate AS (
  SELECT no AS start, no AS at, ARRAY[no] AS path, 'user' AS state, '' AS said, NULL::text AS status
  FROM rule WHERE diverted OR rest <> 'ring'
  UNION ALL
  SELECT f.start, o.next, f.path || o.via || o.next, o.state, f.said || o.said, o.status
  FROM fate f JOIN rule r ON r.no = f.at
  CROSS JOIN LATERAL (
    SELECT * FROM (VALUES
      (1, r.always_via, r.always_next, r.always_state, r.always_said, r.always_label),
      (2, r.second_via, r.second_next, r.second_state,
          'has no device that could ring' || CASE WHEN r.undisturbed THEN ', is not to be disturbed, and ' ELSE ' and ' END || r.second_said,
          r.second_label),
      (3, '{}', NULL, CASE WHEN r.rest ~ '^4' THEN 'hangup' ELSE r.rest END,
          'has no device that could ring, nor a forward that could be followed, nor a voicemail box'
            || CASE r.rest WHEN '486' THEN ', and is not to be disturbed' ELSE '' END, r.rest)
    ) AS v (place, via, next, state, said, status)
    WHERE state IS NOT NULL AND (place = 3 OR (next = ANY (f.path)) IS NOT TRUE
                                 AND cardinality(f.path) + cardinality(via) + (state = 'user')::int <= 10)
    ORDER BY place LIMIT 1) AS o
  WHERE f.state = 'user'
),

-- ---- The problems -------------------------------------------------------------------------------------

found (no, problem, field, sentence) AS (
  SELECT l.start, 'forward_loop', l.first_field,
         concat(n.label, ' ', l.said, CASE cardinality(l.path)
           WHEN 1 THEN ': this is never followed and counts as not set. Change or clear it.'
           ELSE ': a call visits each of them once, so the forward that would return to one of them is not followed and counts as not set. Change or clear one of these forwards.'
         END)
  FROM loop l JOIN node n ON n.no = l.start

  UNION ALL
  SELECT c.start, 'chain_too_long', e.field,
         concat(n.label, ' ', e.goes, ' and so on, over more than 10 users and extensions: a call visits 10 of them, so ',
           coalesce('that ' || u.label || ' forwards to ' || t.label || ' is not followed and counts as not set.', 'this leads nowhere.'),
           ' Lead calls to where they are to end by fewer forwards.')
  FROM long_chain c
  JOIN node n ON n.no = c.start
  JOIN edge e ON e.no = c.start AND e.next = c.path[2]
  LEFT JOIN node u ON u.no = c.path[c.cut]
  LEFT JOIN node t ON t.no = c.path[c.cut + 1]

  UNION ALL
  SELECT no, CASE state WHEN 'disabled' THEN 'disabled_target' ELSE 'missing_target' END, field,
         concat(owner, ' ', words, ' to ', label, CASE state
           WHEN 'disabled' THEN ', but that is disabled'
           WHEN 'foreign' THEN ', but that belongs to another account'
           WHEN 'no status' THEN ', but that is no SIP status from 400 to 699'
           WHEN 'no template' THEN ', but that has no URI: neither an address of its own nor a template for its kind'
           WHEN 'no number' THEN ', but that has no URI: the template of its kind needs a number, and its address is not set'
           ELSE ', but the account has no such target' END,
         CASE field
           WHEN 'fwd_always_id' THEN ': calls are handled as if this was not set.'
           WHEN 'voicemail_id' THEN ': calls that should go there are hung up.'
           WHEN 'dest_id' THEN ': dialling it, or forwarding to it, leads nowhere.'
           ELSE ': such calls go to the voicemail box, or are hung up where there is none.' END,
         CASE state WHEN 'disabled' THEN ' Enable it, or choose another.' ELSE ' Correct the target, or choose another.' END)
  FROM target WHERE state NOT IN ('user', 'extension', 'uri', 'hangup')

  UNION ALL
  SELECT f.start, 'only_hangs_up', NULL,
         concat('Every call to ', n.label, ' ends with ', right(f.status, 3), ': ', n.label, ' ', f.said,
           CASE f.status
             WHEN '480' THEN '. Add a device that can ring, a voicemail box, or a forward on no answer.'
             WHEN '486' THEN '. Add a voicemail box or a forward when busy, or a device that can ring, with do-not-disturb off.'
             ELSE '. Clear that, or lead it to someone who can answer.' END)
  FROM fate f JOIN node n ON n.no = f.start
  WHERE f.state = 'hangup'

  UNION ALL
  SELECT m.no, 'no_device', NULL,
         concat(m.label, CASE
           WHEN d.count IS NULL THEN ' has no device'
           WHEN d.fit > 0 THEN ' rings specific devices only, but none of theirs is chosen for that (ring_specific = 1)'
           ELSE ' has no device that could ring: each is disabled, not available, or rings only when dialled itself (ring_on_fork = 0)' END,
         CASE WHEN m.undisturbed THEN ': once do-not-disturb is off, calls ring nowhere.'
              ELSE ': calls ring nowhere and count at once as not answered.' END,
         CASE WHEN d.count IS NULL THEN ' Add one.' ELSE ' Mend one of them.' END)
  FROM member m
  JOIN rule r ON r.no = m.no
  LEFT JOIN devices d ON d.user_id = m.id
  WHERE NOT r.ring AND NOT r.diverted

  UNION ALL
  SELECT m.no, 'unverified_number', 'out_cid_number',
         concat(m.label, ' should be shown to the PSTN as ', m.out_cid_number, ', but that number is ',
           CASE WHEN c.e164 IS NULL THEN 'none of the account''s' ELSE 'not verified' END, ': calls show ',
           coalesce('the account''s number ' || b.e164, 'no number'), ' instead. Verify the number, or choose a verified one.')
  FROM member m
  JOIN account a ON a.id = m.account_id
  LEFT JOIN mirror_cid_number c ON c.account_id = m.account_id AND c.e164 = m.out_cid_number
  LEFT JOIN mirror_cid_number b ON b.account_id = m.account_id AND b.e164 = a.default_cid_number AND b.verified = 1
  WHERE m.out_cid_number IS NOT NULL AND c.verified IS DISTINCT FROM 1
)
SELECT n.account_id, f.problem, CASE n.kind WHEN 'user' THEN 'sip_user' ELSE n.kind END AS object, n.id AS object_id, f.field,
       upper(left(f.sentence, 1)) || substr(f.sentence, 2) AS sentence
FROM found f JOIN node n ON n.no = f.no

UNION ALL
SELECT a.id, 'unverified_number', 'account', a.id, 'default_cid_number',
       concat('The account should be shown to the PSTN as ', a.default_cid_number, ', but that number is ',
         CASE WHEN c.e164 IS NULL THEN 'none of its own' ELSE 'not verified' END,
         ': calls of users without a verified number show no number. Verify the number, or choose a verified one.')
FROM account a LEFT JOIN mirror_cid_number c ON c.account_id = a.id AND c.e164 = a.default_cid_number
WHERE a.default_cid_number IS NOT NULL AND c.verified IS DISTINCT FROM 1

UNION ALL
SELECT m.account_id, 'foreign_realm', 'sip_device', d.id, 'realm',
       concat('Device ', d.auth_username, '@', d.realm, ' of ', m.label, ' has its address in a domain of another account: ',
         'who dials it there does not reach it. Set its realm to a domain of the user''s account.')
FROM mirror_device d
JOIN member m ON m.id = d.user_id
JOIN mirror_domain o ON o.domain = d.realm AND o.account_id <> m.account_id
WHERE d.status = 'active'

ORDER BY 1, 2, 3, 4, 5, 6
$$;
COMMENT ON FUNCTION ur_routing_problems() IS 'The rows of routing_problem.';

CREATE VIEW routing_problem AS
SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems();
COMMENT ON VIEW routing_problem IS
  'What is configured and cannot work as it stands, a row each; none: all is well. Who reads it needs SELECT on the mirror_* views, too.';
COMMENT ON COLUMN routing_problem.account_id IS 'The account it is in.';
COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; once, at its user with the least id, or extension if it has no user. chain_too_long: over more than 10 users and extensions; at its first, or where it is a ring at the least (in a long one, the least of a stretch). missing_target: not there, in another account, or without a URI. disabled_target: a disabled user or extension. only_hangs_up: no call to the user can be answered. no_device: calls to the user ring nothing, registered or not. unverified_number: not to be shown to the PSTN. foreign_realm: a device in another account''s domain.';
COMMENT ON COLUMN routing_problem.object IS 'Table of the row to mend: account, sip_user, sip_device or extension.';
COMMENT ON COLUMN routing_problem.object_id IS 'Id of that row.';
COMMENT ON COLUMN routing_problem.field IS 'Its column to mend (with fwd_..._id and dest_id goes the kind); NULL: there is more than one way.';
COMMENT ON COLUMN routing_problem.sentence IS 'Who, what happens to calls, and what to do, for people to read.';
