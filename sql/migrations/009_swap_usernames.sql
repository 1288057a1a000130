-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two users may swap names, two devices their addresses (012), two extensions their digits (013): in one UPDATE, or in
-- several after
--   SET CONSTRAINTS ALL DEFERRED;
-- in their transaction; COMMIT then checks. Without that each statement is checked at its end, as before.
--
-- ON CONFLICT can't use a constraint that can be deferred. On these tables it must name the id, or another constraint of
-- one's own:  INSERT ... ON CONFLICT (id) DO NOTHING.  With one of these columns, or with none, it fails: "ON CONFLICT
-- does not support deferrable unique constraints". Use MERGE for them. The other unique constraints are primary keys,
-- which foreign keys and ON CONFLICT need as they are.
--
-- One table a migration: a transaction that locks one of them out deadlocks with nobody.

ALTER TABLE sip_user
  DROP CONSTRAINT sip_user_username_unique_per_account,
  ADD CONSTRAINT sip_user_username_unique_per_account UNIQUE (account_id, username) DEFERRABLE INITIALLY IMMEDIATE;
