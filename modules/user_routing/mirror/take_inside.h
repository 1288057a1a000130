/*
 * What take.c, take_user.c and take_group.c share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_TAKE_INSIDE_H
#define UR_MIRROR_TAKE_INSIDE_H

#include "mirror/take.h"

/* Skips an owner's row. What the table has of it is no longer true: it is not marked as seen, and so
 * it is removed. */
void ur_take_skip(struct ur_taker *taker, const struct ur_key *id,
		const char *name, const char *reason);

/* The same if its account is unknown. The row can be taken when that is added; it is not announced
 * then. */
void ur_take_skip_without_account(struct ur_taker *taker,
		const struct ur_key *id, const char *name, struct ur_text account);

/* Publishes the draft. */
void ur_take_publish(
		struct ur_taker *taker, const struct ur_key *id, const char *name);

/* Copies a text of a part, so that its page may go. Returns false without room: so much text does
 * not fit into one record either. */
bool ur_take_pin(struct ur_taker *taker, struct ur_text *text);

/* Copies all texts of the row of a part. Returns false without room. */
bool ur_take_pin_texts(struct ur_taker *taker, enum ur_view view, void *row);

/* Leaves out a part for the reason in the draft's error. what, id: what to call it. */
void ur_take_skip_part(struct ur_taker *taker, const struct ur_take_kind *kind,
		int which, const struct ur_rows *rows, const char *what,
		struct ur_text id);

/* Reads a row's columns. Returns false if one is invalid, with the reason in the draft's error. */
bool ur_take_read(
		struct ur_taker *taker, const struct ur_rows *rows, void *row);

/* Keeps only so many of these parts for the draft. */
void ur_take_leave_over(
		struct ur_taker *taker, struct ur_taken *taken, int kept);

/* Leaves out the last part, if the draft is too long. Returns false if it is not, or there is
 * none. */
bool ur_take_drop_part(struct ur_taker *taker);

/* Logs how many of the owner's parts are left out of the draft. */
void ur_take_tell_left_over(struct ur_taker *taker,
		const struct ur_take_kind *kind, const struct ur_key *id);

#endif
