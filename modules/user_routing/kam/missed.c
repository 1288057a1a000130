/*
 * Groups with count_missed = 0.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/missed.h"

#include <string.h>
#include <strings.h>

#include "core/dprint.h"
#include "core/mem/mem.h"
#include "core/parser/hf.h"
#include "modules/tm/h_table.h"
#include "modules/tm/tm_load.h"

static struct tm_binds tmb;

int ur_missed_init(void)
{
	return load_tm_api(&tmb);
}

static char elsewhere[] =
		"Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";

/* tm copies the caller's Reason into the CANCELs of all legs, from the parsed headers. */
static struct hdr_field *make_header(void)
{
	struct hdr_field *header = pkg_malloc(sizeof(*header));

	if(header == NULL)
		return NULL;
	memset(header, 0, sizeof(*header));
	header->type = HDR_REASON_T;
	header->name.s = elsewhere;
	header->name.len = (int)strlen("Reason");
	header->body.s = elsewhere + strlen("Reason: ");
	header->body.len = (int)(sizeof(elsewhere) - 1 - strlen("Reason: \r\n"));
	header->len = (int)sizeof(elsewhere) - 1;
	return header;
}

/* RFC 3326 allows one Reason of SIP: ours takes the place of the caller's, which tm then takes for another
 * header. */
static void pass_over(struct sip_msg *cancel)
{
	struct hdr_field *header;

	for(header = cancel->headers; header != NULL; header = header->next) {
		if(header->type == HDR_REASON_T && header->body.len >= 3
				&& strncasecmp(header->body.s, "SIP", 3) == 0)
			header->type = HDR_OTHER_T;
	}
}

/* Before tm cancels the legs. The message frees the header: so it must not be one that tm has copied into shared
 * memory. */
static void on_cancel(struct cell *t, int type, struct tmcb_params *params)
{
	const struct ur_live_call *live = *params->param;
	struct sip_msg *cancel = params->req;
	struct hdr_field *header;

	(void)t;
	(void)type;
	if(live->call.phase != UR_CALL_RINGING || !ur_call_hides_missed(&live->call)
			|| (cancel->msg_flags & FL_SHM_CLONE)
			|| parse_headers(cancel, HDR_EOH_F, 0) < 0)
		return;
	header = make_header();
	if(header == NULL) {
		PKG_MEM_ERROR;
		return;
	}
	pass_over(cancel);
	cancel->last_header->next = header;
	cancel->last_header = header;
	cancel->parsed_flag |= HDR_REASON_F;
}

int ur_missed_watch(
		struct sip_msg *msg, struct cell *t, struct ur_live_call *live)
{
	if(live->hides_missed || !ur_call_hides_missed(&live->call))
		return 0;
	if(tmb.register_tmcb(msg, t, TMCB_E2ECANCEL_IN, on_cancel, live, NULL)
			> 0) {
		live->hides_missed = true;
		return 0;
	}
	LM_ERR("tm refuses a callback for the call: probably out of shared memory"
		   " (-m)\n");
	return -1;
}
