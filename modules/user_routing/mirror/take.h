/*
 * An owner's row with the rows of its parts → the table: a user with the
 * devices, an account with the domains and numbers; what has no parts, too.
 *
 * It fails closed. A part that can't be taken, or does not fit, is left out, and the rest of its
 * owner goes on with all that has changed: a status, a password, a removal always hold. An
 * owner that can't be taken is taken out. Each is said in the log, and counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_TAKE_H
#define UR_MIRROR_TAKE_H

#include "mirror/omitted.h"
#include "mirror/source/rows.h"
#include "mirror/skips.h"
#include "mirror/store/draft.h"
#include "mirror/store/writer.h"

/* Where rows go to, and the room that one owner with its parts needs on the
 * way. */
struct ur_taker
{
	struct ur_writer *writer;
	struct ur_skips *skips;
	struct ur_device_row devices[UR_MAX_DEVICES];
	struct ur_text texts[UR_MAX_DOMAINS]; /* domains, then numbers */
	int domain_count;					  /* how many of them are domains */
	int rows;							  /* of the owner's parts, so far */
	int parts;		 /* devices or texts that are kept for the draft */
	int parts_over;	 /* those that there was no room for */
	int orphans;	 /* parts of nobody, so far */
	char orphan[65]; /* whom the first of them names as its owner */
	char pinned[2 * UR_BODY_MAX]; /* their texts: see ur_take_kind's pin */
	int pinned_len;
	struct ur_lack lack;
	struct ur_sum sum; /* of the owner and the parts */
	struct ur_omitted
			*omitted; /* where rows are noted that got into no record */
	struct ur_draft draft;
};

/* One kind of owner. */
struct ur_take_kind
{
	enum ur_view owners;
	enum ur_view parts; /* keyed by the id of the owner; if there is part() */
	const char *part_name; /* in the log, before the owner's id */
	enum ur_record_type type;
	enum ur_key_kind key;
	int parts_max;
	/* Keeps a part's row as the next of its owner's, or skips it; NULL: it has no parts. */
	void (*part)(struct ur_taker *taker, const struct ur_rows *parts);
	/* Copies the texts of all parts that are kept: many more rows of the owner follow. */
	void (*pin)(struct ur_taker *taker);
	/* Publishes an owner with the parts that were kept; skips it if that can't be. */
	void (*owner)(struct ur_taker *taker, const struct ur_rows *owners);
};

extern const struct ur_take_kind ur_take_accounts;
extern const struct ur_take_kind ur_take_users;
extern const struct ur_take_kind ur_take_extensions;
extern const struct ur_take_kind ur_take_targets;
extern const struct ur_take_kind ur_take_target_kinds;
extern const struct ur_take_kind ur_take_target_hosts;

#endif
