/*
 * Drafts: a row of the database with the rows of its parts, checked and in the form of a record's
 * body.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_DRAFT_H
#define UR_MIRROR_STORE_DRAFT_H

#include "mirror/store/record.h"

/*
 * A record in the making, in private memory: most of what a full load reads is in the table
 * already, byte by byte, and needs no block of shared memory.
 */
struct ur_draft
{
	uint8_t type; /* enum ur_record_type */
	uint16_t node_count;
	uint32_t body_size;
	struct ur_sum sum; /* of its rows; set by whoever reads them */
	char error[160];   /* why the row could not be taken */
	_Alignas(8) char body[UR_BODY_MAX + 1];
};

/*
 * Make a draft from rows. A count above the maximum is refused before the rows are looked at. The
 * devices must be sorted by ring_order and id; the record has them in the order in which they begin
 * to ring. Rules may have any order; the record has them by event, position and id. An account's
 * texts are its domains, which are converted to lower case, then its numbers. Return 0, or EINVAL
 * with the reason in draft->error.
 */
int ur_draft_user(struct ur_draft *draft, const struct ur_user_row *row,
		const struct ur_device_row *devices, int count,
		const struct ur_rule_row *rules, int rule_count);
int ur_draft_account(struct ur_draft *draft, const struct ur_account_row *row,
		const struct ur_text *texts, int domain_count, int number_count);
/* Is that part valid? Return 0, or EINVAL with the reason in draft->error. */
int ur_draft_check_device(
		struct ur_draft *draft, const struct ur_device_row *row);
int ur_draft_check_rule(struct ur_draft *draft, const struct ur_rule_row *row);
int ur_draft_check_account_text(struct ur_draft *draft, struct ur_text text);
int ur_draft_check_entry(struct ur_draft *draft, struct ur_text what);

/* After EINVAL: were just the texts too long? With fewer parts they may fit. */
bool ur_draft_is_too_long(const struct ur_draft *draft);

int ur_draft_extension(
		struct ur_draft *draft, const struct ur_extension_row *row);
int ur_draft_did(struct ur_draft *draft, const struct ur_did_row *row);
int ur_draft_target(struct ur_draft *draft, const struct ur_target_row *row);
int ur_draft_target_kind(struct ur_draft *draft, struct ur_text kind,
		struct ur_text uri_template);
int ur_draft_target_host(struct ur_draft *draft, struct ur_text host);

/* Hours that were read. One more than a record can hold: it tells where the others end. */
struct ur_draft_hours
{
	int count;
	struct ur_hours list[UR_MAX_HOURS + 1];
};

/* Reads a text "FROM-TO FROM-TO"; stops when the list is full. Returns 0, or EINVAL with the reason in
 * draft->error. */
int ur_draft_read_hours(struct ur_draft *draft, struct ur_text text,
		struct ur_draft_hours *hours);

/* The row's own text of hours is not looked at. Hours that do not fit are left out, and known_to is
 * where they begin. */
int ur_draft_schedule(struct ur_draft *draft, const struct ur_schedule_row *row,
		const struct ur_draft_hours *hours);

/* Entries may have any order; their domains are converted to lower case. */
int ur_draft_caller_list(struct ur_draft *draft,
		const struct ur_caller_list_row *row, const struct ur_text *entries,
		int count);

/* Members may have any order; the record has them by position. */
int ur_draft_group(struct ur_draft *draft, const struct ur_group_row *row,
		const struct ur_group_member_row *members, int count);

/* Is that member of the group valid? Returns 0, or EINVAL with the reason in draft->error. */
int ur_draft_check_member(struct ur_draft *draft, struct ur_text group,
		const struct ur_group_member_row *row);

/* The words of a row: ring_strategy; event, scope and action of a rule; strategy and member_rules of
 * a group; member_kind. */
struct ur_text ur_draft_strategy_name(enum ur_ring_strategy strategy);
struct ur_text ur_draft_event_name(enum ur_rule_event event);
struct ur_text ur_draft_scope_name(enum ur_caller_scope scope);
struct ur_text ur_draft_action_name(enum ur_rule_action action);
struct ur_text ur_draft_group_strategy_name(enum ur_group_strategy strategy);
struct ur_text ur_draft_member_rules_name(bool follow);
struct ur_text ur_draft_member_kind_name(enum ur_group_member_kind kind);

/* The event of a rule's row, or -1 if the module does not know that word. */
int ur_draft_event_of(const struct ur_rule_row *row);

#endif
