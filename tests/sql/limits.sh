#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two sessions that add the last device of a user at once: one of them is refused.
# shellcheck source=include/tap.sh
. "$(dirname "$0")/include/tap.sh"
new_database "${PGDATABASE}_limits"
export PGDATABASE
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
ask -c "INSERT INTO account (id) VALUES ('acc_1'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_1', 'acc_1', '1'), ('us_2', 'acc_1', '2');
        INSERT INTO sip_device (user_id, auth_username, realm) SELECT 'us_1', n, 'a' FROM generate_series(1, 199) AS n;
        INSERT INTO cid_number SELECT 'acc_1', n, 1 FROM generate_series(1000, 1998) AS n"

# What a session is told that writes while the transaction of another one is open.
second() { # STATEMENT-OF-THE-FIRST STATEMENT
	export SECOND="$2"
	psql -XqAt -v ON_ERROR_STOP=1 <<-END
	BEGIN;
	$1;
	\! { psql -XqAt -c "\$SECOND" 2>&1; echo end; } >$said &
	SELECT FROM pg_sleep(1);
	COMMIT;
	END
	while ! grep -q '^end$' "$said"; do sleep 0.1; done
	grep ERROR "$said"
}
said=$(mktemp)
trap 'rm "$said"' EXIT
device="INSERT INTO sip_device (user_id, auth_username, realm) VALUES"
is "$(second "$device ('us_1', 'x', 'a')" "$device ('us_1', 'y', 'a')")" \
	'ERROR:  user "us_1" would have 201 devices: 200 is the most' "two devices at once, one too many"
is "$(ask -c "SELECT count(*) FROM sip_device WHERE user_id = 'us_1'")" 200 "the first one is there"
is "$(second "INSERT INTO sip_domain VALUES ('a.example', 'acc_1')" "INSERT INTO cid_number VALUES ('acc_1', '4930', 1)")" \
	'ERROR:  account "acc_1" would have 1001 domains and verified numbers: 1,000 is the most' "a domain and a number at once, one too many"
finish
