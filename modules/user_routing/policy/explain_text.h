/*
 * An explained call as lines of text: a tree, shown by indentation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_EXPLAIN_TEXT_H
#define UR_POLICY_EXPLAIN_TEXT_H

#include "policy/explain.h"
#include "policy/output.h"

/* Room for the name of a user or an extension. */
#define UR_EXPLAIN_TEXT_AT_MAX 512

/* The receiver of the lines, and the place in the tree. */
struct ur_explain_text
{
	void *context;
	void (*line)(void *context, struct ur_text line); /* without line end */
	/* Private from here on: */
	enum ur_event event;
	char at[UR_EXPLAIN_TEXT_AT_MAX]; /* "user 1001 (Alice)" */
	int at_len;
	int depth;
	bool rings[UR_EXPLAIN_DECISIONS_MAX + 1]; /* does anybody ring there? */
};

/* The sink that makes the text. text is all zero except line and its context, and outlives the
 * sink. */
struct ur_explain_sink ur_explain_text_sink(struct ur_explain_text *text);

/* Appends the identity for people: "Bob" <sip:1002@acme.example>; NULL: what the trunk asserted. */
void ur_explain_text_put_shown(
		struct ur_output *out, const struct ur_identity *shown);

/* Appends the user for people: user 1001 (Alice). */
void ur_explain_text_put_user(
		struct ur_output *out, const struct ur_user *user);

#endif
