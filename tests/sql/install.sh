#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sql/apply, sql/roles.sql and sql/sample.sql on a new database, on an old one, twice, at the same time, and
# with a migration that fails; the schema after a dump and restore.
# shellcheck source=include/tap.sh
. "$(dirname "$0")/include/tap.sh"
base=$PGDATABASE
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# What schema, rights and kinds a database has.
# A view's text gains names for its unnamed columns when it is restored.
fingerprint() {
	pg_dump --no-owner "$PGDATABASE" --exclude-table-data=schema_migration | grep -v '^\\\(un\)\?restrict ' |
		sed 's/::text AS text/::text/' | md5sum
}
all=$(cd "$sql/migrations" && printf "%s\n" *.sql | sed "s/\.sql$//; s/_/ /")

new_database "${base}_new"
is "$(ask -f "$sql/roles.sql" 2>&1 | grep -c 'HINT:  Run sql/apply on this database first')" 1 "roles.sql on an empty database says what to do"
is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1)" "$(printf '%s\n' "$all" | sed 's/^/applied /')" "a new database gets every migration"
is "$(ask -c "SELECT to_char(version, 'FM000'), name FROM schema_migration ORDER BY 1" | tr '|' ' ')" \
	"$all" "they are recorded"
is "$(ask -f "$sql/roles.sql" -f "$sql/sample.sql")" "" "roles.sql and sample.sql run"
before=$(fingerprint)
is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1)" "$(printf '%s\n' "$all" | sed 's/^/present /')" "a second run finds them present"
is "$(ask -f "$sql/roles.sql" -f "$sql/sample.sql" -f "$sql/sample.sql")" "" "roles.sql and sample.sql run again"
is "$(fingerprint)" "$before" "nothing changed by that"

ask -c "UPDATE sip_user SET dnd = 1 WHERE id = 'us_alice'; UPDATE account SET name = 'Mine'" \
	-f "$sql/sample.sql" -c "UPDATE route_target_kind SET uri_template = 'sip:{id}@vm.example' WHERE kind = 'voicemail'"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SELECT dnd, name, (SELECT uri_template FROM route_target_kind WHERE kind = 'voicemail')
              FROM sip_user u JOIN account a ON a.id = account_id WHERE u.id = 'us_alice'")" \
	"1|Mine|sip:{id}@vm.example" "rows someone changed stay changed"
ask -c "UPDATE extension SET id = 'ext_mine'; UPDATE sip_device SET id = 'dev_mine' WHERE id = 'dev_bob_desk'"
is "$(ask -f "$sql/sample.sql")" "" "sample.sql passes over digits and addresses that others have"
ask -c "UPDATE extension SET id = 'ext_200'; UPDATE sip_device SET id = 'dev_bob_desk' WHERE id = 'dev_mine'"

before=$(fingerprint)
dumped=$PGDATABASE
new_database "${base}_restored"
is "$(pg_dump "$dumped" | psql -Xq -v ON_ERROR_STOP=1 2>&1 | grep -v '^$\|set_config\|^ *$\|^-*$\|^(1 row)$')" "" "a dump restores"
is "$(fingerprint)" "$before" "and is the same again"

new_database "${base}_old"
cp -r "$sql/." "$copy"
for later in "$copy"/migrations/*; do
	case $later in */001_*) ;; *) rm "$later" ;; esac
done
"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
ask -c "INSERT INTO account (id) VALUES ('acc_old'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_old', 'acc_old', 'old')"
is "$(DATABASE_URL="dbname=$PGDATABASE" "$sql/apply" 2>&1)" \
	"$(printf '%s\n' "$all" | sed 's/^/applied /; s/^applied 001/present 001/')" "a database of an older version gets the rest (by \$DATABASE_URL)"
is "$(ask -c 'SELECT id, username FROM mirror_user')" "us_old|old" "and keeps its rows"

