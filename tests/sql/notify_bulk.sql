-- SPDX-License-Identifier: GPL-2.0-or-later
-- Many rows: payloads stay below PostgreSQL's limit, and beyond 20,000 items one resync stands for all.
\ir include/begin.psql

CREATE TEMP TABLE sent (n serial, payload text);
CREATE OR REPLACE FUNCTION ur_notify_send(payload text) RETURNS void LANGUAGE sql VOLATILE AS
  'INSERT INTO pg_temp.sent (payload) VALUES (payload)';
CREATE FUNCTION pg_temp.new_transaction() RETURNS void LANGUAGE sql AS $$
  DELETE FROM sent;
  SELECT set_config('user_routing.items_sent', '', true);
$$;

-- Packing.
SELECT is_empty($$SELECT ur_notify_payloads('{}')$$, 'no items, no payload');
SELECT is(array_agg(p), ARRAY[E'user a\nuser b'], 'items are lines') FROM ur_notify_payloads('{user a,user b}') AS p;
SELECT is(array_agg(octet_length(p)), ARRAY[7900], 'a payload of 7900 bytes is whole')
FROM ur_notify_payloads(ARRAY[repeat('a', 3950), repeat('b', 3949)]) AS p;
SELECT is(array_agg(octet_length(p)), ARRAY[3950, 3950], 'one of 7901 is split')
FROM ur_notify_payloads(ARRAY[repeat('a', 3950), repeat('b', 3950)]) AS p;
SELECT is(max(octet_length(p)) <= 7900, true, 'bytes count, not characters')
FROM ur_notify_payloads(array_fill('target a flow ' || repeat('ä', 128), ARRAY[1000])) AS p;

-- 20,000 users in a statement are named, 20,001 are not.
INSERT INTO sip_user (id, account_id, username)
  SELECT 'us_b' || n, 'acc_t', 'b' || n FROM generate_series(1, 100000) AS n;
SELECT results_eq('SELECT payload FROM sent', ARRAY['resync'], '100,000 new users: resync');

SELECT pg_temp.new_transaction();
UPDATE sip_user SET dnd = 1 WHERE id IN (SELECT 'us_b' || n FROM generate_series(1, 20000) AS n);
SELECT set_eq($$SELECT item FROM sent, string_to_table(payload, E'\n') AS item$$,
              $$SELECT 'user us_b' || n FROM generate_series(1, 20000) AS n$$, '20,000 users: all are named');
SELECT is((SELECT count(*)::int FROM sent), 37, 'in as few payloads as they need');
SELECT is((SELECT max(octet_length(payload)) <= 7900 FROM sent), true, 'each of at most 7900 bytes');

SELECT pg_temp.new_transaction();
UPDATE sip_user SET dnd = 1 - dnd WHERE id IN (SELECT 'us_b' || n FROM generate_series(1, 20001) AS n);
SELECT results_eq('SELECT payload FROM sent', ARRAY['resync'], '20,001 users: resync');

-- Statements of a transaction add up.
SELECT pg_temp.new_transaction();
UPDATE sip_user SET dnd = 1 - dnd WHERE id IN (SELECT 'us_b' || n FROM generate_series(1, 12000) AS n);
SELECT is((SELECT count(*)::int FROM sent WHERE payload = 'resync'), 0, '12,000 users: named');
SAVEPOINT taken_back;
UPDATE sip_user SET dnd = 1 - dnd WHERE id IN (SELECT 'us_b' || n FROM generate_series(12001, 24000) AS n);
SELECT is((SELECT count(*)::int FROM sent WHERE payload = 'resync'), 1, '12,000 more in the same transaction: resync');
ROLLBACK TO taken_back;
UPDATE sip_user SET dnd = 1 - dnd WHERE id = 'us_b1';
SELECT is((SELECT payload FROM sent ORDER BY n DESC LIMIT 1), 'user us_b1', 'what was rolled back does not count');

-- 100,000 at once.
SELECT pg_temp.new_transaction();
SELECT clock_timestamp() AS start \gset
UPDATE sip_user SET ring_timeout_sec = 30;
SELECT clock_timestamp() - :'start' AS took \gset
SELECT results_eq('SELECT payload FROM sent', ARRAY['resync'], '100,000 changed users: one resync and nothing else');
SELECT diag('UPDATE of 100,000 users with its trigger: ' || :'took');
SELECT ok(:'took'::interval < '20 s', '... in less than 20 s, however busy the machine');

SELECT pg_temp.new_transaction();
UPDATE sip_user SET ring_timeout_sec = 30;
SELECT is_empty('SELECT payload FROM sent', '100,000 users written back as they were: nothing');

-- A cascade is one statement, too.
INSERT INTO sip_device (user_id, auth_username, realm)
  SELECT 'us_b' || n, 'b' || n, 't.example' FROM generate_series(1, 5000) AS n;
SELECT pg_temp.new_transaction();
DELETE FROM sip_user WHERE id IN (SELECT 'us_b' || n FROM generate_series(1, 100) AS n);
SELECT is(count(DISTINCT payload)::int, 1, '100 deleted users with devices: one payload') FROM sent;
SELECT pg_temp.new_transaction();
DELETE FROM account;
SELECT is_empty($$SELECT FROM sent WHERE payload LIKE 'user %'$$, 'an account of 100,000 users: nobody is named');
SELECT isnt_empty($$SELECT FROM sent WHERE payload = 'resync'$$, 'but resync is said');

\ir include/end.psql
