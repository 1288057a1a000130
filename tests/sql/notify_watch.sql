-- SPDX-License-Identifier: GPL-2.0-or-later
-- ur_notify_watch() on tables of one's own: names, schemas and columns of any kind; rows that come by replication, or
-- into a partition directly.
\ir include/begin.psql

CREATE TEMP TABLE sent (payload text);
CREATE OR REPLACE FUNCTION ur_notify_send(payload text) RETURNS void LANGUAGE sql VOLATILE AS
  'INSERT INTO pg_temp.sent VALUES (payload)';
CREATE FUNCTION pg_temp.announced(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sent;
  PERFORM set_config('user_routing.items_sent', '', true);
  EXECUTE statement;
  RETURN (SELECT coalesce(string_agg(DISTINCT item, ',' ORDER BY item), '-') FROM sent, string_to_table(payload, E'\n') AS item);
END
$$;

-- ---- Two tables of one name ------------------------------------------------------------------------------

CREATE SCHEMA one;
CREATE SCHEMA "T.wo";
CREATE TABLE one.person (id text, name text);
CREATE TABLE "T.wo".person (id text, name text);
CREATE TABLE person (id text, name text);
SELECT ur_notify_watch('one.person', $$'user one' || id$$, 'id, name');
SELECT ur_notify_watch('"T.wo".person', $$'user two' || id$$, 'id, name');
SELECT ur_notify_watch('person', $$'user three' || id$$, 'id, name');
SELECT ur_notify_watch('one.person', $$'user one' || id$$, '*');
ALTER TABLE person RENAME TO renamed;
CREATE TABLE person (id text, name text);
SELECT ur_notify_watch('person', $$'user four' || id$$, 'id, name');
SELECT is(pg_temp.announced(format($$INSERT INTO %s VALUES ('1')$$, tab)), expected, tab || ' announces its own')
FROM (VALUES ('one.person', 'user one1'), ('"T.wo".person', 'user two1'), ('renamed', 'user three1'), ('person', 'user four1')) AS c (tab, expected);

-- As long as a name may be; the triggers' names would be cut off to the same.
SELECT format('CREATE TABLE %1$s (id text); CREATE TABLE one.%1$s (id text)', repeat('n', 63)) \gexec
SELECT ur_notify_watch(repeat('n', 63)::regclass, $$'user long' || id$$, '*');
SELECT ur_notify_watch(('one.' || repeat('n', 63))::regclass, $$'user longer' || id$$, '*');
SELECT is(pg_temp.announced(format(statement, tab)), format(expected, name), format(statement, name))
FROM (VALUES (repeat('n', 63), 'long'), ('one.' || repeat('n', 63), 'longer')) AS t (tab, name),
  (VALUES ($$INSERT INTO %s VALUES ('1')$$, 'user %s1'), ($$UPDATE %s SET id = '2'$$, 'user %1$s1,user %1$s2'), ('DELETE FROM %s', 'user %s2'), ('TRUNCATE %s', 'resync')) AS c (statement, expected);

-- ---- Types without equality --------------------------------------------------------------------------------

CREATE TABLE odd (id text, j json, x xml, p point, c char(3), n numeric, seen text, a json[]);
INSERT INTO odd VALUES ('1', '{"a": 1}', '<a/>', '(1,2)', 'a', 1, 's', ARRAY['1'::json]);
INSERT INTO odd (id) VALUES ('2');
SELECT ur_notify_watch('odd', $$'user ' || id$$, '*');
SELECT is(pg_temp.announced(statement), expected, pg_temp.one_line(statement)) FROM (VALUES
  ($$UPDATE odd SET j = '{"a": 2}' WHERE id = '1'$$, 'user 1'),
  ($$UPDATE odd SET j = '{"a": 2}', x = x, p = p, seen = seen WHERE id = '1'$$, '-'),
  ($$UPDATE odd SET p = '(2,2)'$$, 'user 1,user 2'),
  ($$UPDATE odd SET a = ARRAY['2'::json] WHERE id = '2'$$, 'user 2'),
  ($$UPDATE odd SET seen = NULL$$, 'user 1'),
  ($$UPDATE odd SET id = '3' WHERE id = '1'$$, 'user 1,user 3'),
  ($$DELETE FROM odd$$, 'user 2,user 3')
) AS c (statement, expected);

-- ---- Row by row --------------------------------------------------------------------------------------------

CREATE TABLE part (id text, shard int, name text, j json) PARTITION BY LIST (shard);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
SELECT ur_notify_watch('part', $$'user ' || id$$, 'id, name, j', each_row => true);
SELECT ur_notify_watch('part', $$'user ' || id$$, 'id, name, j', each_row => true);
CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2);
CREATE TABLE part_3 (LIKE part);
ALTER TABLE part ATTACH PARTITION part_3 FOR VALUES IN (3);
CREATE TEMP TABLE direct (n serial, statement text, expected text);
INSERT INTO direct (statement, expected) VALUES
  ($$INSERT INTO part VALUES ('a', 1), ('b', 2)$$, 'user a,user b'),
  ($$INSERT INTO part_1 VALUES ('c', 1), ('d', 1)$$, 'user c,user d'),
  ($$INSERT INTO part_2 VALUES ('e', 2)$$, 'user e'),
  ($$INSERT INTO part_3 VALUES ('f', 3)$$, 'user f'),
  ($$UPDATE part_1 SET name = 'x' WHERE id = 'c'$$, 'user c'),
  ($$UPDATE part_1 SET name = 'x'$$, 'user a,user d'),
  ($$UPDATE part_3 SET j = '1'$$, 'user f'),
  ($$UPDATE part_2 SET name = name, j = j$$, '-'),
  ($$UPDATE part SET id = 'g' WHERE id = 'f'$$, 'user f,user g'),
  ($$UPDATE part SET shard = 1 WHERE id = 'g'$$, 'user g'),
  ($$DELETE FROM part_1 WHERE id = 'a'$$, 'user a'),
  ($$DELETE FROM part$$, 'user b,user c,user d,user e,user g'),
  ($$TRUNCATE part_1$$, 'resync'),
  ($$TRUNCATE part$$, 'resync');
SELECT is(pg_temp.announced(statement), expected, pg_temp.one_line(statement)) FROM direct ORDER BY n;
SET LOCAL session_replication_role = replica;
SELECT is(pg_temp.announced(statement), expected, 'replicated: ' || pg_temp.one_line(statement)) FROM direct ORDER BY n;
SELECT is(pg_temp.announced($$INSERT INTO part SELECT n, 1 + n % 3 FROM generate_series(1, 20001) AS n; DELETE FROM sent WHERE payload <> 'resync'$$), 'resync',
  'replicated: 20,001 rows are told as resync');
SELECT is(pg_temp.announced($$INSERT INTO person VALUES ('9')$$), '-', 'a table without each_row is silent there');
SET LOCAL session_replication_role = origin;

-- And back.
SELECT ur_notify_watch('part', $$'user ' || id$$, 'id, name, j');
SELECT is(pg_temp.announced($$DELETE FROM part WHERE id = '7'$$), 'user 7', 'by statement again');
SELECT is(pg_temp.announced($$DELETE FROM part_1$$), '-', 'which a partition does not fire');

\ir include/end.psql
