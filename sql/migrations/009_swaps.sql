-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two users may swap names, two extensions their digits, two devices their addresses: in one UPDATE, or in several after
--   SET CONSTRAINTS ALL DEFERRED;
-- in their transaction; COMMIT then checks. Without that each statement is checked at its end, as before.
--
-- ON CONFLICT can't use a constraint that can be deferred. On these tables it must name the id, or another constraint of
-- one's own:  INSERT ... ON CONFLICT (id) DO NOTHING.  With one of these columns, or with none, it fails: "ON CONFLICT
-- does not support deferrable unique constraints". Use MERGE for them. The other unique constraints are primary keys,
-- which foreign keys and ON CONFLICT need as they are.

ALTER TABLE sip_user
  DROP CONSTRAINT sip_user_username_unique_per_account,
  ADD CONSTRAINT sip_user_username_unique_per_account UNIQUE (account_id, username) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE sip_device
  DROP CONSTRAINT sip_device_auth_username_realm_unique,
  ADD CONSTRAINT sip_device_auth_username_realm_unique UNIQUE (auth_username, realm) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE extension
  DROP CONSTRAINT extension_digits_unique_per_account,
  ADD CONSTRAINT extension_digits_unique_per_account UNIQUE (account_id, digits) DEFERRABLE INITIALLY IMMEDIATE;
