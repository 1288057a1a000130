/*
 * The bytes of a snapshot → rows. Pure functions over a buffer, safe on any
 * bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_DECODE_H
#define UR_MIRROR_SNAPSHOT_DECODE_H

#include "mirror/snapshot/format.h"
#include "mirror/store/draft.h"

/* One record as rows; texts point into the buffer. */
struct ur_snapshot_row
{
	enum ur_record_type type;
	struct ur_text id;		   /* of the row, for messages */
	struct ur_text account_id; /* of a record that an account owns */
	union
	{
		struct ur_account_row account;
		struct ur_user_row user;
		struct ur_extension_row extension;
		struct ur_did_row did;
		struct ur_target_row target;
		struct ur_target_kind_row target_kind;
		struct ur_target_host_row target_host;
		struct ur_schedule_row schedule;
		struct ur_caller_list_row caller_list;
		struct ur_group_row group;
	};
	int device_count;
	int rule_count;
	int entry_count;
	int member_count;
	int domain_count;
	int number_count;
	struct ur_device_row devices[UR_MAX_DEVICES];
	struct ur_rule_row rules[UR_MAX_RULES];
	struct ur_group_member_row members[UR_GROUP_MEMBERS_MAX];
	struct ur_text
			texts[UR_MAX_ENTRIES]; /* domains, then numbers; or entries */
	struct ur_draft_hours hours;
};

/* Where a reader is in the records of a snapshot. */
struct ur_snapshot_reader
{
	const uint8_t *next;
	const uint8_t *end;
};

/* Buffers for checking and reading; large. */
struct ur_snapshot_room
{
	struct ur_snapshot_row row;
	struct ur_draft draft;
	char error[256]; /* the end of a sentence: "the snapshot …" */
};

/*
 * Checks everything: the header, the checksum, each record and the counts. Returns 0 with *header
 * filled, or EINVAL with room->error. After 0, ur_snapshot_decode_begin() and
 * ur_snapshot_decode_next() read the records without errors.
 */
int ur_snapshot_decode_check(struct ur_snapshot_header *header,
		const void *data, size_t size, struct ur_snapshot_room *room);

/* A reader at the first record of a checked buffer. */
struct ur_snapshot_reader ur_snapshot_decode_begin(
		const void *data, size_t size);

/* Reads the next record into room->row; returns false after the last one. */
bool ur_snapshot_decode_next(
		struct ur_snapshot_reader *reader, struct ur_snapshot_room *room);

/* Makes room->draft from room->row. account: the number of the account itself, or of the record's
 * account. Returns what ur_draft_…() do. */
int ur_snapshot_decode_draft(struct ur_snapshot_room *room, uint32_t account);

#endif
