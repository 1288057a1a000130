/*
 * The records that calls are decided on. Each is one compact, immutable block, such as a user with
 * devices and rules. The mirror builds it, the policy reads it.
 *
 * Strings follow the structs in the same block. A struct ur_slice says where, counted from the
 * start of the struct ur_user (or ur_account) that owns it. An offset of two bytes instead of a
 * pointer of eight keeps a million users in a few hundred megabytes; it also limits a block to 64
 * KiB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_MODEL_H
#define UR_POLICY_MODEL_H

#include <stdint.h>

#include "policy/text.h"

struct ur_slice
{
	uint16_t off;
	uint16_t len;
};

enum ur_ring_strategy
{
	UR_RING_SIMULTANEOUS,
	UR_RING_SEQUENTIAL,
	UR_RING_SPECIFIC,
};

/* Which of a user's forwards. */
enum ur_forward
{
	UR_FORWARD_ALWAYS,
	UR_FORWARD_BUSY,
	UR_FORWARD_NO_ANSWER,
	UR_FORWARD_UNREACHABLE,
	UR_FORWARD_COUNT,
};

/* A route target as it is stored: kind.len == 0 means "not set". */
struct ur_target_slice
{
	struct ur_slice kind;
	struct ur_slice id;
};

/* A route target as functions pass it. */
struct ur_target
{
	struct ur_text kind;
	struct ur_text id;
};

enum ur_device_flag
{
	UR_DEVICE_ACTIVE = 1 << 0,		 /* status = 'active' */
	UR_DEVICE_AVAILABLE = 1 << 1,	 /* available = 1 */
	UR_DEVICE_RING_ON_FORK = 1 << 2, /* ring_on_fork = 1 */
	UR_DEVICE_SPECIFIC = 1 << 3,	 /* ring_specific = 1 */
	UR_DEVICE_HA1 = 1 << 4,			 /* ha1 is not NULL */
};

enum
{
	UR_HA1_SIZE = 16, /* bytes of an MD5 */
};

/* When a user's own rules are asked: user_rule.event. In the order of the words in the record. */
enum ur_rule_event
{
	UR_RULES_ALWAYS,
	UR_RULES_DND,
	UR_RULES_BUSY,
	UR_RULES_NO_ANSWER,
	UR_RULES_UNREACHABLE,
	UR_RULES_COUNT,
};

/* Which callers a rule is for: user_rule.scope. */
enum ur_caller_scope
{
	UR_SCOPE_ANY,
	UR_SCOPE_INTERNAL, /* a user of the same account */
	UR_SCOPE_EXTERNAL, /* anybody else, anonymous callers included */
	UR_SCOPE_ANONYMOUS, /* asked for privacy, or shows no number and is no user */
};

/* What a rule does: user_rule.action. */
enum ur_rule_action
{
	UR_RULE_FORWARD,
	UR_RULE_RING, /* only of the events always and dnd */
	UR_RULE_REJECT,
};

enum ur_rule_flag
{
	UR_RULE_OUTSIDE = 1 << 0, /* outside = 1: outside the schedule's hours */
	/* except_listed = 1: callers who are not on the list */
	UR_RULE_EXCEPT = 1 << 1,
};

enum
{
	UR_RING_AS_USER = 255, /* ring_strategy of a rule: NULL */
};

/* A row of user_rule. A user's rules are sorted by event, position and id. */
struct ur_user_rule
{
	struct ur_slice id;
	struct ur_slice schedule_id;	/* empty: at any time */
	struct ur_slice caller_list_id; /* empty: whoever calls */
	/* FORWARD, and REJECT if it names a status */
	struct ur_target_slice target;
	uint16_t ring_timeout_sec; /* RING; 0: the user's */
	uint8_t event;			   /* enum ur_rule_event */
	uint8_t scope;			   /* enum ur_caller_scope */
	uint8_t action;			   /* enum ur_rule_action */
	uint8_t strategy; /* RING: enum ur_ring_strategy, or UR_RING_AS_USER */
	uint8_t flags;	  /* enum ur_rule_flag */
	uint8_t unused;
};

/* A row of sip_device. A user's devices are sorted by ring_delay_sec (not with the strategy
 * sequential), ring_order and id. */
