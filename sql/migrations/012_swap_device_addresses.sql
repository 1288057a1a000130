-- SPDX-License-Identifier: GPL-2.0-or-later
-- See 009: two devices may swap their addresses.

ALTER TABLE sip_device
  DROP CONSTRAINT sip_device_auth_username_realm_unique,
  ADD CONSTRAINT sip_device_auth_username_realm_unique UNIQUE (auth_username, realm) DEFERRABLE INITIALLY IMMEDIATE;
