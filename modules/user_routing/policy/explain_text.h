/*
 * An explained call as lines of text: a tree by indentation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_EXPLAIN_TEXT_H
#define UR_POLICY_EXPLAIN_TEXT_H

#include "policy/explain.h"
#include "policy/output.h"

/* Room for the name of a user or an extension. */
#define UR_EXPLAIN_TEXT_AT_MAX 512

/* Who gets the lines, and where in the tree they are. */
struct ur_explain_text
{
	void *context;
	void (*line)(void *context, struct ur_text line); /* without line end */
	/* From here on the text's own: */
	enum ur_event event;
	char at[UR_EXPLAIN_TEXT_AT_MAX]; /* "user 1001 (Alice)" */
	int at_len;
	int depth;
	bool rings[UR_EXPLAIN_DECISIONS_MAX + 1]; /* does anybody, at that depth? */
};

/* The sink that makes the text; `text` is all zero but for line and its context, and
 * outlives the sink. */
struct ur_explain_sink ur_explain_text_sink(struct ur_explain_text *text);

/* Appends the identity as people read it: "Bob" <sip:1002@acme.example>; NULL: that of
 * the trunk. */
void ur_explain_text_put_shown(
		struct ur_output *out, const struct ur_identity *shown);

/* A user as people read it: user 1001 (Alice). */
void ur_explain_text_put_user(
		struct ur_output *out, const struct ur_user *user);

#endif
