# SPDX-License-Identifier: GPL-2.0-or-later
# For shell scripts that speak TAP. The caller's environment says which server (PGHOST and so on) and which
# database is the tests' own ($PGDATABASE); further databases are named after it, and dropped by tests/sql/run.
set -u
sql=$(cd "$(dirname "$0")/../../sql" && pwd)
count=0
status=0

# is GOT EXPECTED DESCRIPTION
is() {
	count=$((count + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		printf '%s\n' "got:" "$1" "expected:" "$2" | sed 's/^/#   /'
		status=1
	fi
}

# Prints what a query returns, bare.
ask() {
	psql -XqAt -v ON_ERROR_STOP=1 "$@" 2>&1
}

# sql/sample.sql for a schema before 017.
old_sample() {
	sed '/^-- A ring \(in time\|group\)/,/^$/d' "$sql/sample.sql"
}

# A new empty database; sets $PGDATABASE.
new_database() {
	ask -d postgres -c "CREATE DATABASE \"$1\" TEMPLATE template0"
	PGDATABASE=$1
}

finish() {
	echo "1..$count"
	exit $status
}
