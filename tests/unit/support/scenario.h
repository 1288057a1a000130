/*
 * Calls for explain, in a small world: its users, and their contacts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_SCENARIO_H
#define UR_TEST_SCENARIO_H

#include "policy/explain_text.h"
#include "support/world.h"

/* All flags of a device that rings, whatever the strategy. */
#define UR_TEST_RINGS                                                \
	(UR_DEVICE_ACTIVE | UR_DEVICE_AVAILABLE | UR_DEVICE_RING_ON_FORK \
			| UR_DEVICE_SPECIFIC)

struct ur_test_scenario
{
	/* A user, an extension, or a device: "a0@x"; "": nobody of ours; "112": an emergency number. */
	const char *callee;
	const char *
			caller; /* a device or ""; NULL: user a, from none of its devices */
	/* Contacts, "address:letters …": L live, E expired, I without INVITE, O an older flow.
	 * All others have one live. */
	const char *contacts;
	bool total;
	int64_t time;		  /* for which it is explained */
	const char *asserted; /* the number that a trunk asserts; NULL: none */
	const char *calls; /* in progress, see support/calls.h; NULL: not counted */
	struct ur_test_person people[3];
	struct ur_test_line lines[2];
	const char *groups; /* see support/groups.h */
	const char *text;
};

/* Makes the people; the world is emptied before. */
void ur_test_scenario_make(const struct ur_test_scenario *s);

/* What the walk asks; the directory outlives it. */
struct ur_explain_world ur_test_scenario_world(
		const struct ur_test_scenario *s, const struct ur_directory *directory);

/* Has the call explained. */
void ur_test_scenario_explain(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_test_scenario *s);

/* Has it explained as text, in a static buffer; each line ends in one. */
const char *ur_test_scenario_text(
		const struct ur_explain_world *world, const struct ur_test_scenario *s);

#endif
