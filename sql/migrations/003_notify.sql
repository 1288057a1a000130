-- SPDX-License-Identifier: GPL-2.0-or-later
-- Tells the module what changed, at COMMIT, by NOTIFY user_routing. A payload is lines of items:
--   user ID          the user or one of their devices       account ID  the account, its domains or numbers
--   extension ID     target ACCOUNT KIND ID     kind KIND
--   resync           too much to name: read everything again
-- One trigger call a statement, whatever its rows; a statement that changed nothing the module reads is silent.

CREATE FUNCTION ur_notify_send(payload text) RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
  SELECT pg_notify('user_routing', payload);
END;
COMMENT ON FUNCTION ur_notify_send(text) IS 'Sends one payload on the module''s channel.';

-- PostgreSQL takes payloads of up to 7999 bytes.
CREATE FUNCTION ur_notify_payloads(items text[]) RETURNS SETOF text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog
AS $$
DECLARE
  item text;
  payload text;
BEGIN
  FOREACH item IN ARRAY items LOOP
    IF octet_length(payload) + 1 + octet_length(item) > 7900 THEN
      RETURN NEXT payload;
      payload := item;
    ELSE
      payload := concat_ws(E'\n', payload, item);
    END IF;
  END LOOP;
  IF payload IS NOT NULL THEN
    RETURN NEXT payload;
  END IF;
END
$$;
COMMENT ON FUNCTION ur_notify_payloads(text[]) IS 'Packs items into as few payloads of at most 7900 bytes as they need.';

-- Items are counted over the whole transaction, in a setting that lives as long as it does: a bulk load may
-- insert row by row. (What a DELETE cascades to counts as one statement a table.)
CREATE FUNCTION ur_notify(items text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
DECLARE
  sent integer := coalesce(nullif(current_setting('user_routing.items_sent', true), ''), '0');
BEGIN
  IF cardinality(items) = 0 THEN
    RETURN;
  END IF;
  sent := least(sent + cardinality(items), 1001);
  PERFORM set_config('user_routing.items_sent', sent::text, true);
  IF sent > 1000 THEN
    PERFORM public.ur_notify_send('resync');
  ELSE
    PERFORM public.ur_notify_send(p) FROM public.ur_notify_payloads(items) AS p;
  END IF;
END
$$;
COMMENT ON FUNCTION ur_notify(text[]) IS
  'Announces items; from the 1001st of a transaction on it is resync, once (PostgreSQL drops equal payloads of a transaction).';

-- Makes a table announce its changes. Also for the tables of a database that was plugged in by its own views.
-- An UPDATE is compared as sets of the columns that matter: what stands in one of old and new rows only did
-- change, which covers moved keys (both owners are told) and leaves out rows written back as they were.
CREATE FUNCTION ur_notify_watch(watched regclass, item text, columns text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
DECLARE
  tab text := (SELECT relname FROM pg_class WHERE oid = watched);
  event text;
  rows_of constant jsonb := '{"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows",
                              "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows"}';
BEGIN
  EXECUTE format($f$
    CREATE OR REPLACE FUNCTION public.%1$I() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog
    AS $body$
    BEGIN
      CASE TG_OP
      WHEN 'INSERT' THEN
        PERFORM public.ur_notify(ARRAY(SELECT DISTINCT %2$s FROM new_rows LIMIT 1001));
      WHEN 'DELETE' THEN
        PERFORM public.ur_notify(ARRAY(SELECT DISTINCT %2$s FROM old_rows LIMIT 1001));
      WHEN 'UPDATE' THEN
        PERFORM public.ur_notify(ARRAY(SELECT DISTINCT %2$s FROM (
          (SELECT %3$s FROM old_rows EXCEPT SELECT %3$s FROM new_rows) UNION ALL
          (SELECT %3$s FROM new_rows EXCEPT SELECT %3$s FROM old_rows)) AS changed LIMIT 1001));
      ELSE -- TRUNCATE
        PERFORM public.ur_notify_send('resync');
      END CASE;
      RETURN NULL;
    END
    $body$
  $f$, 'ur_notify_' || tab, item, columns);

  EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
    tab || '_notify_truncate', watched, 'ur_notify_' || tab);
  FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
      tab || '_notify_' || event, event, watched, rows_of ->> event, 'ur_notify_' || tab);
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_notify_watch(regclass, text, text) IS
  'Makes a table announce its changes: the item that names a row (an SQL expression), and the columns whose change matters.';

-- The columns are those that the table's mirror_* view shows.
SELECT ur_notify_watch('account',    $$'account ' || id$$, 'id, status, default_cid_number');
SELECT ur_notify_watch('sip_domain', $$'account ' || account_id$$, '*');
SELECT ur_notify_watch('cid_number', $$'account ' || account_id$$, '*');
SELECT ur_notify_watch('sip_user',   $$'user ' || id$$, '*');
SELECT ur_notify_watch('sip_device', $$'user ' || user_id$$,
  'id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status');
SELECT ur_notify_watch('extension',  $$'extension ' || id$$, '*');
SELECT ur_notify_watch('route_target', $$'target ' || account_id || ' ' || kind || ' ' || id$$, '*');
SELECT ur_notify_watch('route_target_kind', $$'kind ' || kind$$, '*');
