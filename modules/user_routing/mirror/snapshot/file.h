/*
 * The snapshot as a file. It is written piece by piece under another name, and renamed when it is
 * complete. It is read at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_FILE_H
#define UR_MIRROR_SNAPSHOT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "mirror/snapshot/format.h"

/* A file that is written again and again; a large struct. */
struct ur_snapshot_file
{
	char path[PATH_MAX];
	char part[PATH_MAX];   /* what is written, until it is whole */
	char folder[PATH_MAX]; /* of path and part */
	const char *failed_at; /* "write to", "rename": for messages */
	int fd;				   /* of part; -1: none is being written */
	int old_fd; /* of the file that was replaced; -1: none is being freed */
	uint64_t written; /* bytes of records in it, whole blocks … */
	size_t pending;	  /* … and in buffer, not in it yet */
	uint64_t flushed; /* bytes that are on the disk */
	uint64_t sum;	  /* of what is written */
	uint8_t buffer[UR_SNAPSHOT_BLOCK + UR_SNAPSHOT_RECORD_MAX];
};

/* NULL if path may name a snapshot, else what it must be: "it must …". */
const char *ur_snapshot_file_wrong_path(const char *path);

/* Initializes it for such a path. */
void ur_snapshot_file_init(struct ur_snapshot_file *file, const char *path);

/*
 * To be called in this order; return 0 or an errno value with file->failed_at,
 * after which ur_snapshot_file_abort() is due. Each takes a few milliseconds on
 * an ordinary disk; sync and publish may take longer if it is busy.
 *
 *  begin    opens an empty file that only its owner may read
 *  add      repeatedly: size more bytes were put at ur_snapshot_file_room()
 *  end      writes the header; fills in its size and sum
 *  flush    repeatedly, until it returns true: a part of the file goes to the disk
 *  sync     fsync(): the rest, and the disk's own buffers
 *  publish  renames it to the path of the old file, which stays until then
 *  free_old repeatedly, until it returns true: frees a part of the old file's blocks
 */
int ur_snapshot_file_begin(struct ur_snapshot_file *file);
int ur_snapshot_file_add(struct ur_snapshot_file *file, size_t size);
int ur_snapshot_file_end(
		struct ur_snapshot_file *file, struct ur_snapshot_header *header);
bool ur_snapshot_file_flush(struct ur_snapshot_file *file);
int ur_snapshot_file_sync(struct ur_snapshot_file *file);
int ur_snapshot_file_publish(struct ur_snapshot_file *file);
bool ur_snapshot_file_free_old(struct ur_snapshot_file *file);

/* Gives up the file that is being written, if there is one. */
void ur_snapshot_file_abort(struct ur_snapshot_file *file);

/* Where to put the next record: UR_SNAPSHOT_RECORD_MAX bytes. */
uint8_t *ur_snapshot_file_room(struct ur_snapshot_file *file);

/*
 * Reads a whole snapshot into memory that the caller frees. Another kind of file, or an incomplete
 * one, is recognized by its header before the rest is read. Returns 0, EINVAL with *why (the end of
 * a sentence "the snapshot …"), or another errno value with *why NULL.
 */
int ur_snapshot_file_read(
		const char *path, void **datap, size_t *sizep, const char **why);

#endif
