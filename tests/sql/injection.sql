-- SPDX-License-Identifier: GPL-2.0-or-later
-- No text that an application writes goes on in a header, in a URI or in a line of the log: each text column, of the
-- tables as they are, refuses what could. (What becomes of such a text without constraints: tests/sip/cases/fraud-rows.)
\ir include/begin.psql
\ir include/hours.psql
\ir include/groups.psql
INSERT INTO target_host VALUES ('pbx.example');

CREATE TEMP TABLE text_column AS
SELECT c.table_name AS tab, c.column_name AS col
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'text';

SELECT is(count(*) >= 80, true, 'text columns are found') FROM text_column;

-- Lines, in every column.
SELECT isnt(pg_temp.outcome(format('UPDATE %I SET %I = %L', tab, col, value)), 'accepted',
            pg_temp.one_line(format('%s.%s refuses %L', tab, col, value)))
FROM text_column, unnest(ARRAY[E'a\r\nX-Injected: 1', E'a\nX-Injected: 1', E'a\rX-Injected: 1', E'sip:a@b\r\n\r\n', E'\r\n a', E'a\u000bb',
                               E'a\u000cb', E'a\u0001', E'4930\n', E'a\u007f', E'486\r\nX: 1']) AS value
WHERE (tab, col) NOT IN (('schema_migration', 'name'));

-- What ends a URI or its host, in what stands there unescaped. As a whole, and behind a good beginning.
SELECT isnt(pg_temp.outcome(format('UPDATE %I SET %I = %L', tab, col, good || value)), 'accepted',
            pg_temp.one_line(format('%s.%s refuses %L', tab, col, good || value)))
FROM (VALUES ('sip_domain', 'domain', 'a'), ('sip_device', 'realm', 'a'), ('route_target', 'address', 'sip:a@b'), ('route_target', 'address', '49301'),
             ('route_target_kind', 'uri_template', 'sip:{id}@b'), ('sip_user', 'username', 'a'), ('sip_device', 'auth_username', 'a'),
             ('extension', 'digits', '1'), ('account', 'default_cid_number', '49301'), ('sip_user', 'out_cid_number', '49301'),
             ('cid_number', 'e164', '49301'), ('target_host', 'host', 'a'), ('caller_entry', 'what', 'a@b'),
             ('schedule_window', 'days', 'mon'), ('user_rule', 'event', 'busy')) AS c (tab, col, good),
     unnest(ARRAY['>', '<', '"', '\', ' ', '>;x=y', '" <sip:x@y>', E'\u00e9', E'\u010a', E'\u2028', E'\uff1e', '>, <sip:x@y>', '@x', '%0d%0a ']) AS value;

\ir include/end.psql