# 007: a default template that no target uses yet becomes one for each account; all others stay, and are told.
new_database "${base}_targets"
rm "$copy"/migrations/*
cp "$sql"/migrations/00[1-6]_* "$copy/migrations"
"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
ask -c "INSERT INTO account (id) VALUES ('acc_a'), ('acc_b'); INSERT INTO route_target VALUES ('acc_a', 'voicemail', '1');
        UPDATE route_target_kind SET uri_template = 'sip:{id}@q.example' WHERE kind = 'queue'"
is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1 | grep -c 'WARNING:  route_target_kind.uri_template has no {account}.* in queue, voicemail$')" 1 \
	"templates that all accounts share are told"
is "$(ask -c "SELECT kind, uri_template FROM route_target_kind WHERE uri_template LIKE '%{id}%' ORDER BY 1")" \
	"conference|sip:{account}~{id}@conference.invalid
flow|sip:{account}~{id}@flow.invalid
queue|sip:{id}@q.example
ring_group|sip:{account}~{id}@ring-group.invalid
voicemail|sip:{id}@voicemail.invalid" "templates in use, and changed ones, stay"
is "$(ask -c "SELECT object_id FROM routing_problem WHERE problem = 'shared_template' ORDER BY 1")" "queue
voicemail" "and are problems"

# From each older version: the operator's own template stays, and is told, also where there is one account, and again.
for version in $(printf '%s\n' "$all" | cut -d' ' -f1 | sed '$d'); do
	new_database "${base}_from_$version"
	rm "$copy"/migrations/*
	for file in "$sql"/migrations/*; do
		name=${file##*/}
		[ "${name%%_*}" -gt "$version" ] || cp "$file" "$copy/migrations"
	done
	"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
	ask -c "INSERT INTO account (id) VALUES ('acc_a'); UPDATE route_target_kind SET uri_template = 'sip:{id}@vm.example' WHERE kind = 'voicemail'"
	said=$("$sql/apply" "dbname=$PGDATABASE" 2>&1 | grep 'WARNING\|HINT' | sed 's/^[^ ]* WARNING/WARNING/')
	is "$said" "WARNING:  kind \"voicemail\" keeps its template \"sip:{id}@vm.example\", which has no {account}: accounts reach each other's targets of this kind
HINT:  If there is more than one account, have the media server know targets by account and id, then: UPDATE route_target_kind SET uri_template = 'sip:{account}~{id}@vm.example' WHERE kind = 'voicemail';" \
		"from $version: a template of the operator's own is told"
	is "$(ask -c "SELECT uri_template FROM route_target_kind WHERE kind = 'voicemail'")" 'sip:{id}@vm.example' "and stays"
	is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1 | grep -c 'WARNING')" 1 "and is told again"
	ask -c "UPDATE route_target_kind SET uri_template = 'sip:{account}~{id}@vm.example' WHERE kind = 'voicemail'"
	is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1 | grep -c 'WARNING')" 0 "until it is mended"
done

# Before 005: auth_db had a view and a role of its own, and mirror_device no ha1.
before_005() { # database
	new_database "$1"
	rm -rf "$copy"/migrations
	cp -r "$sql/migrations" "$copy"
	rm "$copy"/migrations/00[5-9]_* "$copy"/migrations/0[1-9]?_* 2>/dev/null
	"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
	ask -c "GRANT CONNECT ON DATABASE \"$PGDATABASE\" TO user_routing, user_routing_auth;
	        GRANT USAGE ON SCHEMA public TO user_routing, user_routing_auth;
	        GRANT SELECT ON sip_auth TO user_routing_auth; GRANT SELECT ON mirror_meta, mirror_device TO user_routing"
}
rights="SELECT count(*) FROM pg_shdepend WHERE deptype = 'a' AND refobjid = to_regrole('user_routing_auth')
        AND (dbid = d.oid OR classid = 'pg_database'::regclass AND objid = d.oid)"
ask -c 'CREATE ROLE user_routing_auth LOGIN; CREATE ROLE user_routing_test_reader'
before_005 "${base}_not_yet"
before_005 "${base}_upgraded"
old_sample | ask -f - -c 'GRANT SELECT ON mirror_device TO user_routing_test_reader'
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SET ROLE user_routing" -c "SELECT count(ha1), (SELECT schema_version FROM mirror_meta) FROM mirror_device" 2>&1)" \
	"14|8" "before roles.sql the module reads the devices' ha1, too"
