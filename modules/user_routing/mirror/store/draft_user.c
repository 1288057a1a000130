/*
 * A user's row and those of the devices → a draft; the rules are drafted in draft_rule.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>

#include "mirror/store/draft_inside.h"
#include "policy/number.h"

static const struct ur_text strategy_names[] = {
		[UR_RING_SIMULTANEOUS] = UR_TEXT_INIT("simultaneous"),
		[UR_RING_SEQUENTIAL] = UR_TEXT_INIT("sequential"),
		[UR_RING_SPECIFIC] = UR_TEXT_INIT("specific"),
};

const struct ur_draft_words ur_draft_strategies = {"ring_strategy",
		strategy_names, sizeof(strategy_names) / sizeof(strategy_names[0]),
		"simultaneous, sequential or specific"};

struct ur_text ur_draft_strategy_name(enum ur_ring_strategy strategy)
{
	return strategy_names[strategy];
}

static int check_user(struct ur_draft *draft, const struct ur_user_row *row,
		int count, int rule_count)
{
	if(ur_draft_check_row(draft, UR_VIEW_USER, row) != 0)
		return EINVAL;
	if(count > UR_MAX_DEVICES)
		return ur_draft_refuse(draft, "it has %d devices, not up to %d", count,
				UR_MAX_DEVICES);
	if(rule_count > UR_MAX_RULES)
		return ur_draft_refuse(draft, "it has %d rules, not up to %d",
				rule_count, UR_MAX_RULES);
	return 0;
}

/* 0 to 15, or -1: no lower-case hexadecimal digit. */
static int hex_value(char c)
{
	if(c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_ha1(struct ur_text hex, uint8_t ha1[UR_HA1_SIZE])
{
	int i;

	if(hex.len != 2 * UR_HA1_SIZE)
		return false;
	for(i = 0; i < UR_HA1_SIZE; i++) {
		int high = hex_value(hex.s[2 * i]);
		int low = hex_value(hex.s[2 * i + 1]);

		if(high < 0 || low < 0)
			return false;
		ha1[i] = high << 4 | low;
	}
	return true;
}

#define DEVICE "its device '%.*s'"
#define DEVICE_ID(row) (row)->id.len < 64 ? (row)->id.len : 64, (row)->id.s

static int check_phone(struct ur_draft *draft, const struct ur_device_row *row)
{
	uint8_t ha1[UR_HA1_SIZE];

	if(ur_text_is_empty(row->auth_username) || ur_text_is_empty(row->realm))
		return ur_draft_refuse(draft,
				DEVICE " has an empty auth_username or realm", DEVICE_ID(row));
	if(!ur_text_is_empty(row->ha1) && !read_ha1(row->ha1, ha1))
		return ur_draft_refuse(draft,
				"ha1 of " DEVICE " is not 32 lower-case hexadecimal digits",
				DEVICE_ID(row));
	return 0;
}

/* Nobody may register as a device that the gateway is called for. */
static int check_external(
		struct ur_draft *draft, const struct ur_device_row *row)
{
	if(!ur_text_is_empty(row->auth_username) || !ur_text_is_empty(row->realm)
			|| !ur_text_is_empty(row->ha1))
		return ur_draft_refuse(draft,
				DEVICE " has a number and an auth_username, realm or ha1: it"
					   " must have either",
				DEVICE_ID(row));
	if(row->number.len > UR_NUMBER_DIGITS_MAX)
		return ur_draft_refuse(draft,
				"the number of " DEVICE " has %d digits, not up to %d",
				DEVICE_ID(row), row->number.len, UR_NUMBER_DIGITS_MAX);
	return 0;
}

int ur_draft_check_device(
		struct ur_draft *draft, const struct ur_device_row *row)
{
	if(ur_draft_check_row(draft, UR_VIEW_DEVICE, row) != 0)
		return EINVAL;
	return ur_text_is_empty(row->number) ? check_phone(draft, row)
										 : check_external(draft, row);
}

static int draft_device(struct ur_draft *draft, struct ur_device *device,
		const struct ur_device_row *row)
{
	if(ur_draft_check_device(draft, row) != 0)
		return EINVAL;
	ur_draft_keep_row(draft, UR_VIEW_DEVICE, row, device);
	if(!ur_text_is_empty(row->ha1)) {
		read_ha1(row->ha1, device->ha1);
		device->flags |= UR_DEVICE_HA1;
	}
	if(ur_device_is_external(device))
		return 0;
	ur_draft_append(draft, &device->aor, row->auth_username);
	ur_draft_append(draft, &device->aor, UR_TEXT("@"));
	ur_draft_append(draft, &device->aor, row->realm);
	ur_draft_fold_case(draft, ur_draft_tail(draft, row->realm.len));
	return 0;
}

/* In the order in which they begin to ring: by delay, or as they are if delays don't count. */
static void sort_devices(const struct ur_device_row *devices, int count,
		bool by_delay, const struct ur_device_row *sorted[UR_MAX_DEVICES])
{
	int i, k;

	for(i = 0; i < count; i++) {
		for(k = i; by_delay && k > 0; k--) {
			if(sorted[k - 1]->ring_delay_sec <= devices[i].ring_delay_sec)
				break;
			sorted[k] = sorted[k - 1];
		}
		sorted[k] = &devices[i];
	}
}

static int draft_devices(struct ur_draft *draft, struct ur_user *user,
		const struct ur_device_row *devices)
{
	const struct ur_device_row *sorted[UR_MAX_DEVICES];
	int i;

	sort_devices(devices, user->device_count,
			user->strategy != UR_RING_SEQUENTIAL, sorted);
	for(i = 0; i < user->device_count; i++) {
		if(draft_device(draft, &user->devices[i], sorted[i]) != 0)
			return EINVAL;
	}
	return 0;
}

int ur_draft_user(struct ur_draft *draft, const struct ur_user_row *row,
		const struct ur_device_row *devices, int count,
		const struct ur_rule_row *rules, int rule_count)
{
	struct ur_user *user = (struct ur_user *)draft->body;

	if(check_user(draft, row, count, rule_count) != 0)
		return EINVAL;
	ur_draft_start(draft, UR_RECORD_USER,
			sizeof(*user) + count * sizeof(*user->devices)
					+ rule_count * sizeof(struct ur_user_rule),
			UR_NODE_FIRST_DEVICE + count);
	if(ur_draft_read_word(
			   draft, &ur_draft_strategies, row->ring_strategy, &user->strategy)
			!= 0)
		return EINVAL;
	user->account = row->account;
	user->device_count = count;
	user->rule_count = rule_count;
	ur_draft_keep_row(draft, UR_VIEW_USER, row, user);
	if(draft_devices(draft, user, devices) != 0
			|| ur_draft_rules(draft,
					   (struct ur_user_rule *)&user->devices[count], rules,
					   rule_count)
					   != 0)
		return EINVAL;
	return ur_draft_finish(draft);
}
