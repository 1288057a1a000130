/*
 * The steps of a snapshot:
 *
 *   IDLE ── is due ──> WALKING ──> FLUSHING ──> SYNCING ──> PUBLISHING ──> FREEING ──> IDLE
 *
 * A record stays in one stripe of the table as long as it is there, and a stripe
 * is walked in one go: so each is visited at most once, and the table may change
 * between two stripes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirror/source/pg.h"
#include "mirror/port.h"
#include "mirror/snapshot/snapshot.h"
#include "mirror/snapshot/encode.h"
#include "mirror/snapshot/file.h"
#include "mirror/snapshot/load.h"
#include "mirror/state_update.h"

enum
{
	SLICE_RECORDS = 2000, /* walked in one turn, and the rest of a stripe */
};

enum step
{
	STEP_IDLE,
	STEP_WALKING,
	STEP_FLUSHING,
	STEP_SYNCING,
	STEP_PUBLISHING,
	STEP_FREEING, /* the blocks of the file that was replaced */
};

/* Numbers of accounts that are in the file already, as bits. */
struct seen
{
	uint8_t *bits;
	size_t size; /* in bytes */
};

struct ur_snapshot
{
	struct ur_table *table;
	struct ur_state *state;
	int interval; /* ms */
	enum step step;
	int64_t begun_at; /* the last one, see ur_pg_now(); 0: none yet */
	uint64_t saved;	  /* marks->changes of what the file has */
	uint64_t walked;  /* … of what is being written */
	uint32_t stripe;  /* the next one to walk */
	uint32_t records; /* in this turn */
	struct seen seen;
	bool failing; /* the log has the failure */
	bool has_origin;
	struct ur_origin origin; /* if so: of the database */
	struct ur_snapshot_header header;
	struct ur_snapshot_file file;
};

int ur_snapshot_alloc(struct ur_snapshot **snapshotp, struct ur_table *table,
		struct ur_state *state, const struct ur_mirror_config *config)
{
	const char *wrong = ur_snapshot_file_wrong_path(config->snapshot_file);
	struct ur_snapshot *snapshot;

	if(wrong != NULL) {
		ur_port_log(UR_LOG_ERROR, "snapshot_file is \"%s\": %s",
				config->snapshot_file, wrong);
		return EINVAL;
	}
	snapshot = calloc(1, sizeof(*snapshot));
	if(snapshot == NULL)
		return ENOMEM;
	snapshot->table = table;
	snapshot->state = state;
	ur_snapshot_configure(snapshot, config);
	snapshot->saved = UINT64_MAX; /* none is saved yet */
	ur_snapshot_file_init(&snapshot->file, config->snapshot_file);
	*snapshotp = snapshot;
	return 0;
}

void ur_snapshot_configure(
		struct ur_snapshot *snapshot, const struct ur_mirror_config *config)
{
	snapshot->interval = config->snapshot_interval * 1000;
}

void ur_snapshot_set_origin(
		struct ur_snapshot *snapshot, const struct ur_origin *database)
{
	snapshot->origin = *database;
	snapshot->has_origin = true;
}

bool ur_snapshot_meet(struct ur_snapshot *snapshot, const char *server)
{
	struct ur_origin *own = &snapshot->origin;
	const char *served = snapshot->header.origin.server;
	const bool is_served =
			ur_state_source(snapshot->state) == UR_SOURCE_SNAPSHOT;

	memset(own->server, 0, sizeof(own->server));
	snprintf(own->server, sizeof(own->server), "%s", server);
	return !is_served || !ur_origin_is_other(own->server, served);
}

void ur_snapshot_free(struct ur_snapshot *snapshot)
{
	if(snapshot == NULL)
		return;
	ur_snapshot_file_abort(&snapshot->file);
	free(snapshot->seen.bits);
	free(snapshot);
}

/* ---- at start */

static const char *time_text(int64_t seconds, char text[32])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if(localtime_r(&when, &tm) == NULL
			|| strftime(text, 32, "%Y-%m-%d %H:%M:%S %z", &tm) == 0)
		snprintf(text, 32, "%lld", (long long)seconds);
	return text;
}

static void check_folder(const struct ur_snapshot *snapshot)
{
	const char *folder = snapshot->file.folder;

	if(euidaccess(folder, W_OK | X_OK) != 0)
		ur_port_log(UR_LOG_WARNING,
				"no snapshot can be written to the folder %s: %s; make one"
				" that Kamailio's user may write to",
				folder, strerror(errno));
}

static void now_serving(
		const struct ur_snapshot *snapshot, int64_t took, uint64_t skipped)
{
	struct ur_table_stats stats;
	char text[32];

	ur_state_set_snapshot(snapshot->state, (time_t)snapshot->header.created);
	ur_state_set_source(snapshot->state, UR_SOURCE_SNAPSHOT);
	ur_state_set(snapshot->state, UR_MIRROR_STALE);
	ur_table_stats(snapshot->table, &stats);
	ur_port_log(UR_LOG_NOTICE,
			"serving from the snapshot of %s until the database answers: %u"
			" users, %u devices, %u accounts, read in %lld ms, %llu rows"
			" skipped",
			time_text(snapshot->header.created, text), stats.users,
			stats.devices, stats.accounts, (long long)took,
			(unsigned long long)skipped);
}

