/*
 * Follows one call through explain's answer: the way it takes after each ring, by how its legs end.
 *
 * A call is written as who rang and how it ended: "a0+a1 b0 sip:9@voicemail", each word after a
 * blank.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_FOLLOW_H
#define UR_TEST_FOLLOW_H

#include "policy/explain.h"

struct ur_test_story
{
	char text[1000];
	int len;
};

void __attribute__((format(printf, 2, 3)))
ur_test_tell(struct ur_test_story *story, const char *format, ...);

struct ur_test_follow
{
	struct ur_test_story *story;
	const struct ur_verdict_codes *codes;
	bool total;				 /* ring_timeout_total */
	int64_t time;			 /* of the call */
	struct ur_text asserted; /* by a trunk */
	/* As in struct ur_explain_world, with the context below; may be NULL. */
	int (*calls_of)(void *context, const struct ur_user *user);
	void *context;
	bool (*is_registered)(
			void *context, const struct ur_plan *plan, int device);
	struct ur_leg_end (*leg_end)(
			void *context, const struct ur_plan *plan, int device);
	/* Has the device rung? Asked only where the answer leaves that to how others end. */
	bool (*rang)(void *context, const struct ur_plan *plan, int device);
	/* From here on its own: */
	struct ur_ring ring; /* the last one, as far as it was told */
	int step;			 /* the last one of it that rings */
	int skipped;  /* decisions begun on a way that the call does not go */
	bool was_cut; /* the call's way is longer than what is told of it */
};

/* Has a call to the user explained (the reference is taken over), and writes the story. */
void ur_test_follow_call(struct ur_test_follow *follow,
		const struct ur_directory *directory, const struct ur_caller *caller,
		const struct ur_user *user);

#endif