is "$(ask -c "SELECT has_column_privilege('user_routing_test_reader', 'mirror_device', 'status', 'SELECT'),
              has_column_privilege('user_routing_test_reader', 'mirror_device', 'ha1', 'SELECT')")" \
	"t|f" "who else could read mirror_device reads what it did, and no credential"
is "$(ask -f "$sql/roles.sql" | grep -c 'WARNING:  role user_routing_auth has no rights in this database any more')" 1 \
	"user_routing_auth stays while another database knows it"
is "$(ask -c "SELECT ($rights) FROM pg_database d WHERE datname = current_database()")" 0 "but it has no rights here"
PGDATABASE=${base}_not_yet
is "$(ask -c "SELECT ($rights) > 0 FROM pg_database d WHERE datname = current_database()")" t "and keeps those it has there"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -f "$sql/roles.sql")" "" "the last database"
is "$(ask -c "SELECT to_regrole('user_routing_auth')")" "" "takes the role along"

before_005_own="CREATE OR REPLACE VIEW mirror_device AS SELECT 'd'::text AS id, 'u'::text AS user_id, 'a'::text AS auth_username,
  'r.example'::text AS realm, 0 AS ring_order, 1::smallint AS ring_on_fork, 0::smallint AS ring_specific, 1::smallint AS available, 'active'::text AS status"
ask -c 'CREATE ROLE user_routing_auth LOGIN'
before_005 "${base}_own"
ask -c "$before_005_own"
is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1 | grep -c 'ERROR:  mirror_device is a view of your own and has no column ha1')" 1 \
	"a view of somebody's own must be given the column"
ask -c "$before_005_own, md5('x') AS ha1"
is "$("$sql/apply" "dbname=$PGDATABASE" 2>&1 | grep -c 'applied 005 device_ha1')" 1 "with the column"
is "$(ask -c "SELECT auth_username, ha1 = md5('x') FROM mirror_device")" "a|t" "it stays as it is"
ask -f "$sql/roles.sql"
ask -d "${base}_upgraded" -c 'DROP OWNED BY user_routing_test_reader; DROP ROLE user_routing_test_reader'

# Before 016: account is watched by row, its view is somebody's own.
new_database "${base}_by_row"
rm -rf "$copy"/migrations
cp -r "$sql/migrations" "$copy"
rm "$copy"/migrations/01[6-9]_* "$copy"/migrations/0[2-9]?_* 2>/dev/null
"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
ask -c "SELECT ur_notify_watch('account', \$\$'account ' || id\$\$, 'id, status, default_cid_number', each_row => true)" >/dev/null
ask -c "CREATE OR REPLACE VIEW mirror_account AS SELECT id, status, NULL::text AS default_cid_number FROM account"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SELECT count(*) FROM pg_trigger WHERE tgname IN ('account_notify_row', 'did_notify_row') AND tgenabled = 'A'")" 2 \
	"who watches account by row watches it so after 016, and did, too"
is "$(ask -c "SELECT count(*) FROM pg_attribute WHERE attrelid = 'mirror_account'::regclass AND attnum > 0")" 3 \
	"a view of somebody's own stays without the columns of 016"
is "$(ask -c "SELECT 'dial_class' IN (SELECT attname FROM pg_attribute WHERE attrelid = 'mirror_user'::regclass)")" t \
	"and one that is as it was gets them"

