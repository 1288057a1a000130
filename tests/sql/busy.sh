#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sql/apply on a database in use: whoever writes meanwhile waits for a second at a time, however long somebody
# else holds a table.
# shellcheck source=include/tap.sh
. "$(dirname "$0")/include/tap.sh"
copy=$(mktemp -d)
holder=
trap 'rm -rf "$copy"; [ -z "$holder" ] || kill "$holder" 2>/dev/null' EXIT
new_database "${PGDATABASE}_busy"
export PGDATABASE
cp -r "$sql/." "$copy"
rm "$copy"/migrations/009_* "$copy"/migrations/0[1-9]?_*
"$copy/apply" "dbname=$PGDATABASE" >/dev/null
old_sample | ask -f -

# Somebody reads, and does not end the transaction.
held() { ask -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'report' AND datname = current_database() AND wait_event = 'PgSleep'"; }
hold() {
	PGAPPNAME=report psql -XqAt -c "BEGIN; SELECT count(*) FROM sip_user; SELECT pg_sleep(60)" >/dev/null 2>&1 &
	holder=$!
	while [ "$(held)" = 0 ]; do
		sleep 0.05
	done
}
release() {
	ask -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'report' AND datname = current_database()" >/dev/null
	wait "$holder"
	holder=
}

# Writes one after the other until who holds the table was named three times. Prints how many, and the longest in ms.
write_on() {
	longest=0 writes=0
	while [ "$(grep -c '^sql/apply: waiting' "$copy/said")" -lt 3 ] && [ "$(held)" = 1 ]; do
		begin=$(date +%s%N)
		ask -c "UPDATE sip_user SET dnd = 1 - dnd WHERE id = 'us_alice'"
		took=$((($(date +%s%N) - begin) / 1000000))
		[ "$took" -le "$longest" ] || longest=$took
		[ "$(held)" = 0 ] || writes=$((writes + 1))
	done
	echo "$writes $longest"
}

hold
said=$(APPLY_TRIES=1 "$sql/apply" "dbname=$PGDATABASE" 2>&1)
is "$?" 1 "with one try it gives up"
is "$(echo "$said" | grep -c 'ERROR:  canceling statement due to lock timeout$')" 1 "and says why"
is "$(echo "$said" | grep -c 'a table was in use all the time')" 1 "and what to do"

touch "$copy/said"
"$sql/apply" "dbname=$PGDATABASE" >"$copy/said" 2>&1 &
apply=$!
written=$(write_on)
release
wait "$apply"
is "$?" 0 "it goes on when the table is free"
is "$(grep -v '^sql/apply: waiting' "$copy/said" | cut -d' ' -f1 | sort | uniq -c | tr -s ' ')" \
	" $(find "$sql/migrations" -name '009_*' -o -name '0[1-9]?_*' | wc -l) applied
 8 present" "each migration is told once"
is "$(grep -c "waiting for pid [0-9]*, user .*, application \"report\", active, in a transaction for [0-9]* s$" "$copy/said" | sed 's/^[1-9]$/some/')" \
	some "meanwhile it says who holds the table"
echo "# ${written% *} writes meanwhile, the longest took ${written#* } ms"
is "$([ "${written% *}" -ge 3 ] && echo yes)" yes "writes don't wait for who holds the table"
finish
