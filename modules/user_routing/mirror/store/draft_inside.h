/*
 * What the parts of the drafts' code share: draft.c has it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_DRAFT_INSIDE_H
#define UR_MIRROR_STORE_DRAFT_INSIDE_H

#include "mirror/store/draft.h"

/* Sets the reason. Returns EINVAL. */
__attribute__((format(printf, 2, 3))) int ur_draft_refuse(
		struct ur_draft *draft, const char *format, ...);

/* Makes room for size bytes of fixed structs, cleared: bodies are compared as bytes. */
void ur_draft_start(struct ur_draft *draft, enum ur_record_type type,
		size_t size, int node_count);

/* Appends to the slice, which is empty or the body's last. A body that gets too large keeps counting
 * and stops copying; ur_draft_finish() refuses it. */
void ur_draft_append(
		struct ur_draft *draft, struct ur_slice *slice, struct ur_text text);

/* The last len bytes of the body, as a second slice over the same text. */
struct ur_slice ur_draft_tail(const struct ur_draft *draft, int len);

/* Converts the slice to lower case. Domain names are not case-sensitive. */
void ur_draft_fold_case(struct ur_draft *draft, struct ur_slice slice);

/* Returns 0, or EINVAL if the body is too large. */
int ur_draft_finish(struct ur_draft *draft);

/* Is each column within its limits? Returns 0 or EINVAL. */
int ur_draft_check_row(
		struct ur_draft *draft, enum ur_view view, const void *row);

/* Copies the columns of the row into their struct in the body. */
void ur_draft_keep_row(
		struct ur_draft *draft, enum ur_view view, const void *row, void *body);

/* A list of words, in the order of an enum. */
struct ur_draft_words
{
	const char *name; /* of the column, for messages */
	const struct ur_text *list;
	int count;
	const char *expected; /* for messages: "a, b or c" */
};

/* The word's place in the list, or -1. */
int ur_draft_find_word(const struct ur_draft_words *words, struct ur_text word);

/* Sets *value to the word's place in the list. Returns 0 or EINVAL. */
int ur_draft_read_word(struct ur_draft *draft,
		const struct ur_draft_words *words, struct ur_text word,
		uint8_t *value);

/* Of ring_strategy. */
extern const struct ur_draft_words ur_draft_strategies;

/* Makes the rules of a user, in their order. Returns 0 or EINVAL. */
int ur_draft_rules(struct ur_draft *draft, struct ur_user_rule *to,
		const struct ur_rule_row *rules, int count);

#endif
