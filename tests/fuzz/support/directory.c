/*
 * The mirrored records as the policy's chain asks for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/directory.h"

#include <stdlib.h>

#include "policy/target.h"
#include "support/input.h"

static const struct ur_user *find_user(void *context, struct ur_text id)
{
	const struct ur_fuzz_directory *d = context;
	const struct ur_user *user = ur_table_user_by_id(d->table, id);

	if(user != NULL && user->active && user->account == d->account)
		return user;
	ur_table_user_put(user);
	return NULL;
}

static const struct ur_extension *find_extension(
		void *context, struct ur_text id)
{
	const struct ur_fuzz_directory *d = context;
	const struct ur_extension *e = ur_table_extension_by_id(d->table, id);

	if(e != NULL && e->active && e->account == d->account)
		return e;
	ur_table_extension_put(e);
	return NULL;
}

static const struct ur_group *find_group(void *context, struct ur_text id)
{
	const struct ur_fuzz_directory *d = context;
	const struct ur_group *group = ur_table_group_by_id(d->table, id);

	if(group == NULL || group->account == d->account)
		return group;
	ur_table_group_put(group);
	return NULL;
}

static uint32_t turn(void *context, const struct ur_group *group)
{
	(void)context;
	return ur_table_group_turn(group, true);
}

static enum ur_refusal locate(
		void *context, struct ur_target target, struct ur_arrival *arrival)
{
	const struct ur_fuzz_directory *d = context;
	const struct ur_route_target *row =
			ur_table_target(d->table, d->account, target);
	const struct ur_target_kind *kind = ur_table_kind(d->table, target.kind);
	struct ur_target_form form = {
			UR_TEXT("acc_1"), target.id, UR_TEXT(""), UR_TEXT("")};

	arrival->uri_len = -1;
	if(kind != NULL)
		form.uri_template = ur_slice_text(kind, kind->uri_template);
	if(row != NULL) {
		form.address = ur_slice_text(row, row->address);
		arrival->uri_len =
				ur_target_uri(&form, arrival->uri, sizeof(arrival->uri));
	}
	ur_table_kind_put(kind);
	ur_table_target_put(row);
	return arrival->uri_len > 0 ? UR_REFUSAL_NONE : UR_REFUSAL_NO_URI;
}

/* No user is twice in a chain, and it is not too long. */
static void refused(void *context, const struct ur_chain *chain,
		struct ur_target target, enum ur_refusal why)
{
	(void)context;
	(void)target;
	UR_FUZZ_ASSERT(chain->count >= 1 && chain->count <= UR_CHAIN_LIMIT);
	UR_FUZZ_ASSERT(*ur_chain_refusal_text(why) != '\0');
}

struct ur_directory ur_fuzz_directory(
		struct ur_fuzz_directory *context, int max_hops)
{
	return (struct ur_directory){.context = context,
			.max_hops = max_hops,
			.find_user = find_user,
			.find_extension = find_extension,
			.put_user = ur_table_user_put,
			.put_extension = ur_table_extension_put,
			.locate = locate,
			.locate_number = locate,
			.refused = refused,
			.find_group = find_group,
			.put_group = ur_table_group_put,
			.turn = turn,
			.ref_user = ur_table_user_ref,
			.ref_group = ur_table_group_ref,
			.allocate = malloc,
			.release = free};
}
