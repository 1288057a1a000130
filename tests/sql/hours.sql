-- SPDX-License-Identifier: GPL-2.0-or-later
-- When schedules hold: local windows in UTC, against PostgreSQL's own answer for each minute around changes of the clock;
-- and what the module reads of it.
\ir include/begin.psql

-- Windows in short, with | between them: "DAYS FROM-TO [DATE..DATE] [not]"; * is every day.
CREATE FUNCTION pg_temp.windows(text) RETURNS schedule_window[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(ROW(n, NULL, nullif(split_part(one, ' ', 1), '*'), substring(one FROM ' (\d\d:\d\d)-')::time, substring(one FROM '\d\d-(\d\d:\d\d)')::time,
                                substring(one FROM '([\d-]+)\.\.')::date, substring(one FROM '\.\.([\d-]+)')::date, (one LIKE '% not')::int)::schedule_window), '{}')
  FROM string_to_table($1, '|') WITH ORDINALITY AS w (one, n) WHERE one <> ''
$$;
CREATE FUNCTION pg_temp.minute(text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT (extract(epoch FROM $1::timestamp) / 60)::integer
$$;
CREATE FUNCTION pg_temp.shown(minute integer) RETURNS text LANGUAGE sql IMMUTABLE
RETURN to_char(timestamp 'epoch' + minute * interval '1 minute', 'MM-DD HH24:MI');
-- In UTC.
CREATE FUNCTION pg_temp.hours(windows text, zone text, since text, until text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(string_agg(pg_temp.shown(lower(h)) || '-' || right(pg_temp.shown(upper(h)), 5), ', ' ORDER BY h), '-')
  FROM unnest(ur_schedule_hours(pg_temp.windows($1), $2, pg_temp.minute($3), pg_temp.minute($4))) AS h
$$;

SELECT is(pg_temp.hours(windows, zone, since, until), expected, concat_ws(', ', windows, zone, since)) FROM (VALUES
  ('', 'Europe/Berlin', '2026-06-01', '2026-06-08', '-'),
  ('mon-fri 09:00-17:00', 'Europe/Berlin', '2026-06-05', '2026-06-09', '06-05 07:00-15:00, 06-08 07:00-15:00'),
  ('mon-fri 09:00-17:00', 'UTC', '2026-06-05', '2026-06-07', '06-05 09:00-17:00'),
  ('mon-fri 09:00-17:00', 'Asia/Kolkata', '2026-06-05', '2026-06-07', '06-05 03:30-11:30'),
  ('mon-fri 09:00-17:00', 'Nowhere', '2026-06-05', '2026-06-07', '-'),
  -- Cut off where the range ends; merged where they touch or overlap.
  ('* 00:00-24:00', 'Europe/Berlin', '2026-06-05 03:00', '2026-06-07 04:00', '06-05 03:00-04:00'),
  ('* 09:00-17:00', 'Europe/Berlin', '2026-06-05 10:00', '2026-06-05 11:00', '06-05 10:00-11:00'),
  ('* 09:00-12:00|* 12:00-14:00|* 11:00-13:00|* 14:01-15:00', 'UTC', '2026-06-05', '2026-06-06', '06-05 09:00-14:00, 06-05 14:01-15:00'),
  -- Days.
  ('wed 12:00-13:00', 'UTC', '2026-06-01', '2026-06-15', '06-03 12:00-13:00, 06-10 12:00-13:00'),
  ('sat-mon 12:00-13:00', 'UTC', '2026-06-01', '2026-06-08', '06-01 12:00-13:00, 06-06 12:00-13:00, 06-07 12:00-13:00'),
  ('mon,wed-thu 12:00-13:00', 'UTC', '2026-06-01', '2026-06-08', '06-01 12:00-13:00, 06-03 12:00-13:00, 06-04 12:00-13:00'),
  -- Over midnight: the day is the one on which it begins.
  ('fri 22:00-06:00', 'UTC', '2026-06-05', '2026-06-08', '06-05 22:00-06:00'),
  ('fri 22:00-06:00', 'UTC', '2026-06-06', '2026-06-08', '06-06 00:00-06:00'),
  ('fri 22:00-00:00', 'UTC', '2026-06-05', '2026-06-08', '06-05 22:00-00:00'),
  ('* 22:00-06:00 2026-06-05..2026-06-05', 'UTC', '2026-06-04', '2026-06-08', '06-05 22:00-06:00'),
  -- Dates, both included; a leap day.
  ('* 12:00-13:00 2026-06-05..2026-06-06', 'UTC', '2026-06-01', '2026-06-15', '06-05 12:00-13:00, 06-06 12:00-13:00'),
  ('* 12:00-13:00 2026-06-05..', 'UTC', '2026-06-04', '2026-06-06', '06-05 12:00-13:00'),
  ('* 12:00-13:00 ..2026-06-05', 'UTC', '2026-06-05', '2026-06-09', '06-05 12:00-13:00'),
  ('* 12:00-13:00 2028-02-29..2028-02-29', 'UTC', '2028-02-01', '2028-03-31', '02-29 12:00-13:00'),
  ('tue 12:00-13:00', 'UTC', '2028-02-28', '2028-03-02', '02-29 12:00-13:00'),
  -- What is excluded.
  ('* 09:00-17:00|* 12:00-13:00 not', 'UTC', '2026-06-05', '2026-06-06', '06-05 09:00-12:00, 06-05 13:00-17:00'),
  ('mon-fri 09:00-17:00|* 00:00-24:00 2026-12-24..2026-12-25 not', 'UTC', '2026-12-23', '2026-12-29', '12-23 09:00-17:00, 12-28 09:00-17:00'),
  ('* 00:00-24:00|thu 22:00-02:00 not', 'UTC', '2026-12-24', '2026-12-26', '12-24 00:00-22:00, 12-25 02:00-00:00'),
  ('* 00:00-24:00 not', 'UTC', '2026-12-24', '2026-12-26', '-'),
  -- The hour that is missing, and the one that comes twice.
  ('* 02:00-03:00', 'Europe/Berlin', '2026-03-29', '2026-03-30', '-'),
  ('* 01:30-03:30', 'Europe/Berlin', '2026-03-29', '2026-03-29 12:00', '03-29 00:30-01:30'),
  ('* 02:30-03:30', 'Europe/Berlin', '2026-10-25', '2026-10-26', '10-25 00:30-01:00, 10-25 01:30-02:30'),
  ('* 02:00-03:00', 'Europe/Berlin', '2026-10-25', '2026-10-26', '10-25 00:00-02:00'),
  ('* 01:00-02:00', 'America/New_York', '2026-11-01', '2026-11-02', '11-01 05:00-07:00'),
  ('* 01:30-02:00', 'Australia/Lord_Howe', '2026-04-04', '2026-04-05', '04-04 14:30-15:30'),
  -- A zone whose abbreviation, which has no summer, is spelled the same.
  ('* 12:00-13:00', 'CET', '2026-06-05', '2026-06-06', '06-05 10:00-11:00'),
  -- The day that was not.
  ('fri 00:00-24:00', 'Pacific/Apia', '2011-12-26', '2012-01-02', '-'),
  ('thu,sat 00:00-24:00', 'Pacific/Apia', '2011-12-26', '2012-01-02', '12-29 10:00-10:00')
) AS c (windows, zone, since, until, expected)
WHERE zone <> 'CET' OR EXISTS (SELECT FROM pg_timezone_names WHERE name = 'CET'); -- Debian 13: only with tzdata-legacy

-- ---- Minute by minute --------------------------------------------------------------------------------------------------

-- Whether it is in the window at a local time. Written apart: days are counted along a week written twice.
CREATE FUNCTION pg_temp.in_days(days text, day date) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  week constant text[] := '{sun,mon,tue,wed,thu,fri,sat,sun,mon,tue,wed,thu,fri,sat}';
  part text;
  at integer;
BEGIN
  IF days IS NULL THEN RETURN true; END IF;
  FOREACH part IN ARRAY string_to_array(days, ',') LOOP
    at := array_position(week, split_part(part, '-', 1));
    LOOP
      IF at % 7 = (extract(dow FROM day)::int + 1) % 7 THEN RETURN true; END IF;
      EXIT WHEN week[at] = right(part, 3);
      at := at + 1;
    END LOOP;
  END LOOP;
  RETURN false;
END
$$;
CREATE FUNCTION pg_temp.in_window(w schedule_window, local timestamp) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  began date := local::date;
BEGIN
  IF w.from_time < w.to_time THEN
    IF local::time < w.from_time OR local::time >= w.to_time THEN RETURN false; END IF;
  ELSIF local::time < w.to_time THEN
    began := began - 1;
  ELSIF local::time < w.from_time THEN
    RETURN false;
  END IF;
  RETURN began BETWEEN coalesce(w.date_from, '-infinity') AND coalesce(w.date_to, 'infinity') AND pg_temp.in_days(w.days, began);
END
$$;
-- The minutes of the range at which the answers differ.
CREATE FUNCTION pg_temp.differ(windows schedule_window[], zone text, since integer, until integer) RETURNS text LANGUAGE sql STABLE AS $$
  WITH hours AS MATERIALIZED (SELECT ur_schedule_hours(windows, zone, since, until) AS hours)
  SELECT coalesce(string_agg(pg_temp.shown(m), ', '), '-')
  FROM hours, generate_series(since, until - 1) AS m,
       LATERAL (SELECT to_timestamp(m * 60.0) AT TIME ZONE zone AS local) AS l,
       LATERAL (SELECT bool_or(exclude = 0) AND NOT bool_or(exclude = 1) AS wanted
                FROM unnest(windows) AS w (id, schedule_id, days, from_time, to_time, date_from, date_to, exclude)
                WHERE pg_temp.in_window(w, local)) AS n
  WHERE (hours @> m) <> coalesce(wanted, false)
$$;

CREATE TEMP TABLE change (zone text, at date);
INSERT INTO change VALUES
  ('Europe/Berlin', '2026-03-29'), ('Europe/Berlin', '2026-10-25'), ('America/New_York', '2026-03-08'), ('America/New_York', '2026-11-01'),
  ('Australia/Lord_Howe', '2026-04-05'), ('Australia/Lord_Howe', '2026-10-04'), ('Africa/Casablanca', '2026-02-15'), ('Africa/Casablanca', '2026-03-22'),
  ('Pacific/Apia', '2011-12-30'), ('Pacific/Apia', '2011-04-02'), ('Asia/Kathmandu', '2028-02-29'), ('Europe/Berlin', '2026-12-31');
-- Cases for each change: in its night, around it, over midnight, by day and date.
SELECT is(pg_temp.differ(pg_temp.windows(replace(windows, 'DATE', at::text)), zone, pg_temp.minute((at - 2)::text), pg_temp.minute((at + 2)::text)), '-',
          format('minute by minute: %s %s: %s', zone, at, windows))
FROM change, unnest(ARRAY['* 02:00-03:00', '* 02:30-03:30', '* 01:30-02:00', '* 00:00-00:01', '* 23:59-24:00', 'sat 22:00-03:00', 'sun 02:15-02:45|mon 00:00-24:00',
                          'fri-sat 20:00-02:30', '* 00:00-24:00|* 02:10-02:40 not', '* 00:00-24:00 DATE..DATE', '* 00:00-24:00|* 22:00-03:00 DATE..DATE not']) AS windows;

-- And by chance; the seed makes a failure repeatable.
SELECT setseed(0.4);
CREATE FUNCTION pg_temp.any_time(most int) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT to_char(m / 60, 'FM00') || ':' || to_char(m % 60, 'FM00') FROM (SELECT floor(random() * most)::int * 15 AS m OFFSET 0) AS t
$$;
CREATE FUNCTION pg_temp.any_window(at date, n int) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT concat_ws(' ', CASE WHEN random() < 0.3 THEN '*' ELSE (ARRAY['mon-fri', 'sat,sun', 'sun', 'sat-tue', 'mon,wed-fri', 'fri', 'thu-sat'])[1 + floor(random() * 7)] END,
    CASE WHEN first = last THEN '00:00-24:00' ELSE first || '-' || last END,
    CASE WHEN random() < 0.3 THEN at + floor(random() * 3)::int - 2 || '..' || at + floor(random() * 3)::int END, CASE WHEN random() < 0.25 THEN 'not' END)
  FROM (SELECT pg_temp.any_time(96) AS first, pg_temp.any_time(97) AS last OFFSET 0) AS t
$$;
CREATE TEMP TABLE chance AS
SELECT zone, at, (SELECT string_agg(pg_temp.any_window(at, n), '|') FROM generate_series(1, 1 + k % 5) AS n) AS windows
FROM change, generate_series(1, 8) AS k;
SELECT is(pg_temp.differ(pg_temp.windows(windows), zone, pg_temp.minute((at - 1)::text), pg_temp.minute((at + 2)::text)), '-',
          format('by chance: %s %s: %s', zone, at, windows)) FROM chance;

-- ---- Offsets -------------------------------------------------------------------------------------------------------------

SELECT is(ur_utc_offsets(zone, pg_temp.minute(since), pg_temp.minute(until)), expected, concat_ws(' ', zone, since)) FROM (VALUES
  ('UTC', '2026-01-01', '2027-02-01', '29453760+0'),
  ('Asia/Kathmandu', '2026-01-01', '2027-02-01', '29453760+345'),
  ('America/St_Johns', '2026-01-01', '2027-01-01', '29453760-210 29549130-150 29891790-210'),
  ('Africa/Casablanca', '2024-01-01', '2025-01-01', '28401120+60 28500600+0 28551000+60'), -- five weeks
  ('Africa/Cairo', '2014-05-01', '2014-11-01', '23315040+120 23336520+180 23396940+120 23447400+180 23527980+120'),
  ('Europe/Berlin', '2026-03-29', '2026-03-29 02:00', '29579040+60 29579100+120'),
  ('Europe/Berlin', '2026-03-29 01:00', '2026-03-29 02:00', '29579100+120'),
  ('Europe/Berlin', '2026-03-29', '2026-03-29 01:00', '29579040+60'),
  ('Europe/Berlin', '2026-03-29', '2026-03-29', '29579040+60'),
  ('Pacific/Apia', '2011-12-30', '2012-01-01', '22086720-600 22087320+840'),
  ('Nowhere', '2026-01-01', '2027-01-01', NULL)
) AS c (zone, since, until, expected);
-- Samples of each zone in the range that mirror_account shows.
CREATE TEMP TABLE zone AS
SELECT name, ur_utc_offsets(name, ur_hours_from(), ur_hours_from() + 401 * 1440) AS offsets FROM pg_timezone_names WHERE name NOT LIKE 'posix%';
SELECT is_empty($$
  SELECT name, s.n FROM zone,
    LATERAL (SELECT substring(part FROM '^[0-9]+')::int AS since, substring(part FROM '[+-].*')::int AS minutes,
                    lead(substring(part FROM '^[0-9]+')::int, 1, ur_hours_from() + 401 * 1440) OVER () AS until
             FROM string_to_table(offsets, ' ') AS part) AS o,
    generate_series(o.since, o.until - 1, 187) AS s (n)
  WHERE to_timestamp(n * 60.0) AT TIME ZONE name <> to_timestamp((n + minutes) * 60.0) AT TIME ZONE 'UTC' AND name NOT IN (SELECT abbrev FROM pg_timezone_abbrevs)$$,
  'offsets of all time zones, 400 days ahead');
SELECT cmp_ok(count(*), '>', 300::bigint, 'of which there are many') FROM zone;

-- ---- Over ------------------------------------------------------------------------------------------------------------------

SELECT is(ur_schedule_is_over(pg_temp.windows(windows), zone, pg_temp.minute(at)), expected::smallint, format('over: %s, %s %s', windows, at, zone)) FROM (VALUES
  ('', 'UTC', '2026-06-05', 1),
  ('* 00:00-24:00', 'UTC', '2026-06-05', 0),
  ('* 09:00-17:00 2026-06-01..2026-06-04', 'UTC', '2026-06-05', 1),
  ('* 09:00-17:00 2026-06-01..2026-06-05', 'UTC', '2026-06-05 16:59', 0),
  ('* 09:00-17:00 2026-06-01..2026-06-05', 'UTC', '2026-06-05 17:00', 1),
  ('* 09:00-17:00 2026-06-01..2026-06-05', 'Europe/Berlin', '2026-06-05 14:59', 0),
  ('* 09:00-17:00 2026-06-01..2026-06-05', 'Europe/Berlin', '2026-06-05 15:00', 1),
  ('* 09:00-17:00 2026-06-01..2026-06-05', 'Nowhere', '2026-06-05 17:00', 1),
  ('* 22:00-06:00 2026-06-05..2026-06-05', 'UTC', '2026-06-06 05:59', 0),
  ('* 22:00-06:00 2026-06-05..2026-06-05', 'UTC', '2026-06-06 06:00', 1),
  -- A day that comes, and one that does not.
  ('sun 09:00-17:00 ..2026-06-07', 'UTC', '2026-06-02', 0),
  ('sun 09:00-17:00 2026-06-01..2026-06-06', 'UTC', '2026-05-01', 1),
  ('* 09:00-17:00 2031-06-01..', 'UTC', '2026-06-05', 0),
  ('tue 09:00-17:00 ..9999-12-31', 'UTC', '2026-06-05', 0),
  ('* 09:00-17:00|* 00:00-24:00 ..9999-12-31 not', 'UTC', '2026-06-05', 1),
  ('tue 09:00-17:00 9999-12-01..9999-12-31', 'UTC', '2026-06-05', 1),
  -- Always excluded; for the time being; but for a day in between.
  ('* 09:00-17:00|* 00:00-24:00 not', 'UTC', '2026-06-05', 1),
  ('* 22:00-06:00|* 00:00-24:00 not', 'UTC', '2026-06-05', 1),
  ('* 09:00-17:00|* 22:00-20:00 not', 'UTC', '2026-06-05', 1),
  ('* 09:00-17:00|* 09:00-16:59 not', 'UTC', '2026-06-05', 0),
  ('mon-fri 09:00-17:00|mon-thu 00:00-24:00 not', 'UTC', '2026-06-06', 0),
  ('* 09:00-17:00|* 00:00-24:00 2026-01-01..2036-12-31 not', 'UTC', '2026-06-05', 0),
  ('* 09:00-17:00 ..2036-12-31|* 00:00-24:00 2026-01-01..2036-12-31 not', 'UTC', '2026-06-05', 1),
  ('* 09:00-17:00 ..2036-12-31|* 00:00-24:00 ..2030-05-05 not|* 00:00-24:00 2030-05-07..2036-12-31 not', 'UTC', '2026-06-05', 0),
  ('mon 09:00-17:00|* 00:00-24:00 ..2030-05-05 not|* 00:00-24:00 2030-05-07.. not', 'UTC', '2026-06-05', 0), -- 2030-05-06 is a Monday
  ('tue 09:00-17:00|* 00:00-24:00 ..2030-05-05 not|* 00:00-24:00 2030-05-07.. not', 'UTC', '2026-06-05', 1),
  -- Less than a week after a window ends, another one comes; the last day of one that spills over; between two excludes.
  ('mon 09:00-17:00 ..2026-06-07|sun 09:00-17:00 2026-06-08..2026-06-14', 'UTC', '2026-06-05', 0),
  ('sun 22:00-06:00 ..2030-05-05|* 00:00-24:00 ..2030-05-05 not', 'UTC', '2026-06-05', 0), -- the small hours of a Monday
  ('sat 22:00-06:00 ..2030-05-05|* 00:00-24:00 ..2030-05-05 not', 'UTC', '2026-06-05', 1),
  ('* 22:00-06:00 ..2030-05-05|* 22:00-06:00 ..2030-05-05 not', 'UTC', '2026-06-05', 1),
  ('wed 09:00-17:00 2030-05-01..2030-05-31|* 00:00-24:00 2030-04-01..2030-05-21 not|* 00:00-24:00 2030-05-23.. not', 'UTC', '2026-06-05', 0),
  ('thu 09:00-17:00 2030-05-01..2030-05-31|* 00:00-24:00 2030-04-01..2030-05-21 not|* 00:00-24:00 2030-05-23.. not', 'UTC', '2026-06-05', 1)
) AS c (windows, zone, at, expected);

-- One that is excluded for ever, with windows that begin on many dates: too much to look at.
CREATE FUNCTION pg_temp.row_of(windows integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT '* 00:00-24:00 not|' || string_agg(format('* 09:00-17:00 %s..', date '2026-07-01' + 20 * n), '|') FROM generate_series(1, windows) AS n
$$;
SELECT is(ur_schedule_is_over(pg_temp.windows(pg_temp.row_of(n)), 'UTC', pg_temp.minute('2026-06-05')), expected::smallint, format('over: %s windows, excluded for ever', n))
FROM (VALUES (5, 1), (190, 0)) AS c (n, expected);

-- ---- What the module reads ---------------------------------------------------------------------------------------------------

INSERT INTO schedule (id, account_id, name) VALUES ('sch_t', 'acc_t', 'Office');
SELECT results_eq($$SELECT windows, hours, is_over::int FROM mirror_schedule$$, $$VALUES ('(UTC)', '', 1)$$, 'a schedule without windows');
INSERT INTO schedule_window (schedule_id, days, from_time, to_time, date_from, date_to, exclude) VALUES
  ('sch_t', 'mon-fri', '09:00', '17:00', NULL, NULL, 0), ('sch_t', 'sat', '22:00', '02:00', '2026-06-01', NULL, 0),
  ('sch_t', NULL, '00:00', '24:00', '2026-12-24', '2026-12-26', 1), ('sch_t', NULL, '00:00', '24:00', '2027-01-01', '2027-01-01', 1),
  ('sch_t', NULL, '12:00', '13:00', NULL, '2030-01-01', 1);
UPDATE account SET tz = 'Europe/Berlin';
SELECT results_eq($$SELECT windows FROM mirror_schedule$$, $$VALUES (
  'mon-fri 09:00-17:00; sat 22:00-02:00 from 2026-06-01; not 12:00-13:00 to 2030-01-01; not from 2026-12-24 to 2026-12-26; not on 2027-01-01 (Europe/Berlin)')$$, 'the windows');
SELECT is(ur_schedule_text(pg_temp.windows(windows), 'UTC'), expected, expected) FROM (VALUES
  ('* 00:00-24:00', '00:00-24:00 (UTC)'), ('sun 00:00-24:00', 'sun (UTC)'), ('* 00:00-24:00 not', 'not 00:00-24:00 (UTC)'),
  ('* 22:00-00:00 2026-06-01..', '22:00-00:00 from 2026-06-01 (UTC)')
) AS c (windows, expected);
SET LOCAL datestyle = 'German';
SET LOCAL timezone = 'Pacific/Apia';
SELECT is(ur_schedule_text(pg_temp.windows('* 09:00-10:00 2011-12-30..2011-12-30'), 'UTC'), '09:00-10:00 on 2011-12-30 (UTC)', 'nor on where the reader is');
SET LOCAL timezone = 'Asia/Tokyo';
SELECT results_eq($$SELECT windows LIKE '%on 2027-01-01 (Europe/Berlin)' FROM mirror_schedule$$, ARRAY[true], 'they do not depend on how dates are shown');
SELECT results_eq($$SELECT known_from, known_to FROM mirror_schedule$$,
  $$SELECT (extract(epoch FROM (now() AT TIME ZONE 'UTC')::date - 1) / 60)::int, (extract(epoch FROM (now() AT TIME ZONE 'UTC')::date + 63) / 60)::int$$, 'from yesterday, 63 days ahead');
SELECT is(hours, (SELECT string_agg(lower(h) || '-' || upper(h), ' ' ORDER BY h)
                  FROM unnest(ur_schedule_hours(ARRAY(SELECT w FROM schedule_window w), 'Europe/Berlin', known_from, known_to)) AS h), 'hours') FROM mirror_schedule;
SELECT matches(hours, '^[0-9]+-[0-9]+( [0-9]+-[0-9]+){30,}$', 'as text') FROM mirror_schedule;
SELECT is(current_setting('timezone'), 'Asia/Tokyo', 'the time zone of whoever reads stays');
SELECT is(utc_offsets, ur_utc_offsets('Europe/Berlin', ur_hours_from(), ur_hours_from() + 401 * 1440), 'offsets of an account') FROM mirror_account;
UPDATE schedule SET tz = 'America/New_York';
SELECT results_eq($$SELECT right(windows, 19) FROM mirror_schedule$$, ARRAY[' (America/New_York)'], 'a time zone of its own');

-- A zone that an older version of the data knew.
ALTER TABLE schedule DISABLE TRIGGER schedule_tz_update;
ALTER TABLE account DISABLE TRIGGER account_tz_update;
UPDATE schedule SET tz = 'Asia/Atlantis';
UPDATE account SET tz = 'Asia/Atlantis';
SELECT results_eq($$SELECT hours, known_to - known_from FROM mirror_schedule$$, $$VALUES ('', 0)$$, 'a zone that is not known any more: nothing is known');
SELECT results_eq($$SELECT utc_offsets FROM mirror_account$$, ARRAY[NULL::text], 'nor its offsets');
ALTER TABLE schedule ENABLE TRIGGER schedule_tz_update;
SELECT is(pg_temp.outcome('UPDATE schedule SET name = ''x'''), 'accepted', 'and the rest of the row can be changed');

SELECT is(ur_days_to_tell(pg_temp.windows(repeat('* 09:00-17:00 ' || dates || '|', n))), expected, format('days to tell: %s windows %s', n, dates)) FROM (VALUES
  ('', 0, 64), ('', 50, 64), ('', 51, 62), ('', 200, 16), (to_char(current_date, 'YYYY-MM-DD..YYYY-MM-DD'), 200, 64), ('..2020-01-01', 200, 64), ('9999-01-01..', 200, 64)
) AS c (dates, n, expected);

-- ---- What it costs -----------------------------------------------------------------------------------------------------------

DELETE FROM account;
INSERT INTO account (id, tz) SELECT 'a' || n, 'Europe/Berlin' FROM generate_series(1, 10000) AS n;
INSERT INTO schedule (id, account_id) SELECT 's' || n, 'a' || n FROM generate_series(1, 1000) AS n;
INSERT INTO schedule_window (schedule_id, days, from_time, to_time) SELECT 's' || n, 'mon-fri', '09:00', '17:00' FROM generate_series(1, 1000) AS n;
INSERT INTO schedule_window (schedule_id, date_from, date_to, exclude)
SELECT 's' || n, d, d, 1 FROM generate_series(1, 1000) AS n, (SELECT current_date + 37 * generate_series(1, 100)) AS t (d);
-- Many windows: that end at different times, far from now; that begin so and are all excluded; that hold many times a day.
INSERT INTO schedule (id, account_id) SELECT kind || n, 'a1' FROM unnest('{ends,begins,day}'::text[]) AS kind, generate_series(1, 5) AS n;
INSERT INTO schedule_window (schedule_id, days, from_time, to_time, date_from, date_to, exclude)
SELECT 'ends' || n, 'mon-fri', time '09:00', time '17:00', NULL::date, current_date + 50 * k, 0 FROM generate_series(1, 5) AS n, generate_series(1, 200) AS k UNION ALL
SELECT 'begins' || n, NULL, '09:00', '17:00', current_date + 2 * k, NULL, 0 FROM generate_series(1, 5) AS n, generate_series(1, 199) AS k UNION ALL
SELECT 'begins' || n, NULL, '00:00', '24:00', NULL, NULL, 1 FROM generate_series(1, 5) AS n UNION ALL
SELECT 'day' || n, NULL, time '00:00' + k * interval '7 min', time '00:05' + k * interval '7 min', NULL, NULL, 0 FROM generate_series(1, 5) AS n, generate_series(1, 200) AS k;
SELECT results_eq($$SELECT id, (known_to - known_from) / 1440, is_over FROM mirror_schedule WHERE id IN ('s1', 'ends1', 'day1') ORDER BY 1$$,
  $$VALUES ('day1', 16, 0::smallint), ('ends1', 16, 0::smallint), ('s1', 64, 0::smallint)$$, 'fewer days of a schedule with many windows');
-- Against what the server has to do for a million dates, each in turn, as the machine may be slow or busy.
CREATE FUNCTION pg_temp.takes(statement text) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
  start timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  RETURN clock_timestamp() - start;
END
$$;
CREATE FUNCTION pg_temp.takes_less(statement text, most numeric) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  dates CONSTANT text := 'SELECT count(date_trunc(''week'', now() + n * interval ''1 min'')) FROM generate_series(1, 1000000) AS n';
  ratio numeric;
BEGIN
  SELECT extract(epoch FROM min(pg_temp.takes(statement))) / extract(epoch FROM min(pg_temp.takes(dates))) INTO ratio FROM generate_series(1, 3);
  RETURN NEXT ok(ratio < most, format('%s takes less than %s times as long as a million dates', statement, most));
  RETURN NEXT diag(format('%s times', round(ratio, 2)));
END
$$;
SELECT pg_temp.takes_less('SELECT count(utc_offsets) FROM mirror_account', 4);
-- The mirror reads 1,000 rows a statement, in 10 s at most.
SELECT pg_temp.takes_less('SELECT count(hours), count(windows), count(is_over) FROM mirror_schedule', 10);

\ir include/end.psql