bool ur_snapshot_serve(struct ur_snapshot *snapshot, struct ur_writer *writer,
		struct ur_skips *skips)
{
	const char *path = snapshot->file.path;
	int64_t started = ur_pg_now();
	char error[256];
	int err = ur_snapshot_load(path,
			snapshot->has_origin ? &snapshot->origin : NULL, writer, skips,
			&snapshot->header, error);

	check_folder(snapshot);
	if(err == 0)
		now_serving(snapshot, ur_pg_now() - started, skips->total);
	else if(err == ENOENT)
		ur_port_log(UR_LOG_INFO, "there is no snapshot %s yet", path);
	else
		ur_port_log(UR_LOG_ERROR,
				"the snapshot %s %s; it is not used, and replaced when the"
				" database has answered",
				path, error);
	return err == 0;
}

/* ---- the walk */

/* Notes the account as seen. Returns 0, EEXIST if it was seen before, or ENOMEM. */
static int see(struct seen *seen, uint32_t number)
{
	const size_t byte = number / 8;
	const uint8_t bit = (uint8_t)(1 << number % 8);

	if(byte >= seen->size) {
		size_t size = 2 * byte + 64;
		uint8_t *grown = realloc(seen->bits, size);

		if(grown == NULL)
			return ENOMEM;
		memset(grown + seen->size, 0, size - seen->size);
		seen->bits = grown;
		seen->size = size;
	}
	if((seen->bits[byte] & bit) != 0)
		return EEXIST;
	seen->bits[byte] |= bit;
	return 0;
}

static int write_record(struct ur_snapshot *snapshot,
		const struct ur_record *record, struct ur_text account_id)
{
	size_t size = ur_snapshot_encode(
			record, account_id, ur_snapshot_file_room(&snapshot->file));

	snapshot->header.counts[record->type]++;
	snapshot->records++;
	return ur_snapshot_file_add(&snapshot->file, size);
}

static int write_account(
		struct ur_snapshot *snapshot, const struct ur_record *record)
{
	const struct ur_account *account = (const void *)record->body;
	int err = see(&snapshot->seen, account->number);

	if(err == EEXIST)
		return 0;
	if(err != 0)
		snapshot->file.failed_at = "note the accounts of";
	return err != 0 ? err : write_record(snapshot, record, UR_TEXT(""));
}

/* The account is written before the first record that it owns, so that a reader knows it: also if
 * it was added after the walk had passed its stripe. A record without its account is left out: no
 * call can reach it. */
static int write_owned(struct ur_snapshot *snapshot,
		const struct ur_record *record, uint32_t number)
{
	struct ur_key key = {UR_KEY_ACCOUNT_NUMBER, number, UR_TEXT("")};
	const struct ur_record *owner = ur_buckets_find(snapshot->table, &key);
	const struct ur_account *account;
	int err;

	if(owner == NULL)
		return 0;
	account = (const void *)owner->body;
	err = write_account(snapshot, owner);
	if(err != 0)
		return err;
	return write_record(
			snapshot, record, ur_account_text(account, account->id));
}

static int visit(struct ur_snapshot *snapshot, const struct ur_record *record)
{
	switch(record->type) {
		case UR_RECORD_ACCOUNT:
			return write_account(snapshot, record);
		case UR_RECORD_USER:
			return write_owned(snapshot, record,
					((const struct ur_user *)record->body)->account);
		case UR_RECORD_EXTENSION:
		case UR_RECORD_DID:
			return write_owned(snapshot, record,
					((const struct ur_extension *)record->body)->account);
		case UR_RECORD_SCHEDULE:
			return write_owned(snapshot, record,
					((const struct ur_schedule *)record->body)->account);
		case UR_RECORD_CALLER_LIST:
			return write_owned(snapshot, record,
					((const struct ur_caller_list *)record->body)->account);
		case UR_RECORD_GROUP:
			return write_owned(snapshot, record,
					((const struct ur_group *)record->body)->account);
		default:
			return write_record(snapshot, record, UR_TEXT(""));
	}
}

/* Records that were replaced or removed, but are still linked, are left out: of two records with
 * one id a reader would take the last. */
static int walk_bucket(struct ur_snapshot *snapshot, const struct ur_node *node)
{
	int err = 0;

	for(; err == 0 && node != NULL; node = node->next) {
		const struct ur_record *record = ur_record_of_node(node);

		if(node->number == UR_NODE_ID && !record->replaced)
			err = visit(snapshot, record);
	}
	return err;
}

