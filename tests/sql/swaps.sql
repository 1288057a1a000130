-- SPDX-License-Identifier: GPL-2.0-or-later
-- What is unique can be swapped within a transaction, and stays unique.
\ir include/begin.psql
\ir include/hours.psql
\ir include/groups.psql

INSERT INTO sip_user (id, account_id, username) VALUES ('us_u', 'acc_t', 'u');
INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_u', 'us_t', 'u-desk', 't.example');
INSERT INTO extension (id, account_id, digits, dest_kind, dest_id) VALUES ('ext_u', 'acc_t', '11', 'user', 'us_u');

CREATE TEMP TABLE swap (tab text, col text, one text, other text, name text);
INSERT INTO swap VALUES
  ('sip_user', 'username', 't', 'u', 'sip_user_username_unique_per_account'),
  ('sip_device', 'auth_username', 't-desk', 'u-desk', 'sip_device_auth_username_realm_unique'),
  ('extension', 'digits', '10', '11', 'extension_digits_unique_per_account');
CREATE FUNCTION pg_temp.change(swap, was text, new text) RETURNS text LANGUAGE sql
RETURN format('UPDATE %1$I SET %2$I = %4$L WHERE %2$I = %3$L', $1.tab, $1.col, was, new);

SELECT is(pg_temp.outcome(format('UPDATE %1$I SET %2$I = CASE %2$I WHEN %3$L THEN %4$L ELSE %3$L END WHERE %2$I IN (%3$L, %4$L)', tab, col, one, other)),
          'accepted', tab || ': in one statement') FROM swap;
SELECT is(pg_temp.outcome(concat_ws('; ', 'SET CONSTRAINTS ALL DEFERRED',
            format('UPDATE %1$I SET %2$I = %4$L WHERE id LIKE ''%%_t''', tab, col, one, other),
            format('UPDATE %1$I SET %2$I = %3$L WHERE id LIKE ''%%_u''', tab, col, one, other), 'SET CONSTRAINTS ALL IMMEDIATE')),
          'accepted', tab || ': in two, checked at the end') FROM swap;
SELECT is(pg_temp.outcome(concat_ws('; ', 'SET CONSTRAINTS ALL DEFERRED', pg_temp.change(swap, one, other), 'SET CONSTRAINTS ALL IMMEDIATE')),
          '23505 ' || name, tab || ': the end refuses what is not unique') FROM swap;
SELECT is(pg_temp.outcome(pg_temp.change(swap, one, other)), '23505 ' || name, tab || ': without that, at once') FROM swap;

-- Two rules may change places.
INSERT INTO user_rule (id, user_id, position, event, action) VALUES ('rule_u', 'us_t', 2, 'always', 'reject');
SELECT is(pg_temp.outcome(statement), expected, pg_temp.one_line(statement)) FROM (VALUES
  ('UPDATE user_rule SET position = 3 - position', 'accepted'),
  ($$SET CONSTRAINTS ALL DEFERRED; UPDATE user_rule SET position = 2 WHERE id = 'rule_t'; UPDATE user_rule SET position = 1 WHERE id = 'rule_u';
     SET CONSTRAINTS ALL IMMEDIATE$$, 'accepted'),
  ($$UPDATE user_rule SET position = 2 WHERE id = 'rule_t'$$, '23505 user_rule_position_unique_per_user_and_event'),
  ($$UPDATE user_rule SET position = 2, event = 'busy' WHERE id = 'rule_t'$$, 'accepted')
) AS c (statement, expected);

-- And two members of a group.
INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_t', 2, 'device', 'dev_u');
SELECT is(pg_temp.outcome(statement), expected, pg_temp.one_line(statement)) FROM (VALUES
  ('UPDATE ring_group_member SET position = 3 - position', 'accepted'),
  ($$SET CONSTRAINTS ALL DEFERRED; UPDATE ring_group_member SET position = 2 WHERE member_kind = 'user'; UPDATE ring_group_member SET position = 1 WHERE member_kind = 'device';
     SET CONSTRAINTS ALL IMMEDIATE$$, 'accepted'),
  ($$UPDATE ring_group_member SET position = 2 WHERE member_kind = 'user'$$, '23505 ring_group_member_position_unique_per_group')
) AS c (statement, expected);

\ir include/end.psql
