/*
 * Does a record allow what its successor does not allow any more?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/closes.h"

static bool is_login(const struct ur_device *device)
{
	return (device->flags & UR_DEVICE_ACTIVE)
		   && (device->flags & UR_DEVICE_HA1);
}

/* With the same password. */
static bool may_log_in(const struct ur_user *user, struct ur_text aor,
		const uint8_t ha1[UR_HA1_SIZE])
{
	int i;

	for(i = 0; i < user->device_count; i++) {
		const struct ur_device *device = &user->devices[i];

		if(ur_text_equal(ur_user_text(user, device->aor), aor))
			return is_login(device)
				   && memcmp(device->ha1, ha1, UR_HA1_SIZE) == 0;
	}
	return false;
}

/* Two texts of two users. */
static bool is_same(const struct ur_user *a, struct ur_slice slice,
		const struct ur_user *b, struct ur_slice other)
{
	return ur_text_equal(ur_user_text(a, slice), ur_user_text(b, other));
}

static bool has_rule(const struct ur_user *user, const struct ur_user *of,
		const struct ur_user_rule *rule)
{
	const struct ur_user_rule *rules = ur_user_rules(user);
	int i;

	for(i = 0; i < user->rule_count; i++) {
		if(rules[i].event == rule->event && rules[i].scope == rule->scope
				&& rules[i].action == rule->action
				&& rules[i].flags == rule->flags
				&& is_same(user, rules[i].schedule_id, of, rule->schedule_id)
				&& is_same(user, rules[i].caller_list_id, of,
						rule->caller_list_id))
			return true;
	}
	return false;
}

/* Does the next one reject calls that the user does not? */
static bool rejects_more(const struct ur_user *next, const struct ur_user *user)
{
	const struct ur_user_rule *rules = ur_user_rules(next);
	int i;

	for(i = 0; i < next->rule_count; i++) {
		if(rules[i].action == UR_RULE_REJECT
				&& !has_rule(user, next, &rules[i]))
			return true;
	}
	return false;
}

static bool user_closes(const struct ur_user *next, const struct ur_user *user)
{
	int i;

	if(!user->active)
		return false;
	if(!next->active || next->account != user->account
			|| rejects_more(next, user))
		return true;
	for(i = 0; i < user->device_count; i++) {
		const struct ur_device *device = &user->devices[i];

		if(is_login(device)
				&& !may_log_in(
						next, ur_user_text(user, device->aor), device->ha1))
			return true;
	}
	return false;
}

/* Looks at domains only, or at numbers only, as first and count say. */
static bool has_text(const struct ur_account *account, int first, int count,
		struct ur_text text)
{
	int i;

	for(i = first; i < first + count; i++) {
		if(ur_text_equal(ur_slice_text(account, account->texts[i]), text))
			return true;
	}
	return false;
}

static bool account_closes(
		const struct ur_account *next, const struct ur_account *account)
{
	int i;

	if(!account->active)
		return false;
	if(!next->active)
		return true;
	for(i = 0; i < account->domain_count; i++) {
		if(!has_text(
				   next, 0, next->domain_count, ur_account_domain(account, i)))
			return true;
	}
	for(i = 0; i < account->number_count; i++) {
		if(!has_text(next, next->domain_count, next->number_count,
				   ur_account_number(account, i)))
			return true;
	}
	return false;
}

/* A group that moves to another account is no longer reached from the old one. That other members
 * ring is no matter of permission. */
static bool group_closes(
		const struct ur_group *next, const struct ur_group *group)
{
	return next->account != group->account;
}

bool ur_closes(const struct ur_draft *draft, const void *body)
{
	const struct ur_extension *next, *extension;

	switch(draft->type) {
		case UR_RECORD_USER:
			return user_closes((const struct ur_user *)draft->body, body);
		case UR_RECORD_ACCOUNT:
			return account_closes((const struct ur_account *)draft->body, body);
		case UR_RECORD_EXTENSION:
		case UR_RECORD_DID:
			next = (const struct ur_extension *)draft->body;
			extension = body;
			return extension->active
				   && (!next->active || next->account != extension->account);
		case UR_RECORD_GROUP:
			return group_closes((const struct ur_group *)draft->body, body);
		default:
			return false;
	}
}
