/*
 * Users' own rules for tests, with the schedules, caller lists and accounts that they need.
 *
 * Rules are written as "always in:s on:l external forward:2; dnd ring:sequential/10". Each is the
 * event, then any of in:SCHEDULE, out:SCHEDULE (outside its hours), on:LIST, off:LIST (who is not on
 * it), and a scope; the last word is what it does: a target, "reject", "reject:hangup:486", or "ring",
 * which may have a strategy and a time. They are called r1, r2 … in this order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_OWN_RULES_H
#define UR_TEST_OWN_RULES_H

#include <stddef.h>

#include "policy/chain.h"

/* How many rules the text has; NULL: none. */
int ur_test_rules_count(const char *rules);

/* Writes them behind the user's devices, and their texts at *used. */
void ur_test_rules_write(struct ur_user *user, size_t *used, const char *rules);

/* A schedule in account 0; minutes: known "0-100", hours "10-20 30-40". */
void ur_test_add_schedule(const char *id, const char *known, const char *hours);

/* A caller list in account 0; the entries are parted by blanks, and sorted here. */
void ur_test_add_caller_list(const char *id, const char *entries);

/* An account with a dial plan, whose parts may be "", and what it may present: "", a number, or its default
 * number, a blank and another one. */
void ur_test_add_account(uint32_t number, const char *country, const char *area,
		const char *cid_number);

/* Forgets all of them. */
void ur_test_own_rules_forget(void);

/* As in struct ur_directory; references are counted in ur_test_world. */
const struct ur_schedule *ur_test_find_schedule(
		void *context, struct ur_text id);
const struct ur_caller_list *ur_test_find_caller_list(
		void *context, struct ur_text id);
const struct ur_account *ur_test_find_account(void *context, uint32_t number);
void ur_test_put_schedule(const struct ur_schedule *schedule);
void ur_test_put_caller_list(const struct ur_caller_list *list);
void ur_test_put_account(const struct ur_account *account);

#endif
