/*
 * The module's parameters: defaults and checks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/settings.h"

#include "core/dprint.h"
#include "mirror/snapshot/file.h"
#include "policy/chain.h"

struct ur_settings ur_settings = {
		.mirror =
				{
						.connect_timeout = 3000,
						.query_timeout = 10000,
						.reconnect_min = 200,
						.reconnect_max = 10000,
						.ping_interval = 5000,
						.audit_interval = 300000,
						.snapshot_interval = 60,
				},
		.location_table = "location",
		.fr_timer = 4000,
		.max_hops = 10,
		.retry_after = 5,
		.memory_reserve = 25,
		.busy_codes = "486,600,603",
		.no_answer_codes = "408,480",
		.unreachable_codes = "404,410,430,503",
};

static int check_range(const char *name, int value, int low, int high)
{
	if(value >= low && value <= high)
		return 0;
	LM_ERR("modparam %s is %d: it must be from %d to %d\n", name, value, low,
			high);
	return -1;
}

static int check_codes(
		const char *name, const char *list, enum ur_verdict verdict)
{
	const char *bad;

	if(ur_verdict_codes_parse(&ur_settings.codes, list, verdict, &bad) == 0)
		return 0;
	LM_ERR("modparam %s is \"%s\": at \"%s\" a response code from %d to %d is"
		   " expected, as in \"486,600\"\n",
			name, list, bad, UR_FIRST_FAILURE_CODE, UR_LAST_FAILURE_CODE);
	return -1;
}

static int check_url(void)
{
	if(ur_settings.mirror.db_url != NULL && *ur_settings.mirror.db_url != '\0')
		return 0;
	LM_ERR("modparam db_url is not set: it must be a libpq connection string"
		   " such as "
		   "postgresql://user_routing:PASSWORD@127.0.0.1/user_routing\n");
	return -1;
}

/* None is asked for by no parameter, or by an empty one. */
static int check_snapshot(void)
{
	const char *path = ur_settings.mirror.snapshot_file;
	const char *wrong;

	if(path == NULL || *path == '\0') {
		ur_settings.mirror.snapshot_file = NULL;
		return 0;
	}
	wrong = ur_snapshot_file_wrong_path(path);
	if(wrong == NULL)
		return 0;
	LM_ERR("modparam snapshot_file is \"%s\": %s, such as"
		   " /var/lib/kamailio/user_routing.snapshot\n",
			path, wrong);
	return -1;
}

int ur_settings_check(void)
{
	const struct ur_settings *s = &ur_settings;
	int err = 0;

	ur_verdict_codes_reset(&ur_settings.codes);
	err |= check_url();
	err |= check_range(
			"connect_timeout", s->mirror.connect_timeout, 100, 60000);
	err |= check_range("query_timeout", s->mirror.query_timeout, 100, 600000);
	err |= check_range("reconnect_min", s->mirror.reconnect_min, 10, 60000);
	err |= check_range("reconnect_max", s->mirror.reconnect_max,
			s->mirror.reconnect_min, 600000);
	err |= check_range("ping_interval", s->mirror.ping_interval, 100, 600000);
	err |= check_range("audit_interval", s->mirror.audit_interval, 0, 86400000);
	err |= check_snapshot();
	err |= check_range(
			"snapshot_interval", s->mirror.snapshot_interval, 1, 86400);
	err |= check_range("fr_timer", s->fr_timer, 100, 60000);
	err |= check_range("max_hops", s->max_hops, 1, UR_CHAIN_LIMIT);
	err |= check_range("ring_timeout_total", s->ring_timeout_total, 0, 1);
	err |= check_range("retry_after", s->retry_after, 0, 3600);
	err |= check_range("log_calls", s->log_calls, 0, 1);
	err |= check_range("memory_reserve", s->memory_reserve, 0, 90);
	err |= check_codes("busy_codes", s->busy_codes, UR_VERDICT_BUSY);
	err |= check_codes(
			"no_answer_codes", s->no_answer_codes, UR_VERDICT_NOANSWER);
	err |= check_codes(
			"unreachable_codes", s->unreachable_codes, UR_VERDICT_UNREACHABLE);
	return err;
}