struct ur_device
{
	struct ur_slice id;
	struct ur_slice
			aor; /* auth_username@realm, as written in SQL; empty if there is a number */
	int32_t ring_order;
	/* MD5 of auth_username:realm:password. Whoever knows it can register and call as the device: it
	 * is never logged, shown or written anywhere. */
	uint8_t ha1[UR_HA1_SIZE];
	uint8_t flags; /* enum ur_device_flag */
	uint16_t ring_delay_sec;
	uint16_t ring_for_sec;	/* 0: NULL */
	struct ur_slice number; /* E.164 without +; empty: a phone that registers */
};

/* A row of sip_user, followed in memory by its devices, its rules, then by the strings. */
struct ur_user
{
	uint32_t account; /* the number of its account, see ur_account */
	uint16_t ring_timeout_sec;
	uint16_t device_count;
	uint8_t active;	  /* status = 'active' */
	uint8_t strategy; /* enum ur_ring_strategy */
	uint8_t dnd;
	uint8_t rule_count;
	uint16_t max_calls; /* 0: NULL, no limit */
	struct ur_slice id;
	struct ur_slice username;
	struct ur_slice display_name;
	struct ur_slice voicemail_id;
	struct ur_slice out_cid_number;
	struct ur_slice out_cid_name;
	struct ur_slice dial_class;
	struct ur_target_slice forward[UR_FORWARD_COUNT];
	/* device_count of them, then rule_count of struct ur_user_rule */
	struct ur_device devices[];
};

/*
 * A row of account with its domains and the numbers that it may present (verified rows of
 * cid_number), followed in memory by their slices, the domains first, then by the strings. Users'
 * records refer to the account by its number, which the mirror assigns. It stays the same while the
 * process lives and is never given to another account.
 */
struct ur_account
{
	uint32_t number;
	uint8_t active; /* status = 'active' */
	uint16_t domain_count;
	uint16_t number_count;
	struct ur_slice id;
	struct ur_slice default_cid_number;
	/* The dial plan, see policy/number.h; empty: NULL. */
	struct ur_slice country_code;
	struct ur_slice area_code;
	struct ur_slice international_prefix;
	struct ur_slice national_prefix;
	/* Its time zone, and the zone's offsets: see policy/local_time.h. */
	struct ur_slice tz;
	struct ur_slice utc_offsets;
	struct ur_slice texts[]; /* domain_count domains, number_count numbers */
};

/* A row of extension or of did, followed in memory by the strings. A did leads to a target as an
 * extension does, but anybody can dial it. */
struct ur_extension
{
	uint32_t account;
	uint8_t active; /* status = 'active' */
	uint8_t is_did; /* id and digits are the e164 */
	struct ur_slice id;
	struct ur_slice digits;
	struct ur_target_slice target; /* dest_kind, dest_id */
};

/* A row of route_target. */
struct ur_route_target
{
	struct ur_slice name; /* "account_id kind id": the look-up key */
	struct ur_slice kind;
	struct ur_slice id;
	struct ur_slice address; /* a SIP URI, a number without +, or empty: NULL */
};

/* A row of route_target_kind. */
struct ur_target_kind
{
	struct ur_slice kind;
	struct ur_slice uri_template; /* empty: NULL */
};

/* A row of target_host. */
struct ur_target_host
{
	struct ur_slice host; /* in normal form: policy/host.h */
};

/* Times of a schedule: minutes since 1970-01-01 00:00 UTC. */
struct ur_hours
{
	uint32_t from;
	uint32_t to; /* the first minute that is not in it */
};

/*
 * A row of schedule, followed in memory by the hours, then by the strings. The hours are sorted, and
 * neither touch nor overlap. They are known from known_from to known_to; before and after that it is
 * unknown whether the schedule holds.
 */
struct ur_schedule
{
	uint32_t account;
	uint32_t known_from; /* as in struct ur_hours */
	uint32_t known_to;
	uint16_t hours_count;
	uint8_t is_over; /* no window of it comes any more */
	struct ur_slice id;
	struct ur_slice name;
	/* For people: its rows of schedule_window, and its time zone. */
	struct ur_slice windows;
	struct ur_hours hours[]; /* hours_count of them */
};

/* A row of caller_list, followed in memory by the slices of its entries, sorted as bytes, then by the
 * strings. */
