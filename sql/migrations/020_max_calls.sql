-- SPDX-License-Identifier: GPL-2.0-or-later
-- How many calls in progress a user may have.
--
--   UPDATE sip_user SET max_calls = 2 WHERE id = 'us_alice';

ALTER TABLE sip_user
  ADD max_calls integer
    CONSTRAINT sip_user_max_calls_range CHECK (max_calls BETWEEN 1 AND 1000);
COMMENT ON COLUMN sip_user.max_calls IS
  'Calls in progress that the user may have, 1 to 1000, placed and received together. With that many the user is busy, and a call that the user places gets 486. NULL: no limit.';

-- ---- what the module reads -----------------------------------------------------------------------------------------

-- Replaced if it is as 017 made it. A view of somebody's own stays, and the module takes no limit.
CREATE VIEW ur_mirror_user_of_017 AS
SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
       fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
       voicemail_id, out_cid_number, out_cid_name, dial_class, fwd_unreachable_kind, fwd_unreachable_id
FROM sip_user;
DO $$
BEGIN
  IF pg_get_viewdef('mirror_user'::regclass) = pg_get_viewdef('ur_mirror_user_of_017'::regclass) THEN
    CREATE OR REPLACE VIEW mirror_user AS
    SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd,
           fwd_always_kind, fwd_always_id, fwd_busy_kind, fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id,
           voicemail_id, out_cid_number, out_cid_name, dial_class, fwd_unreachable_kind, fwd_unreachable_id, max_calls
    FROM sip_user;
  END IF;
END
$$;
DROP VIEW ur_mirror_user_of_017;

-- Its changes are announced already: all columns of sip_user are watched. Older modules find all that they know, and
-- limit nobody.
CREATE OR REPLACE VIEW mirror_meta AS
SELECT 7 AS schema_version, 2 AS compatible_from;
