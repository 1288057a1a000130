/*
 * Input and output of snapshots.
 *
 * Nothing here may stop the mirror's process for long, for it has changes to apply. So the kernel
 * is asked to write each chunk to the disk as soon as it is complete, and later to finish it and
 * drop it from the cache, chunk by chunk: little is left to fsync(). The old file is kept open over
 * rename(), which would free all its blocks at once, and is truncated chunk by chunk.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mirror/snapshot/file.h"

#define PART_SUFFIX ".part"

enum
{
	FLUSH_CHUNK = 1 << 20, /* bytes */
	FREE_CHUNK = 16 << 20,
};

const char *ur_snapshot_file_wrong_path(const char *path)
{
	size_t len = strlen(path);

	if(path[0] != '/')
		return "it must be an absolute path";
	if(path[len - 1] == '/')
		return "it must name a file, not a folder";
	if(len >= PATH_MAX - strlen(PART_SUFFIX))
		return "it must be a shorter path";
	return NULL;
}

void ur_snapshot_file_init(struct ur_snapshot_file *file, const char *path)
{
	const size_t len = strlen(path);
	size_t folder = (size_t)(strrchr(path, '/') - path);

	memcpy(file->path, path, len + 1);
	memcpy(file->part, path, len);
	memcpy(file->part + len, PART_SUFFIX, sizeof(PART_SUFFIX));
	if(folder == 0)
		folder = 1; /* the root */
	memcpy(file->folder, path, folder);
	file->folder[folder] = '\0';
	file->fd = file->old_fd = -1;
}

static int failed(struct ur_snapshot_file *file, const char *at)
{
	file->failed_at = at;
	return errno;
}

/* A file that an earlier process left behind is removed first. */
int ur_snapshot_file_begin(struct ur_snapshot_file *file)
{
	file->written = file->flushed = file->sum = 0;
	file->pending = 0;
	if(unlink(file->part) != 0 && errno != ENOENT)
		return failed(file, "remove the old");
	file->fd = open(file->part,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			S_IRUSR | S_IWUSR);
	return file->fd >= 0 ? 0 : failed(file, "create");
}

static int write_at(struct ur_snapshot_file *file, const uint8_t *data,
		size_t size, off_t offset)
{
	while(size > 0) {
		ssize_t count = pwrite(file->fd, data, size, offset);

		if(count < 0 && errno == EINTR)
			continue;
		if(count < 0)
			return failed(file, "write to");
		data += count;
		size -= (size_t)count;
		offset += count;
	}
	return 0;
}

/* Not every file system can do this; the fsync() at the end is what counts. */
static void flush_range(
		struct ur_snapshot_file *file, uint64_t offset, unsigned flags)
{
	(void)sync_file_range(file->fd, (off64_t)offset, FLUSH_CHUNK, flags);
}

static int write_block(
		struct ur_snapshot_file *file, const uint8_t *block, size_t size)
{
	int err = write_at(file, block, size,
			(off_t)(UR_SNAPSHOT_HEADER_SIZE + file->written));

	if(err != 0)
		return err;
	file->sum = ur_snapshot_format_sum(file->sum, block, size);
	file->written += size;
	if(file->written % FLUSH_CHUNK == 0)
		flush_range(file, file->written - FLUSH_CHUNK, SYNC_FILE_RANGE_WRITE);
	return 0;
}

uint8_t *ur_snapshot_file_room(struct ur_snapshot_file *file)
{
	return file->buffer + file->pending;
}

/* Keeps up to a block in the buffer: the last block, of any size, is for end(). */
int ur_snapshot_file_add(struct ur_snapshot_file *file, size_t size)
{
	size_t done = 0;
	int err = 0;

	file->pending += size;
	while(err == 0 && file->pending - done > UR_SNAPSHOT_BLOCK) {
		err = write_block(file, file->buffer + done, UR_SNAPSHOT_BLOCK);
		done += UR_SNAPSHOT_BLOCK;
	}
	file->pending -= done;
	if(done > 0)
		memmove(file->buffer, file->buffer + done, file->pending);
	return err;
}

int ur_snapshot_file_end(
		struct ur_snapshot_file *file, struct ur_snapshot_header *header)
{
	uint8_t bytes[UR_SNAPSHOT_HEADER_SIZE];
	int err = write_block(file, file->buffer, file->pending);

	if(err != 0)
		return err;
	header->size = file->written;
	header->sum = file->sum;
	ur_snapshot_format_encode_header(header, bytes);
	return write_at(file, bytes, sizeof(bytes), 0);
}

