/*
 * user_check_message().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/message.h"

#include "core/parser/parse_addr_spec.h"
#include "kam/answer.h"
#include "kam/compat.h"
#include "kam/counters.h"
#include "kam/packets.h"
#include "kam/settings.h"

/* The last message that was checked; private to this process. The length is compared, too, as
 * msg_apply_changes() leaves the id. */
static struct
{
	unsigned int id;
	int pid;
	unsigned int len;
	enum ur_message_fault fault;
} last;

static bool is_last(const struct sip_msg *msg)
{
	return last.id == msg->id && last.pid == msg->pid && last.len == msg->len;
}

/* The Call-ID is the prefix of each log line; a folded one would start a new line. (RFC 3261 §25.1
 * allows no white space in it.) */
static bool is_bad_call_id(const struct sip_msg *msg)
{
	return msg->callid != NULL
		   && ur_message_has_control(ur_text_of_str(msg->callid->body));
}

/* After a line that can't be parsed, a phone could still read headers that this server has not
 * removed from a reply. (For requests, another function parses all headers.) */
static bool is_unreadable_reply(struct sip_msg *msg)
{
	return msg->first_line.type == SIP_REPLY
		   && (parse_headers(msg, HDR_EOH_F, 0) < 0 || msg->eoh == NULL);
}

/* The tag is sent to the caller without its quotes. */
static bool is_bad_reply_tag(const struct sip_msg *msg)
{
	const struct to_body *to = msg->to != NULL ? msg->to->parsed : NULL;

	return msg->first_line.type == SIP_REPLY && to != NULL
		   && !ur_message_is_tag(ur_text_of_str(to->tag_value));
}

static enum ur_message_fault check(struct sip_msg *msg)
{
	const struct ur_message_limits limits = {
			.bytes = ur_setting(max_message_size),
			.lines = ur_setting(max_headers) + 1, /* including the first line */
	};
	const enum ur_message_fault fault = ur_message_check(
			(struct ur_text){msg->buf, (int)msg->len}, &limits);

	if(fault != UR_MESSAGE_OK)
		return fault;
	if(is_unreadable_reply(msg))
		return UR_MESSAGE_NO_END;
	if(is_bad_reply_tag(msg))
		return UR_MESSAGE_TAG;
	return is_bad_call_id(msg) ? UR_MESSAGE_CALL_ID : UR_MESSAGE_OK;
}

enum ur_message_fault ur_message_fault_of(struct sip_msg *msg)
{
	if(is_last(msg))
		return last.fault;
	last.id = msg->id;
	last.pid = msg->pid;
	last.len = msg->len;
	last.fault = check(msg);
	if(last.fault != UR_MESSAGE_OK)
		counter_inc(ur_counters.messages_refused);
	return last.fault;
}

int ur_message_check_msg(struct sip_msg *msg)
{
	const enum ur_message_fault fault = ur_message_fault_of(msg);

	ur_packets_read_whole();
	if(fault == UR_MESSAGE_OK)
		return 1;
	ur_answer_set(msg, ur_message_status(fault));
	return -1;
}
