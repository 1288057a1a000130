/*
 * Rows of extensions, dids and targets → drafts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "mirror/store/draft_inside.h"

int ur_draft_extension(
		struct ur_draft *draft, const struct ur_extension_row *row)
{
	struct ur_extension *extension = (struct ur_extension *)draft->body;

	if(ur_draft_check_row(draft, UR_VIEW_EXTENSION, row) != 0)
		return EINVAL;
	ur_draft_start(draft, UR_RECORD_EXTENSION, sizeof(*extension),
			UR_NODE_EXTENSION_DIGITS + 1);
	extension->account = row->account;
	ur_draft_keep_row(draft, UR_VIEW_EXTENSION, row, extension);
	return ur_draft_finish(draft);
}

int ur_draft_did(struct ur_draft *draft, const struct ur_did_row *row)
{
	struct ur_extension *did = (struct ur_extension *)draft->body;

	if(ur_draft_check_row(draft, UR_VIEW_DID, row) != 0)
		return EINVAL;
	ur_draft_start(draft, UR_RECORD_DID, sizeof(*did), UR_NODE_ID + 1);
	did->account = row->account;
	did->is_did = 1;
	ur_draft_keep_row(draft, UR_VIEW_DID, row, did);
	did->id = did->digits;
	return ur_draft_finish(draft);
}

static bool has_blank(struct ur_text text)
{
	return text.len > 0 && memchr(text.s, ' ', text.len) != NULL;
}

/* A notification has all three with a blank between, so only the id may have blanks. */
int ur_draft_target(struct ur_draft *draft, const struct ur_target_row *row)
{
	struct ur_route_target *target = (struct ur_route_target *)draft->body;

	if(ur_draft_check_row(draft, UR_VIEW_TARGET, row) != 0)
		return EINVAL;
	if(has_blank(row->account_id) || has_blank(row->target.kind))
		return ur_draft_refuse(
				draft, "its account_id or kind has a blank in it");
	ur_draft_start(draft, UR_RECORD_TARGET, sizeof(*target), UR_NODE_ID + 1);
	ur_draft_append(draft, &target->name, row->account_id);
	ur_draft_append(draft, &target->name, UR_TEXT(" "));
	ur_draft_append(draft, &target->name, row->target.kind);
	target->kind = ur_draft_tail(draft, row->target.kind.len);
	ur_draft_append(draft, &target->name, UR_TEXT(" "));
	ur_draft_append(draft, &target->name, row->target.id);
	target->id = ur_draft_tail(draft, row->target.id.len);
	ur_draft_keep_row(draft, UR_VIEW_TARGET, row, target);
	return ur_draft_finish(draft);
}

/* A draft of a row without parts or other special fields. */
static int draft_simple(struct ur_draft *draft, enum ur_record_type type,
		size_t size, enum ur_view view, const void *row)
{
	if(ur_draft_check_row(draft, view, row) != 0)
		return EINVAL;
	ur_draft_start(draft, type, size, UR_NODE_ID + 1);
	ur_draft_keep_row(draft, view, row, draft->body);
	return ur_draft_finish(draft);
}

int ur_draft_target_kind(struct ur_draft *draft, struct ur_text kind,
		struct ur_text uri_template)
{
	const struct ur_target_kind_row row = {kind, uri_template};

	return draft_simple(draft, UR_RECORD_TARGET_KIND,
			sizeof(struct ur_target_kind), UR_VIEW_TARGET_KIND, &row);
}

/* An odd spelling is kept: it matches no host. If it were skipped, the list might be empty, and
 * that allows all hosts. */
int ur_draft_target_host(struct ur_draft *draft, struct ur_text host)
{
	const struct ur_target_host_row row = {host};

	return draft_simple(draft, UR_RECORD_TARGET_HOST,
			sizeof(struct ur_target_host), UR_VIEW_TARGET_HOST, &row);
}
