/*
 * The answer to the request being processed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/answer.h"

#include <stdio.h>

#include "core/data_lump_rpl.h"
#include "core/dprint.h"
#include "kam/settings.h"

/* Private to this process: it is read in the same run of the route that set it. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	int status;
} answer;

void ur_answer_set(const struct sip_msg *msg, int status)
{
	answer.msg_id = msg->id;
	answer.msg_pid = msg->pid;
	answer.status = status;
}

int ur_answer_status(const struct sip_msg *msg)
{
	return answer.msg_id == msg->id && answer.msg_pid == msg->pid
				   ? answer.status
				   : 0;
}

bool ur_answer_is_lost(const struct sip_msg *msg)
{
	return ur_answer_status(msg) == 500;
}

void ur_answer_not_loaded(struct sip_msg *msg)
{
	const int retry_after = ur_setting(retry_after);
	char header[40];
	int len = snprintf(
			header, sizeof(header), "Retry-After: %d\r\n", retry_after);

	if(ur_answer_status(msg) == 503)
		return;
	if(retry_after > 0 && add_lump_rpl(msg, header, len, LUMP_RPL_HDR) == NULL)
		LM_ERR("out of private memory: 503 is sent without Retry-After\n");
	ur_answer_set(msg, 503);
}
