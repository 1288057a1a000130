-- SPDX-License-Identifier: GPL-2.0-or-later
-- See 009: two extensions may swap their digits.

ALTER TABLE extension
  DROP CONSTRAINT extension_digits_unique_per_account,
  ADD CONSTRAINT extension_digits_unique_per_account UNIQUE (account_id, digits) DEFERRABLE INITIALLY IMMEDIATE;