static int walk_stripe(struct ur_snapshot *snapshot)
{
	const uint32_t buckets =
			ur_buckets_in_stripe(snapshot->table, snapshot->stripe);
	uint32_t i;
	int err = 0;

	for(i = 0; err == 0 && i < buckets; i++)
		err = walk_bucket(snapshot,
				ur_buckets_head(snapshot->table, snapshot->stripe, i));
	snapshot->stripe++;
	return err;
}

/* ---- step by step */

static void begin(struct ur_snapshot *snapshot, int64_t now)
{
	snapshot->begun_at = now;
	snapshot->walked = ur_buckets_marks(snapshot->table)->changes;
	snapshot->stripe = 0;
	snapshot->header = (struct ur_snapshot_header){
			.created = time(NULL), .origin = snapshot->origin};
	if(snapshot->seen.bits != NULL)
		memset(snapshot->seen.bits, 0, snapshot->seen.size);
}

static bool is_due(const struct ur_snapshot *snapshot, int64_t now)
{
	return snapshot->begun_at == 0
		   || now >= snapshot->begun_at + snapshot->interval;
}

/* Does the table have anything that the file does not? */
static bool is_behind(const struct ur_snapshot *snapshot)
{
	return ur_state_source(snapshot->state) == UR_SOURCE_DATABASE
		   && snapshot->saved != ur_buckets_marks(snapshot->table)->changes;
}

static int step_idle(struct ur_snapshot *snapshot)
{
	int64_t now = ur_pg_now();

	if(!is_due(snapshot, now) || !is_behind(snapshot))
		return 0;
	begin(snapshot, now);
	snapshot->step = STEP_WALKING;
	return ur_snapshot_file_begin(&snapshot->file);
}

static int step_walking(struct ur_snapshot *snapshot)
{
	const uint32_t stripes = ur_buckets_stripes(snapshot->table);
	int err = 0;

	snapshot->records = 0;
	while(err == 0 && snapshot->stripe < stripes
			&& snapshot->records < SLICE_RECORDS)
		err = walk_stripe(snapshot);
	if(err != 0 || snapshot->stripe < stripes)
		return err;
	snapshot->step = STEP_FLUSHING;
	return ur_snapshot_file_end(&snapshot->file, &snapshot->header);
}

static int step_flushing(struct ur_snapshot *snapshot)
{
	if(ur_snapshot_file_flush(&snapshot->file))
		snapshot->step = STEP_SYNCING;
	return 0;
}

static int step_syncing(struct ur_snapshot *snapshot)
{
	snapshot->step = STEP_PUBLISHING;
	return ur_snapshot_file_sync(&snapshot->file);
}

static int step_publishing(struct ur_snapshot *snapshot)
{
	int err = ur_snapshot_file_publish(&snapshot->file);

	if(err != 0)
		return err;
	snapshot->step = STEP_FREEING;
	snapshot->saved = snapshot->walked;
	ur_state_set_snapshot(snapshot->state, (time_t)snapshot->header.created);
	ur_port_log(snapshot->failing ? UR_LOG_NOTICE : UR_LOG_DEBUG,
			"the snapshot %s is written", snapshot->file.path);
	snapshot->failing = false;
	return 0;
}

static int step_freeing(struct ur_snapshot *snapshot)
{
	if(ur_snapshot_file_free_old(&snapshot->file))
		snapshot->step = STEP_IDLE;
	return 0;
}

/* The next attempt is due when the interval has passed. */
static void fail(struct ur_snapshot *snapshot, int err)
{
	char error[160];

	ur_snapshot_file_abort(&snapshot->file);
	snapshot->step = STEP_IDLE;
	snprintf(error, sizeof(error), "can't %s it: %s", snapshot->file.failed_at,
			strerror(err));
	ur_state_set_snapshot_error(snapshot->state, error);
	if(!snapshot->failing)
		ur_port_log(UR_LOG_ERROR,
				"the snapshot %s is not written: %s (tried again every %d s;"
				" an older one stays)",
				snapshot->file.part, error, snapshot->interval / 1000);
	snapshot->failing = true;
}

bool ur_snapshot_turn(struct ur_snapshot *snapshot)
{
	static int (*const steps[])(struct ur_snapshot *) = {
			[STEP_IDLE] = step_idle,
			[STEP_WALKING] = step_walking,
			[STEP_FLUSHING] = step_flushing,
			[STEP_SYNCING] = step_syncing,
			[STEP_PUBLISHING] = step_publishing,
			[STEP_FREEING] = step_freeing,
	};
	int err = steps[snapshot->step](snapshot);

	if(err != 0)
		fail(snapshot, err);
	return snapshot->step != STEP_IDLE;
}

/* A snapshot that is being written may lack the last changes: then another one follows. */
void ur_snapshot_finish(struct ur_snapshot *snapshot, int max_ms)
{
	const int64_t until = ur_pg_now() + max_ms;
	bool is_more;

	snapshot->interval = 0;
	do
		is_more = ur_snapshot_turn(snapshot);
	while((is_more || (is_behind(snapshot) && !snapshot->failing))
			&& ur_pg_now() < until);
}
