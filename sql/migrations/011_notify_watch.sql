-- SPDX-License-Identifier: GPL-2.0-or-later
-- ur_notify_watch() for tables of any name, schema and type of column, and for those that are written past their
-- statement triggers. What is watched stays watched as it is. Where tables of one name in two schemas are watched, or
-- under names of more than 47 bytes, call it again for them: one may have taken the other's place.
--
--   SELECT ur_notify_watch('app.subscriber', $$'user ' || id$$, 'id, name, status');
--   SELECT ur_notify_watch('app.subscriber', $$'user ' || id$$, 'id, name, status', each_row => true);
--
-- each_row: for tables that logical replication fills, and for partitioned ones whose partitions are written directly.
-- Neither fires statement triggers of the table. Row triggers do, also in partitions that are attached later, and here
-- they are ENABLE ALWAYS. They cost about 15 µs a row. A partition's TRUNCATE is announced for the partitions that are
-- there; call this again when there are new ones. The same call without each_row goes back.

-- And more changes of a transaction are told one by one, 20,000 in place of 1,000: below that, a job that writes a few
-- thousand rows at a time made every node read everything again, without end.

CREATE FUNCTION ur_notify_max() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 20000;
COMMENT ON FUNCTION ur_notify_max() IS 'The items that a transaction may announce by name; with one more it is resync. As many as the module keeps at a time.';

CREATE OR REPLACE FUNCTION ur_notify(items text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
AS $$
DECLARE
  most constant integer := public.ur_notify_max();
  sent integer := coalesce(nullif(current_setting('user_routing.items_sent', true), ''), '0');
BEGIN
  IF cardinality(items) = 0 THEN
    RETURN;
  END IF;
  sent := least(sent + cardinality(items), most + 1);
  PERFORM set_config('user_routing.items_sent', sent::text, true);
  IF sent > most THEN
    PERFORM public.ur_notify_send('resync');
  ELSE
    PERFORM public.ur_notify_send(p) FROM public.ur_notify_payloads(items) AS p;
  END IF;
END
$$;
COMMENT ON FUNCTION ur_notify(text[]) IS
  'Announces items; when a transaction has more than ur_notify_max() it is resync, once (PostgreSQL drops equal payloads of a transaction).';

-- The tables that are watched already, by functions that ur_notify_watch() made.
DO $$
DECLARE
  watching regprocedure;
BEGIN
  FOR watching IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype AND prosrc LIKE '%public.ur_notify(ARRAY(%LIMIT 1001%'
  LOOP
    EXECUTE replace(pg_get_functiondef(watching), 'LIMIT 1001', 'LIMIT public.ur_notify_max() + 1');
  END LOOP;
END
$$;

DROP FUNCTION ur_notify_watch(regclass, text, text);

-- The name of a table's function: its own, or one that no other table uses. Tables may be renamed.
CREATE FUNCTION ur_notify_function(watched regclass) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog
AS $$
DECLARE
  tab text := (SELECT relname FROM pg_class WHERE oid = watched);
  first text := 'ur_notify_' || CASE WHEN octet_length(tab) <= 47 THEN tab ELSE md5(tab) END;
  name text := first;
  tries integer := 1;
BEGIN
  WHILE EXISTS (
    SELECT FROM pg_trigger
    WHERE tgfoid = to_regprocedure(format('public.%I()', name)) AND tgparentid = 0 AND tgrelid <> watched
      AND tgrelid NOT IN (SELECT relid FROM pg_partition_tree(watched)))
  LOOP
    tries := tries + 1;
    name := first || '_' || tries;
  END LOOP;
  RETURN name;
END
$$;
COMMENT ON FUNCTION ur_notify_function(regclass) IS 'The name that ur_notify_watch() gives to a table''s trigger function.';

-- What changed of an UPDATE are the rows that stand in one of old and new only, which covers moved keys (both owners are
-- told) and leaves out rows written back as they were. They are compared as text, as json and others have no equality: for
-- 100,000 rows that takes half a second longer.
CREATE FUNCTION ur_notify_watch(watched regclass, item text, columns text, each_row boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET client_min_messages = warning
AS $$
DECLARE
  tab text := (SELECT relname FROM pg_class WHERE oid = watched);
  prefix text := CASE WHEN octet_length(tab) <= 47 THEN tab ELSE 'ur' END || '_notify_';
  name text := public.ur_notify_function(watched);
  event text;
  part regclass;
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
        PERFORM public.ur_notify(ARRAY(SELECT DISTINCT %2$s FROM %4$s LIMIT public.ur_notify_max() + 1));
      WHEN 'DELETE' THEN
        PERFORM public.ur_notify(ARRAY(SELECT DISTINCT %2$s FROM %5$s LIMIT public.ur_notify_max() + 1));
      WHEN 'UPDATE' THEN
        PERFORM public.ur_notify(ARRAY(
          WITH before AS (SELECT %2$s AS item, ur_seen::text FROM (SELECT %3$s FROM %5$s) AS ur_seen),
               after AS (SELECT %2$s AS item, ur_seen::text FROM (SELECT %3$s FROM %4$s) AS ur_seen)
          SELECT DISTINCT changed.item
          FROM ((SELECT * FROM before EXCEPT SELECT * FROM after) UNION ALL (SELECT * FROM after EXCEPT SELECT * FROM before)) AS changed
          LIMIT public.ur_notify_max() + 1));
      ELSE -- TRUNCATE
        PERFORM public.ur_notify_send('resync');
      END CASE;
      RETURN NULL;
    END
    $body$
  $f$, name, item, columns, CASE WHEN each_row THEN '(SELECT NEW.*) AS new_rows' ELSE 'new_rows' END,
    CASE WHEN each_row THEN '(SELECT OLD.*) AS old_rows' ELSE 'old_rows' END);

  EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
    prefix || 'truncate', watched, name);
  IF each_row THEN
    FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
      EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', prefix || event, watched);
    END LOOP;
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION public.%I()',
      prefix || 'row', watched, name);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I, ENABLE ALWAYS TRIGGER %I', watched, prefix || 'row', prefix || 'truncate');
  ELSE
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', prefix || 'row', watched);
    FOREACH event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
      EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
        prefix || event, event, watched, rows_of ->> event, name);
    END LOOP;
  END IF;
  FOR part IN SELECT relid FROM pg_partition_tree(watched) WHERE relid <> watched LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', prefix || 'truncate', part);
    IF each_row THEN
      EXECUTE format('CREATE TRIGGER %I AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION public.%I()', prefix || 'truncate', part, name);
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', part, prefix || 'truncate');
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION ur_notify_watch(regclass, text, text, boolean) IS
  'Makes a table announce its changes: the item that names a row (an SQL expression), the columns whose change matters; each_row: also where logical replication, or who writes a partition directly, changes it.';
