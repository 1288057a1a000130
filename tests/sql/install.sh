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
is "$(ask -c "SELECT count(*), bool_and(domain = 'pbx.example' AND ha1 = md5(username || ':pbx.example:it''s')) FROM sip_auth")" \
	"14|t" "sample.sql takes domain and password"
PGDATABASE=${base}_restored
is "$(ask -c "SELECT u.username, ring_strategy, ring_timeout_sec, string_agg(auth_username || '@' || realm || ' ' || ring_order || ring_on_fork || ring_specific, ', ' ORDER BY ring_order, d.id)
              FROM sip_user u JOIN sip_device d ON user_id = u.id GROUP BY u.id ORDER BY 1")" \
	'1000|simultaneous|25|erin-phone@acme.example 010
1001|simultaneous|25|alice-desk@acme.example 010, alice-soft@acme.example 010
1002|sequential|5|bob-desk@acme.example 1010, bob-mobile@acme.example 2010
1003|specific|25|carol-desk@acme.example 011, carol-mobile@acme.example 010, carol-soft@acme.example 011
1004|simultaneous|25|dave-desk@acme.example 010, dave-door@acme.example 000
1005|simultaneous|25|grace-desk@acme.example 010
1006|simultaneous|3|heidi-desk@acme.example 010
1007|simultaneous|3|ivan-desk@acme.example 010
1008|simultaneous|25|judy-desk@acme.example 010' "the sample users and devices"
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
