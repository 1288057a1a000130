/*
 * The mirror's settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_CONFIG_H
#define UR_MIRROR_CONFIG_H

/* Times in milliseconds, unless said. */
struct ur_mirror_config
{
	const char
			*db_url; /* libpq connection string or URI; several hosts allowed */
	int connect_timeout; /* for each address in turn */
	int query_timeout; /* for one statement's answer, or between two of its rows */
	int reconnect_min; /* first wait after a failure … */
	int reconnect_max; /* … doubling up to this, with jitter */
	int ping_interval; /* the connection and the triggers are checked this often */
	int audit_interval; /* table and database are compared this often; 0: never */
	const char *snapshot_file; /* absolute path, the caller's; NULL: none */
	int snapshot_interval;	   /* seconds from one to the next */
	int hours_interval; /* seconds: hours are read again this often; 0: never */
};

#endif
