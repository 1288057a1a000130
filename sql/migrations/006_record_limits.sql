-- SPDX-License-Identifier: GPL-2.0-or-later
-- What is too much for one record of the module is told as a problem: more than 200 devices of a user, more than
-- 1,000 domains and numbers of an account. (UR_MAX_DEVICES and UR_MAX_DOMAINS of mirror/store/record.h.)

CREATE OR REPLACE VIEW routing_problem AS
SELECT account_id, problem, object, object_id, field, sentence FROM ur_routing_problems()

UNION ALL
SELECT u.account_id, 'too_many_devices', 'sip_user', u.id, NULL,
       concat('User ', u.username, ' (' || nullif(u.display_name, '') || ')', ' has ', d.count, ' devices, and 200 is the most:',
         ' no change of the user and the devices comes into force, and after a restart of Kamailio the user does not exist. Take some away.')
FROM (SELECT user_id, count(*) AS count FROM mirror_device GROUP BY user_id HAVING count(*) > 200) AS d
JOIN mirror_user u ON u.id = d.user_id AND u.status = 'active'
JOIN mirror_account a ON a.id = u.account_id AND a.status = 'active'

UNION ALL
SELECT a.id, 'too_many_domains', 'account', a.id, NULL,
       concat('The account has ', t.count, ' domains and numbers, and 1,000 is the most:',
         ' no change of them comes into force, and after a restart of Kamailio the account does not exist. Take some away.')
FROM (
  SELECT account_id, count(*) AS count
  FROM (SELECT account_id FROM mirror_domain UNION ALL SELECT account_id FROM mirror_cid_number) AS all_of_them
  GROUP BY account_id HAVING count(*) > 1000
) AS t
JOIN mirror_account a ON a.id = t.account_id AND a.status = 'active'

ORDER BY 1, 2, 3, 4, 5, 6;

COMMENT ON COLUMN routing_problem.problem IS
  'forward_loop: forwards lead back to where they began; once, at its user with the least id, or extension if it has no user. chain_too_long: over more than 10 users and extensions; at its first, or where it is a ring at the least (in a long one, the least of a stretch). missing_target: not there, in another account, or without a URI. disabled_target: a disabled user or extension. only_hangs_up: no call to the user can be answered. no_device: calls to the user ring nothing, registered or not. unverified_number: not to be shown to the PSTN. foreign_realm: a device in another account''s domain. too_many_devices, too_many_domains: more than the module takes of one user, of one account.';
