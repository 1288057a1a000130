/*
 * Makes a record of an owner's row and the rows of its parts, and publishes it: a user with the
 * devices, an account with the domains and numbers, or a row without parts.
 *
 * It fails closed. A part that is invalid, or does not fit, is left out, and the rest of its owner
 * is published: a changed status, a changed password and a removal always take effect. An owner
 * that is invalid is removed from the table. Each is logged and counted.
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

/* Where rows go, and the buffers for one owner with its parts. */
struct ur_taker
{
	struct ur_writer *writer;
	struct ur_skips *skips;
	struct ur_device_row devices[UR_MAX_DEVICES];
	struct ur_text texts[UR_MAX_DOMAINS]; /* domains, then numbers */
	int domain_count;					  /* how many of them are domains */
	int rows;							  /* of the owner's parts, so far */
	int parts;		 /* devices or texts that are kept for the draft */
	int parts_over;	 /* those that have no room */
	int orphans;	 /* parts without an owner, so far */
	char orphan[65]; /* the owner that the first of them names */
	char pinned[2 * UR_BODY_MAX]; /* texts of parts: see ur_take_kind */
	int pinned_len;
	struct ur_lack lack;
	struct ur_sum sum;			/* of the owner and the parts */
	struct ur_omitted *omitted; /* where rows are noted that are in no record */
	struct ur_draft draft;
};

/* One kind of owner. */
struct ur_take_kind
{
	enum ur_view owners;
	enum ur_view parts;	   /* keyed by the owner's id; if part is not NULL */
	const char *part_name; /* in the log, before the owner's id */
	enum ur_record_type type;
	enum ur_key_kind key;
	int parts_max;
	/* Takes a part's row as the next of its owner's, or skips it; NULL: it has no parts. */
	void (*part)(struct ur_taker *taker, const struct ur_rows *parts);
	/* Copies the texts of all parts taken so far: more rows of the owner follow. */
	void (*pin)(struct ur_taker *taker);
	/* Publishes an owner with the parts that were taken, or skips it. */
	void (*owner)(struct ur_taker *taker, const struct ur_rows *owners);
};

extern const struct ur_take_kind ur_take_accounts;
extern const struct ur_take_kind ur_take_users;
extern const struct ur_take_kind ur_take_extensions;
extern const struct ur_take_kind ur_take_dids;
extern const struct ur_take_kind ur_take_targets;
extern const struct ur_take_kind ur_take_target_kinds;
extern const struct ur_take_kind ur_take_target_hosts;

#endif
