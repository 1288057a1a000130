/*
 * The module's parameters, as the rest of kam/ reads them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SETTINGS_H
#define UR_KAM_SETTINGS_H

#include <stdbool.h>

#include "core/compiler_opt.h"
#include "mirror/mirror.h"
#include "policy/verdict.h"

/* Set by modparam before mod_init, constant after ur_settings_check(). */
struct ur_settings
{
	struct ur_mirror_config mirror;
	char *location_table; /* usrloc table; "location" */
	int fr_timer;		  /* ms until a contact that sends nothing gives way */
	int ring_timeout_total; /* 1: ring_timeout_sec is for all sequential steps */
	int max_hops;			/* users and extensions that a call may come to */
	int retry_after;	/* s, in Retry-After of the 503 before the first load */
	int memory_reserve; /* per cent of shared memory that records leave */
	int log_calls;		/* 1: a line at level info for each decision */
	char *busy_codes;	/* lists of response codes, "486,600,603" */
	char *no_answer_codes;
	char *unreachable_codes;
	struct ur_verdict_codes codes; /* made of the lists */
};

extern struct ur_settings ur_settings;

/* Whether each decision about a call is logged. */
static inline bool ur_settings_log_calls(void)
{
	return unlikely(ur_settings.log_calls);
}

/* Checks ranges and parses the code lists. Returns 0, or -1 with a log line that
 * says which parameter is wrong and what would be right. */
int ur_settings_check(void);

#endif