# Before 017: sip_device is watched by row, a reader of the problems has rights on columns, mirror_user is somebody's own.
new_database "${base}_before_017"
rm -rf "$copy"/migrations
cp -r "$sql/migrations" "$copy"
rm "$copy"/migrations/01[7-9]_* "$copy"/migrations/0[2-9]?_* 2>/dev/null
"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
problems="SELECT problem || ' ' || object_id FROM routing_problem UNION ALL SELECT problem || ' ' || object_id FROM routing_problem_of('acc_a')"
ask -c "CREATE ROLE user_routing_test_reader; GRANT USAGE ON SCHEMA public TO user_routing_test_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO user_routing_test_reader; REVOKE SELECT ON mirror_device FROM user_routing_test_reader;
        GRANT SELECT (id, user_id, auth_username, realm, ring_order, ring_on_fork, ring_specific, available, status) ON mirror_device TO user_routing_test_reader;
        GRANT EXECUTE ON FUNCTION routing_problem_of(text) TO user_routing_test_reader;
        INSERT INTO account (id) VALUES ('acc_a'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_a', 'acc_a', 'a');
        INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_a', 'us_a', 'a', 'a.example')"
ask -c "SELECT ur_notify_watch('sip_device', \$\$'user ' || user_id\$\$, 'id, user_id', each_row => true)" >/dev/null
ask -c "CREATE OR REPLACE VIEW mirror_user AS
        SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd, fwd_always_kind, fwd_always_id, fwd_busy_kind,
               fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id, voicemail_id, out_cid_number, NULL::text AS out_cid_name, dial_class FROM sip_user"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SELECT ring_delay_sec, ring_for_sec IS NULL, number IS NULL, auth_username FROM mirror_device")" "0|t|t|a" "017: devices ring as before"
is "$(ask -c "SELECT count(*) FROM pg_trigger WHERE tgname = 'sip_device_notify_row' AND tgenabled = 'A'")" 1 \
	"who watches sip_device by row watches it so after 017"
is "$(ask -c "SELECT count(*) FROM pg_proc WHERE proname = 'ur_notify_sip_device' AND prosrc LIKE '%number%'")" 1 "with the new columns"
is "$(ask -c "SELECT count(*) FROM pg_attribute WHERE attrelid = 'mirror_user'::regclass AND attname LIKE 'fwd_unreachable%'")" 0 \
	"a view of somebody's own stays without the columns of 017"
ask -c "UPDATE sip_device SET ring_delay_sec = 25; UPDATE sip_user SET fwd_unreachable_kind = 'queue', fwd_unreachable_id = 'none'"
is "$(ask -c "SET ROLE user_routing_test_reader" -c "$problems")" "delay_too_long dev_a
delay_too_long dev_a" "who could read the problems reads them, of such views, too"
is "$(ask -c "SET ROLE user_routing_test_reader" -c "SELECT ha1 FROM mirror_device" | grep -c 'permission denied')" 1 "and still no credential"
ask -c 'DROP OWNED BY user_routing_test_reader; DROP ROLE user_routing_test_reader'

# Before 018: a view of somebody's own, account watched by row, a reader of the problems.
new_database "${base}_before_018"
rm -rf "$copy"/migrations
cp -r "$sql/migrations" "$copy"
rm "$copy"/migrations/01[89]_* "$copy"/migrations/0[2-9]?_* 2>/dev/null
"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
ask -c "CREATE ROLE user_routing_test_reader; GRANT USAGE ON SCHEMA public TO user_routing_test_reader;
        GRANT SELECT ON mirror_extension TO user_routing_test_reader;
        INSERT INTO account (id) VALUES ('acc_a'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_a', 'acc_a', 'a')"
ask -c "SELECT ur_notify_watch('account', \$\$'account ' || id\$\$, 'id', each_row => true)" >/dev/null
ask -c "CREATE OR REPLACE VIEW mirror_account AS
        SELECT id, status, NULL::text AS default_cid_number, country_code, area_code, international_prefix, national_prefix FROM account"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SELECT tz FROM account")" "UTC" "018: accounts are in UTC"
is "$(ask -c "SELECT count(*) FROM pg_attribute WHERE attrelid = 'mirror_account'::regclass AND attnum > 0")" 7 \
	"a view of somebody's own stays without the columns of 018"
is "$(ask -c "SELECT count(*) FROM pg_trigger WHERE tgname IN ('account_notify_row', 'account_notify_tz') AND tgenabled = 'A'")" 2 \
	"who watches account by row watches it so after 018"
is "$(ask -c "SELECT count(*) FROM pg_proc WHERE proname = 'ur_notify_account' AND prosrc LIKE '%, tz%'")" 1 "with the new column"
is "$(ask -c "SET ROLE user_routing_test_reader" -c "SELECT count(*) FROM mirror_schedule, mirror_caller_list, mirror_caller_entry, mirror_user_rule")" 0 \
	"who reads extensions reads schedules, lists and rules, too"