bool ur_snapshot_file_flush(struct ur_snapshot_file *file)
{
	flush_range(file, file->flushed,
			SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE
					| SYNC_FILE_RANGE_WAIT_AFTER);
	(void)posix_fadvise(
			file->fd, (off_t)file->flushed, FLUSH_CHUNK, POSIX_FADV_DONTNEED);
	file->flushed += FLUSH_CHUNK;
	return file->flushed >= UR_SNAPSHOT_HEADER_SIZE + file->written;
}

/* The new name must be on the disk, too. */
static int flush_folder(struct ur_snapshot_file *file)
{
	int fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if(fd < 0 || fsync(fd) != 0)
		err = failed(file, "flush the folder of");
	if(fd >= 0)
		close(fd);
	return err;
}

int ur_snapshot_file_sync(struct ur_snapshot_file *file)
{
	return fsync(file->fd) == 0 ? 0 : failed(file, "flush");
}

static void close_fd(int *fd)
{
	if(*fd >= 0)
		close(*fd);
	*fd = -1;
}

int ur_snapshot_file_publish(struct ur_snapshot_file *file)
{
	file->old_fd =
			open(file->path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if(rename(file->part, file->path) != 0)
		return failed(file, "rename");
	close_fd(&file->fd);
	return flush_folder(file);
}

/* Does nobody else have the file, by another name or open (for a backup, for example)? Only then
 * the kernel grants a lease. It is given back at once, for it can cause signals. */
static bool is_ours_alone(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_nlink == 0
		   && fcntl(fd, F_SETLEASE, F_WRLCK) == 0
		   && fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
}

bool ur_snapshot_file_free_old(struct ur_snapshot_file *file)
{
	struct stat st;

	if(file->old_fd >= 0 && is_ours_alone(file->old_fd, &st)
			&& st.st_size > FREE_CHUNK
			&& ftruncate(file->old_fd, st.st_size - FREE_CHUNK) == 0)
		return false;
	close_fd(&file->old_fd);
	return true;
}

void ur_snapshot_file_abort(struct ur_snapshot_file *file)
{
	close_fd(&file->old_fd);
	if(file->fd < 0)
		return;
	close_fd(&file->fd);
	unlink(file->part);
}

/* ---- reading */

/* Refuses a file that others may have written: the checksum does not prevent that. */
static const char *check_owner(const struct stat *st)
{
	if(!S_ISREG(st->st_mode))
		return "is not a regular file";
	if(st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to another user: chown it to Kamailio's";
	if((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "may be written by others: chmod it to 600";
	return NULL;
}

static int read_at(int fd, uint8_t *data, size_t size, off_t offset)
{
	while(size > 0) {
		ssize_t count = pread(fd, data, size, offset);

		if(count < 0 && errno == EINTR)
			continue;
		if(count < 0)
			return errno;
		if(count == 0)
			return EIO; /* it was longer a moment ago */
		data += count;
		size -= (size_t)count;
		offset += count;
	}
	return 0;
}

/* Checks header and size first: another kind of file is not read. */
static int read_open(int fd, void **datap, size_t *sizep, const char **why)
{
	uint8_t head[UR_SNAPSHOT_HEADER_SIZE] = {0};
	struct ur_snapshot_header header;
	uint64_t checksum;
	struct stat st;
	uint8_t *data;
	int err;

	if(fstat(fd, &st) != 0)
		return errno;
	*why = check_owner(&st);
	if(*why != NULL)
		return EINVAL;
	*sizep = (size_t)st.st_size;
	err = read_at(fd, head, *sizep < sizeof(head) ? *sizep : sizeof(head), 0);
	if(err != 0)
		return err;
	*why = ur_snapshot_format_decode_header(&header, &checksum, head, *sizep);
	if(*why != NULL)
		return EINVAL;
	data = malloc(*sizep);
	if(data == NULL)
		return ENOMEM;
	err = read_at(fd, data, *sizep, 0);
	if(err != 0)
		free(data);
	else
		*datap = data;
	return err;
}

/* Not mapped: if somebody truncated the file, the process would end. O_NONBLOCK: a FIFO must not
 * block it. */
int ur_snapshot_file_read(
		const char *path, void **datap, size_t *sizep, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err;

	*why = NULL;
	err = fd >= 0 ? read_open(fd, datap, sizep, why) : errno;
	if(fd >= 0)
		close(fd);
	return err;
}