struct ur_caller_list
{
	uint32_t account;
	uint16_t entry_count;
	struct ur_slice id;
	struct ur_slice name;
	/* "+" and digits: a prefix; else a username, or username@domain */
	struct ur_slice entries[];
};

/* How a group rings its members. */
enum ur_group_strategy
{
	UR_GROUP_SIMULTANEOUS,
	UR_GROUP_SEQUENTIAL, /* by position */
	UR_GROUP_RANDOM, /* one after another, in an order of chance for each call */
	UR_GROUP_ROUND_ROBIN, /* as SEQUENTIAL, each call beginning with another member */
};

enum ur_group_member_kind
{
	UR_GROUP_USER,
	UR_GROUP_DEVICE,
	UR_GROUP_NUMBER, /* an external phone of nobody */
	UR_GROUP_GROUP,
};

enum
{
	UR_GROUP_MEMBERS_MAX = 100, /* of one group, as the schema has it */
};

enum ur_group_flag
{
	UR_GROUP_FOLLOW = 1 << 0,	 /* member_rules = 'follow' */
	UR_GROUP_SKIP_BUSY = 1 << 1, /* skip_busy = 1 */
	UR_GROUP_NO_MISSED = 1 << 2, /* count_missed = 0 */
};

/* A row of ring_group_member. A group's members are sorted by position. */
struct ur_group_member
{
	struct ur_slice
			id; /* of the user, device or group; NUMBER: E.164 without + */
	struct ur_slice user_id; /* DEVICE: who has it; else empty */
	uint16_t ring_delay_sec;
	uint16_t ring_for_sec; /* 0: NULL */
	uint8_t kind;		   /* enum ur_group_member_kind */
	uint8_t is_enabled;
	uint8_t unused[2];
};

/* A row of ring_group, followed in memory by its members, then by the strings. */
struct ur_group
{
	uint32_t account;
	uint16_t ring_timeout_sec;
	uint8_t strategy; /* enum ur_group_strategy */
	uint8_t flags;	  /* enum ur_group_flag */
	uint16_t member_count;
	uint16_t unused;
	struct ur_slice id;
	struct ur_slice name;
	struct ur_slice cid_name_prefix; /* empty: NULL */
	struct ur_slice alert_info;		 /* empty: NULL */
	struct ur_target_slice forward_busy;
	struct ur_target_slice forward_no_answer;
	struct ur_group_member members[]; /* member_count of them */
};

static inline struct ur_text ur_slice_text(const void *base, struct ur_slice s)
{
	return (struct ur_text){(const char *)base + s.off, s.len};
}

static inline struct ur_text ur_user_text(
		const struct ur_user *user, struct ur_slice s)
{
	return ur_slice_text(user, s);
}

static inline struct ur_text ur_account_text(
		const struct ur_account *account, struct ur_slice s)
{
	return ur_slice_text(account, s);
}

static inline struct ur_text ur_account_domain(
		const struct ur_account *account, int i)
{
	return ur_slice_text(account, account->texts[i]);
}

/* A number that the account may present: verified, E.164 without +. */
static inline struct ur_text ur_account_number(
		const struct ur_account *account, int i)
{
	return ur_slice_text(account, account->texts[account->domain_count + i]);
}

/* Where a call to the extension goes. */
static inline struct ur_target ur_extension_target(
		const struct ur_extension *extension)
{
	return (struct ur_target){ur_slice_text(extension, extension->target.kind),
			ur_slice_text(extension, extension->target.id)};
}

/* A phone that is called through the gateway: it never registers, and has no address of record. */
static inline bool ur_device_is_external(const struct ur_device *device)
{
	return device->number.len > 0;
}

/* The user's rules: rule_count of them. */
static inline const struct ur_user_rule *ur_user_rules(
		const struct ur_user *user)
{
	return (const struct ur_user_rule *)&user->devices[user->device_count];
}

/* One of the user's forwards; an empty kind if it is not set. */
static inline struct ur_target ur_user_forward(
		const struct ur_user *user, enum ur_forward which)
{
	return (struct ur_target){ur_slice_text(user, user->forward[which].kind),
			ur_slice_text(user, user->forward[which].id)};
}

#endif
