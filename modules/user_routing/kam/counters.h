/*
 * Counters of Kamailio's own framework, in the group user_routing.
 *
 * A counter is an array entry of the process that counts, without lock or atomic; the framework
 * adds up all processes when the counter is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_COUNTERS_H
#define UR_KAM_COUNTERS_H

#include "core/counters.h"
#include "mirror/state.h"
#include "mirror/store/table.h"
#include "policy/chain.h"
#include "policy/verdict.h"

/* For counter_inc() and counter_add(); counters.c describes each. */
struct ur_counters
{
	counter_handle_t calls;
	counter_handle_t calls_answered;
	counter_handle_t decisions_ring;
	counter_handle_t decisions_voicemail;
	counter_handle_t decisions_forward;
	counter_handle_t decisions_other_target;
	counter_handle_t decisions_end;
	counter_handle_t decisions_no_user;
	counter_handle_t decisions_emergency;
	counter_handle_t decisions_foreign;
	counter_handle_t decisions_cancelled;
	counter_handle_t decisions_not_loaded;
	counter_handle_t decisions_error;
	counter_handle_t hops;
	counter_handle_t refused_loop;
	counter_handle_t refused_max_hops;
	counter_handle_t refused_target;
	counter_handle_t refused_host;
	counter_handle_t rules_unknown;
	counter_handle_t forks;
	counter_handle_t branches;
	counter_handle_t contacts_left_out;
	counter_handle_t contacts_late;
	counter_handle_t legs[UR_VERDICT_COUNT];
	counter_handle_t messages_refused;
	counter_handle_t calls_limited;
	counter_handle_t calls_over_limit;
	counter_handle_t decisions_full;
	counter_handle_t auth_ok;
	counter_handle_t auth_failed;
	counter_handle_t auth_not_loaded;
};

/* Read only after ur_counters_init() has filled it in. */
extern struct ur_counters ur_counters;

/*
 * Registers the counters, and the gauges of the mirror, which are read from table and status on
 * request. In mod_init: after the first fork it is too late. 0, or -1 and logs an error.
 */
int ur_counters_init(void);

/* The counter of calls that leave for a target of that kind, and the counter of targets not
 * followed for that reason. */
counter_handle_t ur_counters_of_target(struct ur_text kind);
counter_handle_t ur_counters_of_refusal(enum ur_refusal why);

#endif
