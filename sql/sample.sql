-- SPDX-License-Identifier: GPL-2.0-or-later
-- Sample data for trying things out, never for production: every device has the same well-known password.
--   psql -f sql/sample.sql "$DATABASE_URL"                               -- domain acme.example, password sample-secret
--   psql -v sip_domain=pbx.example -v password=... -f sql/sample.sql ...
-- Existing rows stay as they are.
\set ON_ERROR_STOP 1
\if :{?sip_domain}
\else
  \set sip_domain acme.example
\endif
\if :{?password}
\else
  \set password sample-secret
\endif

BEGIN;
SET LOCAL search_path = public;

INSERT INTO account (id, name, default_cid_number) VALUES ('acc_acme', 'Acme', '493055501000')
ON CONFLICT DO NOTHING;
INSERT INTO cid_number (account_id, e164, verified) VALUES
  ('acc_acme', '493055501000', 1),
  ('acc_acme', '493055501008', 1)
ON CONFLICT DO NOTHING;
INSERT INTO sip_domain (domain, account_id) VALUES (lower(:'sip_domain'), 'acc_acme')
ON CONFLICT DO NOTHING;

INSERT INTO sip_user (id, account_id, username, display_name, ring_strategy, ring_timeout_sec) VALUES
  ('us_erin',  'acc_acme', '1000', 'Erin',  'simultaneous', 25),  -- the caller of the tour
  ('us_alice', 'acc_acme', '1001', 'Alice', 'simultaneous', 25),
  ('us_bob',   'acc_acme', '1002', 'Bob',   'sequential',    5),
  ('us_carol', 'acc_acme', '1003', 'Carol', 'specific',     25),
  ('us_dave',  'acc_acme', '1004', 'Dave',  'simultaneous', 25)
ON CONFLICT (id) DO NOTHING;

-- Targets of calls that ring nobody or that nobody answers.
INSERT INTO route_target (account_id, kind, id, address) VALUES
  ('acc_acme', 'voicemail', '1001', NULL),  -- Alice's box, used once her voicemail_id is '1001'
  ('acc_acme', 'voicemail', '1005', NULL),
  ('acc_acme', 'voicemail', '1007', NULL),
  ('acc_acme', 'forward', '49301234567', '49301234567')
ON CONFLICT DO NOTHING;
INSERT INTO sip_user (id, account_id, username, display_name, ring_timeout_sec, dnd, fwd_always_kind, fwd_always_id,
                      fwd_noanswer_kind, fwd_noanswer_id, voicemail_id, out_cid_number) VALUES
  ('us_grace', 'acc_acme', '1005', 'Grace', 25, 1, NULL, NULL, NULL, NULL, '1005', NULL),             -- do not disturb
  ('us_heidi', 'acc_acme', '1006', 'Heidi',  3, 0, NULL, NULL, 'user', 'us_ivan', NULL, NULL),        -- no answer: Ivan
  ('us_ivan',  'acc_acme', '1007', 'Ivan',   3, 0, NULL, NULL, NULL, NULL, '1007', NULL),
  ('us_judy',  'acc_acme', '1008', 'Judy',  25, 0, 'forward', '49301234567', NULL, NULL, NULL, '493055501008')  -- always: PSTN
ON CONFLICT (id) DO NOTHING;
-- ON CONFLICT can't use constraints that allow swaps: those of digits and addresses (migration 009).
INSERT INTO extension (id, account_id, digits, dest_kind, dest_id)
SELECT 'ext_200', 'acc_acme', '200', 'user', 'us_alice'
WHERE NOT EXISTS (SELECT FROM extension WHERE account_id = 'acc_acme' AND digits = '200')
ON CONFLICT (id) DO NOTHING;

INSERT INTO sip_device (id, user_id, auth_username, realm, ha1, ha1b, ring_order, ring_on_fork, ring_specific)
SELECT id, user_id, auth_username, realm,
       md5(auth_username || ':' || realm || ':' || :'password'),
       md5(auth_username || '@' || realm || ':' || realm || ':' || :'password'),
       ring_order, ring_on_fork, ring_specific