ask -c 'DROP OWNED BY user_routing_test_reader; DROP ROLE user_routing_test_reader'

# Before 020: a view of somebody's own, sip_user watched by row; and a view that is as it was.
before_020() { # database
	new_database "$1"
	rm -rf "$copy"/migrations
	cp -r "$sql/migrations" "$copy"
	rm "$copy"/migrations/0[2-9]?_*
	"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
	ask -c "INSERT INTO account (id) VALUES ('acc_a'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_a', 'acc_a', 'a')"
}
before_020 "${base}_before_020"
ask -c "SELECT ur_notify_watch('sip_user', \$\$'user ' || id\$\$, '*', each_row => true)" >/dev/null
ask -c "CREATE OR REPLACE VIEW mirror_user AS
        SELECT id, account_id, username, display_name, status, ring_strategy, ring_timeout_sec, dnd, fwd_always_kind, fwd_always_id, fwd_busy_kind,
               fwd_busy_id, fwd_noanswer_kind, fwd_noanswer_id, voicemail_id, out_cid_number, NULL::text AS out_cid_name, dial_class,
               fwd_unreachable_kind, fwd_unreachable_id FROM sip_user"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SELECT max_calls IS NULL FROM sip_user")" t "020: users have no limit"
is "$(ask -c "SELECT count(*) FROM pg_attribute WHERE attrelid = 'mirror_user'::regclass AND attnum > 0")" 20 \
	"a view of somebody's own stays without the column of 020"
is "$(ask -c "SELECT count(*) FROM pg_trigger WHERE tgname = 'sip_user_notify_row' AND tgenabled = 'A'")" 1 \
	"who watches sip_user by row watches it so after 020"
before_020 "${base}_readers_020"
ask -c "GRANT USAGE ON SCHEMA public TO user_routing; GRANT SELECT ON mirror_user TO user_routing"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
ask -c "UPDATE sip_user SET max_calls = 2"
is "$(ask -c "SET ROLE user_routing" -c "SELECT max_calls FROM mirror_user")" 2 "a view that is as it was gets it, and its readers read it"

