/*
 * Look-ups by C strings, which return ids; "" if nothing is found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_LOOKUP_H
#define UR_TEST_LOOKUP_H

#include "mirror/store/table.h"

/* An answer is good until the thread's next look-up. */
const char *ur_test_by_id(struct ur_table *table, const char *id);
const char *ur_test_by_name(
		struct ur_table *table, uint32_t account, const char *username);

/* By the device NAME@acme.example; ends the program if the record that is found
 * has another device at the place that is told. */
const char *ur_test_by_device(struct ur_table *table, const char *name);

const char *ur_test_by_domain(struct ur_table *table, const char *domain);

/* The number of the account that has the domain; 0 when there is none. */
uint32_t ur_test_account_number(struct ur_table *table, const char *domain);

#endif
