/*
 * The snapshot as a file: written beside its place piece by piece and put there
 * when it is whole, or read at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_FILE_H
#define UR_MIRROR_SNAPSHOT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "mirror/snapshot/format.h"

/* One that is written again and again; large. */
struct ur_snapshot_file
{
	char path[PATH_MAX];
	char part[PATH_MAX];   /* what is written, until it is whole */
	char folder[PATH_MAX]; /* of both */
	const char *failed_at; /* "write to", "rename": for messages */
	int fd;				   /* of part; -1: none is being written */
	int old_fd; /* of the file that stood in its place; -1: none is being freed */
	uint64_t written; /* bytes of records in it, whole blocks … */
	size_t pending;	  /* … and in buffer, not in it yet */
	uint64_t flushed; /* bytes that are on the disk */
	uint64_t sum;	  /* of what is written */
	uint8_t buffer[UR_SNAPSHOT_BLOCK + UR_SNAPSHOT_RECORD_MAX];
};

/* NULL when path may name a snapshot, else how it has to be: "it must …". */
const char *ur_snapshot_file_wrong_path(const char *path);

/* Makes one for such a path. */
void ur_snapshot_file_init(struct ur_snapshot_file *file, const char *path);

/*
 * To be called in this order; return 0 or an errno value with file->failed_at,
 * after which ur_snapshot_file_abort() is due. Each takes a few milliseconds on
 * an ordinary disk; sync and publish may take longer if it is busy.
 *
 *  begin    opens an empty file for nobody else's eyes
 *  add      once and again: size bytes more were put at ur_snapshot_file_room()
 *  end      the header; its size and sum are filled in here
 *  flush    once and again until it returns true: some of it to the disk
 *  sync     what is left, and the disk's own buffers
 *  publish  into the place of the old one, which stays until this moment
 *  free_old once and again until it returns true: some of the old one's blocks
 */
int ur_snapshot_file_begin(struct ur_snapshot_file *file);
int ur_snapshot_file_add(struct ur_snapshot_file *file, size_t size);
int ur_snapshot_file_end(
		struct ur_snapshot_file *file, struct ur_snapshot_header *header);
bool ur_snapshot_file_flush(struct ur_snapshot_file *file);
int ur_snapshot_file_sync(struct ur_snapshot_file *file);
int ur_snapshot_file_publish(struct ur_snapshot_file *file);
bool ur_snapshot_file_free_old(struct ur_snapshot_file *file);

/* Gives up what is being written, if anything. */
void ur_snapshot_file_abort(struct ur_snapshot_file *file);

/* Where the next record goes: UR_SNAPSHOT_RECORD_MAX bytes. */
uint8_t *ur_snapshot_file_room(struct ur_snapshot_file *file);

/*
 * Reads all of a file of ours into memory that the caller frees. A foreign or
 * incomplete one is recognized by its header, before the rest is read. Returns 0,
 * EINVAL with *why (the end of a sentence "the snapshot …"), or another errno
 * value with *why NULL.
 */
int ur_snapshot_file_read(
		const char *path, void **datap, size_t *sizep, const char **why);

#endif