# Before 021: a reader of the problems, sip_device watched by row.
new_database "${base}_before_021"
rm -rf "$copy"/migrations
cp -r "$sql/migrations" "$copy"
rm "$copy"/migrations/02[1-9]_* "$copy"/migrations/0[3-9]?_* 2>/dev/null
"$copy/apply" "dbname=$PGDATABASE" >/dev/null 2>&1
ask -c "CREATE ROLE user_routing_test_reader; GRANT USAGE ON SCHEMA public TO user_routing_test_reader;
        GRANT SELECT ON mirror_extension TO user_routing_test_reader;
        INSERT INTO account (id) VALUES ('acc_a'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_a', 'acc_a', 'a');
        INSERT INTO sip_device (id, user_id, auth_username, realm) VALUES ('dev_a', 'us_a', 'a', 'a.example')"
ask -c "SELECT ur_notify_watch('sip_device', \$\$'user ' || user_id\$\$, '*', each_row => true)" >/dev/null
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
is "$(ask -c "SELECT count(*) FROM ring_group" -c "SET ROLE user_routing_test_reader" -c "SELECT count(*) FROM mirror_ring_group, mirror_ring_group_member")" "0
0" "021: who reads extensions reads groups, too"
is "$(ask -c "SELECT count(*) FROM pg_trigger WHERE tgname IN ('sip_device_notify_row', 'sip_device_notify_member') AND tgenabled = 'A'")" 2 \
	"who watches sip_device by row watches it so after 021"
is "$(ask -c "INSERT INTO ring_group (id, account_id) VALUES ('grp_a', 'acc_a');
              INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_a', 1, 'device', 'dev_a')" \
	-c "SET ROLE user_routing_test_reader" -c "SELECT member_id, user_id FROM mirror_ring_group_member")" "dev_a|us_a" \
	"and needs no right on devices for that"
ask -c 'DROP OWNED BY user_routing_test_reader; DROP ROLE user_routing_test_reader'

# An account goes with its rules, schedules and groups, however a dump has put the foreign keys in order; an unknown zone restores.
new_database "${base}_rules"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
ask -c "INSERT INTO account (id) VALUES ('acc_a'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_a', 'acc_a', 'a');
        INSERT INTO schedule (id, account_id) VALUES ('sch_a', 'acc_a'); INSERT INTO caller_list (id, account_id) VALUES ('cl_a', 'acc_a');
        INSERT INTO user_rule (user_id, position, event, schedule_id, caller_list_id, action) VALUES ('us_a', 1, 'always', 'sch_a', 'cl_a', 'reject');
        INSERT INTO sip_device (id, user_id, number) VALUES ('dev_a', 'us_a', '491701'); INSERT INTO ring_group (id, account_id) VALUES ('grp_a', 'acc_a'), ('grp_b', 'acc_a');
        INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES ('grp_a', 1, 'user', 'us_a'), ('grp_a', 2, 'device', 'dev_a'), ('grp_a', 3, 'ring_group', 'grp_b');
        ALTER TABLE account DISABLE TRIGGER account_tz_update; UPDATE account SET tz = 'Asia/Atlantis'; ALTER TABLE account ENABLE TRIGGER account_tz_update"
dumped=$PGDATABASE
new_database "${base}_rules_again"
is "$(pg_dump "$dumped" | psql -Xq -v ON_ERROR_STOP=1 2>&1 | grep ERROR)" "" "a zone that is not known does not keep a dump from being restored"
is "$(ask -c "SELECT count(*), count(device_id) FROM ring_group_member")" "3|1" "and members of groups are restored"
is "$(ask -c "DELETE FROM account" -c "SELECT (SELECT count(*) FROM user_rule), (SELECT count(*) FROM schedule), (SELECT count(*) FROM caller_list),
              (SELECT count(*) FROM ring_group), (SELECT count(*) FROM ring_group_member)")" "0|0|0|0|0" "an account goes with its rules, schedules, lists and groups"

# Who may connect. The owners of tables are no superusers here, the database is somebody else's.
connect="SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles
         WHERE starts_with(rolname, 'user_routing') AND has_database_privilege(oid, current_database(), 'CONNECT')"
ask -c 'CREATE ROLE user_routing_test_reader; CREATE ROLE user_routing_test_writer; CREATE ROLE user_routing_test_owner; CREATE ROLE user_routing_test_other'
new_database "${base}_connect"
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
ask -c "GRANT SELECT (id) ON mirror_device TO user_routing_test_reader; GRANT INSERT ON sip_user TO user_routing_test_writer;
        ALTER TABLE extension OWNER TO user_routing_test_owner"
is "$(ask -c "$connect")" "user_routing, user_routing_test_other, user_routing_test_owner, user_routing_test_reader, user_routing_test_writer" \
	"before roles.sql everybody may connect"
ask -f "$sql/roles.sql"
is "$(ask -c "$connect")" "user_routing, user_routing_test_owner, user_routing_test_reader, user_routing_test_writer" \
	"then who works with the tables, and nobody else"
ask -f "$sql/roles.sql" -c 'GRANT CONNECT ON DATABASE "'"$PGDATABASE"'" TO user_routing_test_other' -f "$sql/roles.sql"
is "$(ask -c "$connect" | grep -c other)" 1 "who was given the right keeps it"
for role in reader writer owner other; do
	ask -c "REASSIGN OWNED BY user_routing_test_$role TO CURRENT_USER; DROP OWNED BY user_routing_test_$role; DROP ROLE user_routing_test_$role"
done

new_database "${base}_raced"
for n in 1 2 3 4; do
	{ "$sql/apply" "dbname=$PGDATABASE" >"$copy/out.$n" 2>&1; echo "status $?" >>"$copy/out.$n"; } &
done
wait
is "$(cat "$copy"/out.* | sort | uniq -c | sed 's/^ *//')" \
	"$(printf '%s\n' "$all" | sed 's/^/1 applied /'; printf '%s\n' "$all" | sed 's/^/3 present /'; echo 4 status 0)" \
	"four runs at once: each migration is applied once, none fails"

cp "$sql"/migrations/* "$copy/migrations"
printf 'CREATE TABLE half_done (x int);\nSELECT 1/0;\n' >"$copy/migrations/998_broken.sql"
echo 'CREATE TABLE never (x int);' >"$copy/migrations/999_after.sql"
said=$("$copy/apply" "dbname=$PGDATABASE" 2>&1)
is "$?" 1 "a migration that fails makes apply fail"
is "$(printf '%s\n' "$said" | grep -c '998_broken.sql:2: ERROR:  division by zero')" 1 "the message names file and line"
is "$(ask -c "SELECT to_regclass('half_done'), to_regclass('never'), max(version) < 998 FROM schema_migration")" "||t" "nothing of it stays, nothing after it runs"

said=$("$sql/apply" "host=/nonexistent dbname=x password=geheim" 2>&1)
is "$?" 1 "no connection: apply fails"
is "$(printf '%s' "$said" | grep -c geheim)" 0 "and doesn't print the password"
(unset DATABASE_URL; "$sql/apply" 2>/dev/null)
is "$?" 2 "no connection given: usage"

# Sample data with settings of one's own.
ask -f "$sql/roles.sql" -v sip_domain=PBX.example -v password="it's" -f "$sql/sample.sql"
is "$(ask -c "SELECT count(*), bool_and(realm = 'pbx.example' AND ha1 = md5(auth_username || ':pbx.example:it''s')) FROM mirror_device")" \
	"18|t" "sample.sql takes domain and password"
PGDATABASE=${base}_restored
is "$(ask -c "SELECT u.username, ring_strategy, ring_timeout_sec, string_agg(coalesce(auth_username || '@' || realm, '+' || number) || coalesce(' from ' || nullif(ring_delay_sec, 0), '') || ' ' || ring_order || ring_on_fork || ring_specific, ', ' ORDER BY ring_order, d.id)
              FROM sip_user u JOIN sip_device d ON user_id = u.id GROUP BY u.id ORDER BY 1")" \
	'1000|simultaneous|25|erin-phone@acme.example 010
1001|simultaneous|25|alice-desk@acme.example 010, alice-soft@acme.example 010
1002|sequential|5|bob-desk@acme.example 1010, bob-mobile@acme.example 2010
1003|specific|25|carol-desk@acme.example 011, carol-mobile@acme.example 010, carol-soft@acme.example 011
1004|simultaneous|25|dave-desk@acme.example 010, dave-door@acme.example 000
1005|simultaneous|25|grace-desk@acme.example 010
1006|simultaneous|3|heidi-desk@acme.example 010
1007|simultaneous|3|ivan-desk@acme.example 010
1008|simultaneous|25|judy-desk@acme.example 010
1009|simultaneous|25|kate-desk@acme.example 010, +491713920009 from 4 010, kate-soft@acme.example from 2 010, kate-tablet@acme.example 010' "the sample users and devices"
is "$(ask -c "SELECT username, dnd, fwd_always_kind || ' ' || fwd_always_id, fwd_noanswer_kind || ' ' || fwd_noanswer_id, voicemail_id, out_cid_number
              FROM sip_user WHERE id <> 'us_alice' AND (dnd = 1 OR num_nonnulls(fwd_always_id, fwd_busy_id, fwd_noanswer_id, voicemail_id) > 0) ORDER BY 1")" \
	'1005|1|||1005|
1006|0||user us_ivan||
1007|0|||1007|
1008|0|forward 49301234567|||493055501008' "their forwards, boxes and numbers"
# (Alice was given do-not-disturb above, without a box.)
is "$(ask -c "SELECT * FROM routing_problem WHERE object_id <> 'us_alice'")" "" "the sample data has no problem"
is "$(ask -c "SELECT bool_and(ha1 = md5(auth_username || ':acme.example:sample-secret')
                          AND ha1b = md5(auth_username || '@acme.example:acme.example:sample-secret')) FROM sip_device")" \
	t "their password is the documented one"
finish
