/*
 * The fields of each kind of record, in the order in which they are in the file:
 * decode.c reads the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <endian.h>

#include "mirror/snapshot/encode.h"

/* Where the next field goes. */
struct output
{
	uint8_t *next;
	const void *body; /* of the record: what slices are in */
};

static void put8(struct output *out, uint8_t number)
{
	*out->next++ = number;
}

static void put16(struct output *out, uint16_t number)
{
	number = htole16(number);
	memcpy(out->next, &number, sizeof(number));
	out->next += sizeof(number);
}

static void put32(struct output *out, uint32_t number)
{
	number = htole32(number);
	memcpy(out->next, &number, sizeof(number));
	out->next += sizeof(number);
}

static void put_text(struct output *out, struct ur_text text)
{
	put16(out, (uint16_t)text.len);
	if(text.len > 0)
		memcpy(out->next, text.s, text.len);
	out->next += text.len;
}

static void put_slice(struct output *out, struct ur_slice slice)
{
	put_text(out, ur_slice_text(out->body, slice));
}

static void put_target(struct output *out, struct ur_target_slice target)
{
	put_slice(out, target.kind);
	put_slice(out, target.id);
}

static void put_account(struct output *out, const struct ur_account *account)
{
	int i;

	put_slice(out, account->id);
	put_slice(out, account->default_cid_number);
	put8(out, account->active ? UR_SNAPSHOT_ACTIVE : 0);
	put16(out, account->domain_count);
	put16(out, account->number_count);
	for(i = 0; i < account->domain_count + account->number_count; i++)
		put_slice(out, account->texts[i]);
}

static uint8_t device_flags(const struct ur_device *device)
{
	const uint8_t flags = device->flags;

	return (flags & UR_DEVICE_ACTIVE ? UR_SNAPSHOT_ACTIVE : 0)
		   | (flags & UR_DEVICE_AVAILABLE ? UR_SNAPSHOT_AVAILABLE : 0)
		   | (flags & UR_DEVICE_RING_ON_FORK ? UR_SNAPSHOT_RING_ON_FORK : 0)
		   | (flags & UR_DEVICE_SPECIFIC ? UR_SNAPSHOT_RING_SPECIFIC : 0);
}

/*
 * The address of record apart again: the realm, a host, has no @ in it. Neither
 * part is empty.
 *
 * ha1 is a credential and never written: nobody who gets hold of the file, or of
 * a backup of it, shall be able to register with it.
 */
static void put_device(struct output *out, const struct ur_device *device)
{
	struct ur_text aor = ur_slice_text(out->body, device->aor);
	int at = aor.len - 2;

	while(aor.s[at] != '@')
		at--;
	put_slice(out, device->id);
	put_text(out, (struct ur_text){aor.s, at});
	put_text(out, (struct ur_text){aor.s + at + 1, aor.len - at - 1});
	put32(out, (uint32_t)device->ring_order);
	put8(out, device_flags(device));
}

static void put_user(struct output *out, const struct ur_user *user,
		struct ur_text account_id)
{
	int i;

	put_slice(out, user->id);
	put_text(out, account_id);
	put_slice(out, user->username);
	put_slice(out, user->display_name);
	put_text(out, ur_record_strategy_name(user->strategy));
	put_slice(out, user->voicemail_id);
	put_slice(out, user->out_cid_number);
	put_slice(out, user->out_cid_name);
	for(i = 0; i < UR_FORWARD_COUNT; i++)
		put_target(out, user->forward[i]);
	put16(out, user->ring_timeout_sec);
	put8(out, (user->active ? UR_SNAPSHOT_ACTIVE : 0)
					  | (user->dnd ? UR_SNAPSHOT_DND : 0));
	put16(out, user->device_count);
	for(i = 0; i < user->device_count; i++)
		put_device(out, &user->devices[i]);
}

static void put_extension(struct output *out,
		const struct ur_extension *extension, struct ur_text account_id)
{
	put_slice(out, extension->id);
	put_text(out, account_id);
	put_slice(out, extension->digits);
	put_target(out, extension->target);
	put8(out, extension->active ? UR_SNAPSHOT_ACTIVE : 0);
}

/* The name is "account_id kind id". */
static void put_route_target(
		struct output *out, const struct ur_route_target *target)
{
	struct ur_text name = ur_slice_text(out->body, target->name);

	name.len -= target->kind.len + target->id.len + 2;
	put_text(out, name);
	put_slice(out, target->kind);
	put_slice(out, target->id);
	put_slice(out, target->address);
}

static void put_target_kind(
		struct output *out, const struct ur_target_kind *kind)
{
	put_slice(out, kind->kind);
	put_slice(out, kind->uri_template);
}

static void put_fields(
		struct output *out, enum ur_record_type type, struct ur_text account_id)
{
	switch(type) {
		case UR_RECORD_ACCOUNT:
			put_account(out, out->body);
			break;
		case UR_RECORD_USER:
			put_user(out, out->body, account_id);
			break;
		case UR_RECORD_EXTENSION:
			put_extension(out, out->body, account_id);
			break;
		case UR_RECORD_TARGET:
			put_route_target(out, out->body);
			break;
		case UR_RECORD_TARGET_HOST:
			put_slice(out, ((const struct ur_target_host *)out->body)->host);
			break;
		default:
			put_target_kind(out, out->body);
			break;
	}
}

size_t ur_snapshot_encode(
		const struct ur_record *record, struct ur_text account_id, uint8_t *out)
{
	struct output head = {.next = out};
	struct output fields = {out + UR_SNAPSHOT_RECORD_HEAD, record->body};

	put_fields(&fields, record->type, account_id);
	put8(&head, ur_snapshot_tag(record->type));
	put32(&head, (uint32_t)(fields.next - out - UR_SNAPSHOT_RECORD_HEAD));
	return fields.next - out;
}
