-- SPDX-License-Identifier: GPL-2.0-or-later
-- Records of calls (WITH_RECORDS_DB in kamailio.cfg.sample), in any database. Run this as a role that may create roles; running it
-- again changes nothing:  psql -v ON_ERROR_STOP=1 -f sql/records.sql "$DATABASE_URL"
--   user_routing_records   Kamailio writes by it. It may call call_record_add() and nothing else: it can't read records
-- It is created without a password. Set one (\password user_routing_records), or allow another method in pg_hba.conf.
\set ON_ERROR_STOP 1
BEGIN;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'user_routing_records') THEN
    CREATE ROLE user_routing_records LOGIN;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO user_routing_records', current_database());
END
$$;
COMMENT ON ROLE user_routing_records IS 'Kamailio with user_routing: writes records of calls.';

CREATE TABLE IF NOT EXISTS call_record (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  began          timestamptz NOT NULL,
  answered       timestamptz,
  ended          timestamptz NOT NULL,
  talked         interval GENERATED ALWAYS AS (ended - answered) STORED,
  ended_by       text,
  status         integer,
  call_id        text,
  caller         text,
  caller_device  text,
  shown          text,
  dialled        text,
  called         text,
  forwarder      text,
  forward_reason text,
  "user"         text,
  device         text,
  target         text,
  target_id      text,
  number         text,
  gateway        text,
  payer          text,
  payer_account  text
);
-- Kamailio writes again what a database that hung may have taken.
CREATE UNIQUE INDEX IF NOT EXISTS call_record_once ON call_record (began, call_id);

COMMENT ON TABLE call_record IS 'A record of each call, written when it is over. Texts have %hh for all but letters, digits and -_.~@:+, so that no text can be taken for another field.';
COMMENT ON COLUMN call_record.id IS 'Numbers the records as they were written.';
COMMENT ON COLUMN call_record.began IS 'When the INVITE came.';
COMMENT ON COLUMN call_record.answered IS 'When the call was answered; NULL: it was not.';
COMMENT ON COLUMN call_record.ended IS 'When the BYE came, or the final response was sent.';
COMMENT ON COLUMN call_record.talked IS 'From the answer to the end.';
COMMENT ON COLUMN call_record.ended_by IS 'caller or callee: who hung up; server: Kamailio ended the call, or gave it up after 12 hours. NULL: it was not answered.';
COMMENT ON COLUMN call_record.status IS 'The SIP status that the caller got; 200: answered.';
COMMENT ON COLUMN call_record.call_id IS 'Call-ID, of which the first 128 characters count.';
COMMENT ON COLUMN call_record.caller IS 'The user who called (sip_user.id); NULL: a trunk.';
COMMENT ON COLUMN call_record.caller_device IS 'The device that called, auth_username@realm.';
COMMENT ON COLUMN call_record.shown IS 'The URI that the called side saw; of a trunk''s call that reached nobody, what the trunk sent.';
COMMENT ON COLUMN call_record.dialled IS 'The URI that was dialled.';
COMMENT ON COLUMN call_record.called IS 'The first user that the call came to (sip_user.id).';
COMMENT ON COLUMN call_record.forwarder IS 'The last user who forwarded the call (sip_user.id).';
COMMENT ON COLUMN call_record.forward_reason IS 'Why: unconditional, do-not-disturb, user-busy, no-answer or unavailable.';
COMMENT ON COLUMN call_record."user" IS 'The user who answered (sip_user.id).';
COMMENT ON COLUMN call_record.device IS 'The device that answered, auth_username@realm.';
COMMENT ON COLUMN call_record.target IS 'Where the call went instead of a device: voicemail, queue, forward (the PSTN), …';
COMMENT ON COLUMN call_record.target_id IS 'The id of that target.';
COMMENT ON COLUMN call_record.number IS 'The number that the gateway got.';
COMMENT ON COLUMN call_record.gateway IS 'The gateway that was tried last.';
COMMENT ON COLUMN call_record.payer IS 'The user who pays for the call to the PSTN (sip_user.id): who forwards, else who calls.';
COMMENT ON COLUMN call_record.payer_account IS 'The account that pays (account.id).';

-- What Kamailio calls: an object with these fields, each a text; those that do not apply are "" or missing.
CREATE OR REPLACE FUNCTION call_record_add(record json) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r jsonb := '{}';
BEGIN
  SELECT coalesce(jsonb_object_agg(key, value), r) INTO r FROM json_each_text(record) WHERE value <> '';
  INSERT INTO public.call_record (began, answered, ended, ended_by, status, call_id, caller, caller_device, shown, dialled, called,
    forwarder, forward_reason, "user", device, target, target_id, number, gateway, payer, payer_account)
  VALUES (to_timestamp((r->>'began')::float8), to_timestamp((r->>'answered')::float8), to_timestamp((r->>'ended')::float8),
    r->>'ended_by', (r->>'status')::integer, r->>'call_id', r->>'caller', r->>'caller_device', r->>'shown', r->>'dialled', r->>'called',
    r->>'forwarder', r->>'forward_reason', r->>'user', r->>'device', r->>'target', r->>'target_id', r->>'number', r->>'gateway',
    r->>'payer', r->>'payer_account')
  ON CONFLICT (began, call_id) DO NOTHING;
  RETURN 1;
EXCEPTION WHEN not_null_violation OR data_exception THEN
  RETURN 0;  -- tried again, it would be refused again
END
$$;
COMMENT ON FUNCTION call_record_add(json) IS 'Adds a record of a call to call_record.';
REVOKE ALL ON FUNCTION call_record_add(json) FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO user_routing_records;
GRANT EXECUTE ON FUNCTION call_record_add(json) TO user_routing_records;

COMMIT;
