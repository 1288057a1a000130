/*
 * From the rows of a snapshot to drafts to the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "mirror/snapshot/decode.h"
#include "mirror/snapshot/file.h"
#include "mirror/snapshot/load.h"

static const char *const names[] = {
		[UR_RECORD_USER] = "user",
		[UR_RECORD_ACCOUNT] = "account",
		[UR_RECORD_EXTENSION] = "extension",
		[UR_RECORD_TARGET] = "route target",
		[UR_RECORD_TARGET_KIND] = "kind of route target",
		[UR_RECORD_TARGET_HOST] = "host of targets",
		[UR_RECORD_DID] = "did",
		[UR_RECORD_SCHEDULE] = "schedule",
		[UR_RECORD_CALLER_LIST] = "caller list",
		[UR_RECORD_GROUP] = "ring group",
};

/* The number of the account itself, or of the record's account; 0 if the file does not have that
 * account. */
static uint32_t account_of(
		struct ur_writer *writer, const struct ur_snapshot_row *row)
{
	uint32_t number;

	switch(row->type) {
		case UR_RECORD_ACCOUNT:
			number = ur_writer_account(writer, row->id);
			return number != 0 ? number : ur_writer_new_account(writer);
		case UR_RECORD_USER:
		case UR_RECORD_EXTENSION:
		case UR_RECORD_DID:
		case UR_RECORD_SCHEDULE:
		case UR_RECORD_CALLER_LIST:
		case UR_RECORD_GROUP:
			return ur_writer_account(writer, row->account_id);
		default:
			return 1; /* not used */
	}
}

/* Why the row can't be taken, or NULL. */
static const char *publish(
		struct ur_writer *writer, struct ur_snapshot_room *room)
{
	uint32_t account = account_of(writer, &room->row);

	if(account == 0)
		return "its account is unknown";
	if(ur_snapshot_decode_draft(room, account) != 0)
		return room->draft.error;
	room->draft.sum = (struct ur_sum){0, 0}; /* not read from the database */
	if(ur_writer_publish(writer, &room->draft) != 0)
		return "no shared memory is left for it";
	return NULL;
}

static void publish_all(const void *data, size_t size, struct ur_writer *writer,
		struct ur_skips *skips, struct ur_snapshot_room *room)
{
	struct ur_snapshot_reader reader = ur_snapshot_decode_begin(data, size);

	ur_skips_begin(skips);
	ur_writer_begin(writer);
	while(ur_snapshot_decode_next(&reader, room)) {
		const char *why = publish(writer, room);

		if(why != NULL)
			ur_skips_add(skips, names[room->row.type], room->row.id, why);
	}
	ur_writer_commit(writer);
	ur_skips_end(skips);
}

/* Returns 0, or EINVAL with the reason. */
static int compare(const struct ur_origin *found,
		const struct ur_origin *database, char error[256])
{
	if(database == NULL || ur_origin_is_alike(found, database))
		return 0;
	snprintf(error, 256,
			"is of another database: \"%.40s\" at %.60s; db_url names \"%.40s\""
			" at %.60s",
			found->database, found->hosts, database->database, database->hosts);
	return EINVAL;
}

static int load(const void *data, size_t size, const struct ur_origin *database,
		struct ur_writer *writer, struct ur_skips *skips,
		struct ur_snapshot_header *header, char error[256])
{
	struct ur_snapshot_room *room = malloc(sizeof(*room));
	int err;

	if(room == NULL)
		return ENOMEM;
	err = ur_snapshot_decode_check(header, data, size, room);
	if(err != 0)
		memcpy(error, room->error, sizeof(room->error));
	else
		err = compare(&header->origin, database, error);
	if(err == 0)
		publish_all(data, size, writer, skips, room);
	free(room);
	return err;
}

int ur_snapshot_load(const char *path, const struct ur_origin *database,
		struct ur_writer *writer, struct ur_skips *skips,
		struct ur_snapshot_header *header, char error[256])
{
	void *data;
	size_t size;
	const char *why;
	int err = ur_snapshot_file_read(path, &data, &size, &why);

	if(err == 0) {
		err = load(data, size, database, writer, skips, header, error);
		free(data);
	} else if(why != NULL) {
		snprintf(error, 256, "%s", why);
	}
	if(err != 0 && err != EINVAL)
		snprintf(error, 256, "can't be read: %s", strerror(err));
	return err;
}
