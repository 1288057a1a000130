/*
 * What the writer and the reader of a snapshot share: header, tags, checksum.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <endian.h>

#include "mirror/snapshot/format.h"

_Static_assert((int)UR_SNAPSHOT_KINDS == (int)UR_RECORD_TYPES,
		"another type of record is another version of the format");

_Static_assert(
		sizeof(struct ur_origin)
				== UR_ORIGIN_DATABASE + UR_ORIGIN_HOSTS + UR_ORIGIN_SERVER,
		"the texts and nothing else are in the file");

static const char magic[] = "URSNAP\r\n";

/* In the order of the header's counts. */
static const struct
{
	enum ur_record_type type;
	uint8_t tag;
} kinds[UR_SNAPSHOT_KINDS] = {
		{UR_RECORD_ACCOUNT, 'A'},
		{UR_RECORD_USER, 'U'},
		{UR_RECORD_EXTENSION, 'E'},
		{UR_RECORD_TARGET, 'T'},
		{UR_RECORD_TARGET_KIND, 'K'},
		{UR_RECORD_TARGET_HOST, 'H'},
		{UR_RECORD_DID, 'D'},
		{UR_RECORD_SCHEDULE, 'S'},
		{UR_RECORD_CALLER_LIST, 'L'},
		{UR_RECORD_GROUP, 'G'},
};

uint8_t ur_snapshot_format_tag(enum ur_record_type type)
{
	int i = 0;

	while(kinds[i].type != type)
		i++;
	return kinds[i].tag;
}

int ur_snapshot_format_type(uint8_t tag)
{
	int i;

	for(i = 0; i < UR_SNAPSHOT_KINDS; i++) {
		if(kinds[i].tag == tag)
			return (int)kinds[i].type;
	}
	return -1;
}

uint64_t ur_snapshot_format_sum(uint64_t sum, const void *block, size_t size)
{
	static const struct ur_hash_seed published = {
			{UINT64_C(0x736e617073686f74), UINT64_C(0x636865636b73756d)}};

	return ur_hash_text(&published, sum, (struct ur_text){block, (int)size});
}

static void put32(uint8_t *out, uint32_t number)
{
	number = htole32(number);
	memcpy(out, &number, sizeof(number));
}

static void put64(uint8_t *out, uint64_t number)
{
	number = htole64(number);
	memcpy(out, &number, sizeof(number));
}

static uint32_t get32(const uint8_t *data)
{
	uint32_t number;

	memcpy(&number, data, sizeof(number));
	return le32toh(number);
}

static uint64_t get64(const uint8_t *data)
{
	uint64_t number;

	memcpy(&number, data, sizeof(number));
	return le64toh(number);
}

/* Differs if the fields of any record differ. */
static uint64_t hash_columns(void)
{
	uint64_t hash = 0;
	int view, i;

	for(view = 0; view < UR_VIEWS; view++) {
		hash = ur_snapshot_format_sum(hash + 1, NULL, 0);
		for(i = 0; i < ur_columns[view].count; i++) {
			const struct ur_column *column = &ur_columns[view].list[i];

			if(ur_snapshot_format_has(column))
				hash = ur_snapshot_format_sum(hash + column->type, column->name,
						strlen(column->name));
		}
	}
	return hash;
}

void ur_snapshot_format_encode_header(const struct ur_snapshot_header *header,
		uint8_t out[UR_SNAPSHOT_HEADER_SIZE])
{
	int i;

	memcpy(out, magic, 8);
	put32(out + 8, UR_SNAPSHOT_VERSION);
	for(i = 0; i < UR_SNAPSHOT_KINDS; i++)
		put32(out + 12 + 4 * i, header->counts[kinds[i].type]);
	put64(out + UR_SNAPSHOT_CREATED, (uint64_t)header->created);
	put64(out + UR_SNAPSHOT_CREATED + 8, header->size);
	put64(out + UR_SNAPSHOT_COLUMNS, hash_columns());
	memcpy(out + UR_SNAPSHOT_ORIGIN, &header->origin, sizeof(header->origin));
	put64(out + UR_SNAPSHOT_SUMMED,
			ur_snapshot_format_sum(header->sum, out, UR_SNAPSHOT_SUMMED));
}

static bool is_text(const char *text, size_t size)
{
	return memchr(text, 0, size) != NULL;
}

static bool read_origin(struct ur_origin *origin, const uint8_t *data)
{
	memcpy(origin, data, sizeof(*origin));
	return is_text(origin->database, sizeof(origin->database))
		   && is_text(origin->hosts, sizeof(origin->hosts))
		   && is_text(origin->server, sizeof(origin->server));
}

const char *ur_snapshot_format_decode_header(struct ur_snapshot_header *header,
		uint64_t *checksum, const uint8_t *data, uint64_t size)
{
	int i;

	if(memcmp(data, magic, size < 8 ? size : 8) != 0)
		return "is not a snapshot: it is a file of another kind";
	if(size < UR_SNAPSHOT_HEADER_SIZE)
		return "is truncated: its header is not complete";
	if(get32(data + 8) != UR_SNAPSHOT_VERSION)
		return "has another version of the format than this module reads";
	if(get64(data + UR_SNAPSHOT_COLUMNS) != hash_columns())
		return "has other columns than this module reads";
	for(i = 0; i < UR_SNAPSHOT_KINDS; i++)
		header->counts[kinds[i].type] = get32(data + 12 + 4 * i);
	header->created = (int64_t)get64(data + UR_SNAPSHOT_CREATED);
	header->size = get64(data + UR_SNAPSHOT_CREATED + 8);
	*checksum = get64(data + UR_SNAPSHOT_SUMMED);
	if(header->size > size - UR_SNAPSHOT_HEADER_SIZE)
		return "is truncated: it has fewer bytes than its header says";
	if(header->size < size - UR_SNAPSHOT_HEADER_SIZE)
		return "has more bytes than its header says";
	if(!read_origin(&header->origin, data + UR_SNAPSHOT_ORIGIN))
		return "is damaged: its header does not say of which database it is";
	return NULL;
}
