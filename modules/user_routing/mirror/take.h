/*
 * Makes a record of an owner's row and the rows of its parts, and publishes it: a user with the
 * devices and rules, an account with the domains and numbers, a caller list with the entries, a
 * group with the members, or a row without parts.
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

enum
{
	UR_TAKE_PARTS = 2, /* kinds of parts that an owner can have */
};

/* The parts of one kind, of the owner that is read now. */
struct ur_taken
{
	int rows;	/* so far */
	int kept;	/* for the draft */
	int pinned; /* of those kept: their texts are copied */
	int over;	/* those that have no room */
};

/* Where rows go, and the buffers for one owner with its parts. */
struct ur_taker
{
	struct ur_writer *writer;
	struct ur_skips *skips;
	struct ur_taken taken[UR_TAKE_PARTS];
	struct ur_device_row devices[UR_MAX_DEVICES];
	struct ur_rule_row rules[UR_MAX_RULES];
	struct ur_group_member_row members[UR_GROUP_MEMBERS_MAX];
	struct ur_text
			texts[UR_MAX_ENTRIES]; /* domains, then numbers; or entries */
	int domain_count;			   /* how many of them are domains */
	/* By event: the lowest position of a rule that was left out; INT64_MAX: none was. */
	int64_t lost[UR_RULES_COUNT];
	int orphans;				  /* parts without an owner, so far */
	char orphan[65];			  /* the owner that the first of them names */
	char pinned[2 * UR_BODY_MAX]; /* texts of parts: see ur_take_part() */
	int pinned_len;
	struct ur_lack lack;
	struct ur_sum sum;			/* of the owner and the parts */
	struct ur_omitted *omitted; /* where rows are noted that are in no record */
	struct ur_draft_hours hours;
	struct ur_draft draft;
};

/* One kind of part. */
struct ur_take_parts
{
	enum ur_view view; /* keyed by the owner's id */
	const char *name;  /* in the log, before the owner's id */
	int max;
	/* Takes a row as the next part of its owner, or skips it. */
	void (*take)(struct ur_taker *taker, const struct ur_rows *rows);
	/* Copies the texts of a part that is kept. Returns false without room. */
	bool (*pin)(struct ur_taker *taker, int i);
};

/* One kind of owner. */
struct ur_take_kind
{
	enum ur_view owners;
	enum ur_record_type type;
	enum ur_key_kind key;
	/* Publishes an owner with the parts that were taken, or skips it. */
	void (*owner)(struct ur_taker *taker, const struct ur_rows *owners);
	int part_count;
	struct ur_take_parts parts[UR_TAKE_PARTS];
};

extern const struct ur_take_kind ur_take_accounts;
extern const struct ur_take_kind ur_take_users;
extern const struct ur_take_kind ur_take_extensions;
extern const struct ur_take_kind ur_take_dids;
extern const struct ur_take_kind ur_take_targets;
extern const struct ur_take_kind ur_take_target_kinds;
extern const struct ur_take_kind ur_take_target_hosts;
extern const struct ur_take_kind ur_take_schedules;
extern const struct ur_take_kind ur_take_caller_lists;
extern const struct ur_take_kind ur_take_groups;

/* A new owner: no part is taken yet. */
void ur_take_begin(struct ur_taker *taker);

/* Takes a row of parts[which]. Only the first max rows are taken. Their texts are in pages, of which
 * ur_rows keeps only two; so they are copied before further rows push these pages out. */
void ur_take_part(struct ur_taker *taker, const struct ur_take_kind *kind,
		int which, const struct ur_rows *rows);

#endif