FROM (SELECT lower(:'sip_domain') AS realm) AS settings, (VALUES
  ('dev_erin_phone',   'us_erin',  'erin-phone',    0, 1, 0),
  ('dev_alice_desk',   'us_alice', 'alice-desk',    0, 1, 0),
  ('dev_alice_soft',   'us_alice', 'alice-soft',    0, 1, 0),
  ('dev_bob_desk',     'us_bob',   'bob-desk',     10, 1, 0),
  ('dev_bob_mobile',   'us_bob',   'bob-mobile',   20, 1, 0),
  ('dev_carol_desk',   'us_carol', 'carol-desk',    0, 1, 1),
  ('dev_carol_soft',   'us_carol', 'carol-soft',    0, 1, 1),
  ('dev_carol_mobile', 'us_carol', 'carol-mobile',  0, 1, 0),  -- not opted in to specific
  ('dev_dave_desk',    'us_dave',  'dave-desk',     0, 1, 0),
  ('dev_dave_door',    'us_dave',  'dave-door',     0, 0, 0),  -- rings only when dialled itself
  ('dev_grace_desk',   'us_grace', 'grace-desk',    0, 1, 0),
  ('dev_heidi_desk',   'us_heidi', 'heidi-desk',    0, 1, 0),
  ('dev_ivan_desk',    'us_ivan',  'ivan-desk',     0, 1, 0),
  ('dev_judy_desk',    'us_judy',  'judy-desk',     0, 1, 0)
) AS d (id, user_id, auth_username, ring_order, ring_on_fork, ring_specific)
WHERE NOT EXISTS (SELECT FROM sip_device AS there WHERE there.auth_username = d.auth_username AND there.realm = settings.realm)
ON CONFLICT (id) DO NOTHING;

-- A ring in time: the desk phone at once, the softphone after 2 seconds, the mobile through the gateway after 4.
INSERT INTO sip_user (id, account_id, username, display_name) VALUES ('us_kate', 'acc_acme', '1009', 'Kate')
ON CONFLICT (id) DO NOTHING;
INSERT INTO sip_device (id, user_id, auth_username, realm, ha1, ha1b, ring_delay_sec, number)
SELECT id, 'us_kate', auth_username, realm,
       md5(auth_username || ':' || realm || ':' || :'password'),
       md5(auth_username || '@' || realm || ':' || realm || ':' || :'password'),
       ring_delay_sec, number
FROM (VALUES
  ('dev_kate_desk',   'kate-desk',   lower(:'sip_domain'), 0, NULL),
  ('dev_kate_soft',   'kate-soft',   lower(:'sip_domain'), 2, NULL),
  ('dev_kate_tablet', 'kate-tablet', lower(:'sip_domain'), 0, NULL),
  ('dev_kate_mobile', NULL,          NULL,                 4, '491713920009')
) AS d (id, auth_username, realm, ring_delay_sec, number)
WHERE NOT EXISTS (SELECT FROM sip_device AS there WHERE there.auth_username = d.auth_username AND there.realm = d.realm)
ON CONFLICT (id) DO NOTHING;

-- A ring group, extension 300: Dave and Grace at once, Ivan joins after 2 seconds; voicemail of the group itself.
INSERT INTO route_target (account_id, kind, id, address) VALUES ('acc_acme', 'voicemail', 'sales', NULL)
ON CONFLICT DO NOTHING;
INSERT INTO ring_group (id, account_id, name, cid_name_prefix, fwd_noanswer_kind, fwd_noanswer_id) VALUES
  ('grp_sales', 'acc_acme', 'Sales', 'Sales: ', 'voicemail', 'sales')
ON CONFLICT (id) DO NOTHING;
INSERT INTO ring_group_member (group_id, position, member_kind, member_id, ring_delay_sec)
SELECT 'grp_sales', position, 'user', member_id, ring_delay_sec
FROM (VALUES (1, 'us_dave', 0), (2, 'us_grace', 0), (3, 'us_ivan', 2)) AS m (position, member_id, ring_delay_sec)
WHERE NOT EXISTS (SELECT FROM ring_group_member WHERE group_id = 'grp_sales')
ON CONFLICT (group_id, member_kind, member_id) DO NOTHING;
INSERT INTO extension (id, account_id, digits, dest_kind, dest_id)
SELECT 'ext_300', 'acc_acme', '300', 'ring_group', 'grp_sales'
WHERE NOT EXISTS (SELECT FROM extension WHERE account_id = 'acc_acme' AND digits = '300')
ON CONFLICT (id) DO NOTHING;

COMMIT;
