-- SPDX-License-Identifier: GPL-2.0-or-later
-- What Kamailio reads: mirror_* by the module, sip_auth by auth_db. An existing database is plugged in by
-- redefining these views over its own tables, with the same columns in the same order and of the same types.
-- They run with their owner's rights, so that their readers need no right on any table.

CREATE OR REPLACE VIEW mirror_meta AS
SELECT 1 AS schema_version;
COMMENT ON VIEW mirror_meta IS 'One row that tells the module what to expect.';
COMMENT ON COLUMN mirror_meta.schema_version IS
  'Version of the shape of the mirror_* views: grows when they change so that an older module cannot read them.';

CREATE OR REPLACE VIEW mirror_account AS
SELECT id, status, default_cid_number FROM account;
COMMENT ON VIEW mirror_account IS 'Accounts, as the module reads them.';

CREATE OR REPLACE VIEW mirror_domain AS
SELECT domain, account_id FROM sip_domain;
COMMENT ON VIEW mirror_domain IS 'Domains and their accounts, as the module reads them.';

CREATE OR REPLACE VIEW mirror_user AS
SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
       fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
       voicemail_id, out_cid_number, out_cid_name
FROM sip_user;
COMMENT ON VIEW mirror_user IS 'Users, as the module reads them.';

CREATE OR REPLACE VIEW mirror_device AS
SELECT id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status
FROM sip_device;
COMMENT ON VIEW mirror_device IS 'Devices, as the module reads them: without ha1 and ha1b.';

CREATE OR REPLACE VIEW mirror_extension AS
SELECT id, account_id, digits, dest_kind, dest_id, status FROM extension;
COMMENT ON VIEW mirror_extension IS 'Extensions, as the module reads them.';

CREATE OR REPLACE VIEW mirror_route_target AS
SELECT account_id, kind, id, address FROM route_target;
COMMENT ON VIEW mirror_route_target IS 'Route targets, as the module reads them.';

CREATE OR REPLACE VIEW mirror_route_target_kind AS
SELECT kind, uri_template FROM route_target_kind;
COMMENT ON VIEW mirror_route_target_kind IS 'Kinds of route targets, as the module reads them.';

CREATE OR REPLACE VIEW mirror_cid_number AS
SELECT account_id, e164, verified FROM cid_number;
COMMENT ON VIEW mirror_cid_number IS 'Numbers an account may present, as the module reads them.';

-- security_barrier: rows that the condition hides cannot be coaxed out by a reader's own expressions.
CREATE OR REPLACE VIEW sip_auth WITH (security_barrier) AS
SELECT d.auth_username AS username, d.realm AS domain, d.ha1
FROM sip_device d
JOIN sip_user u ON u.id = d.user_id
JOIN account a ON a.id = u.account_id
WHERE d.ha1 IS NOT NULL AND d.status = 'active' AND u.status = 'active' AND a.status = 'active';
COMMENT ON VIEW sip_auth IS
  'Credentials of the devices that may authenticate: active ones of active users in active accounts.';
COMMENT ON COLUMN sip_auth.username IS 'sip_device.auth_username';
COMMENT ON COLUMN sip_auth.domain IS 'sip_device.realm';
COMMENT ON COLUMN sip_auth.ha1 IS 'sip_device.ha1: a credential.';
