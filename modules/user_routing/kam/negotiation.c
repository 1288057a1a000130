/*
 * A ring in which every leg ended by negotiation.
 *
 * tm would pass on a response that it picks by code, of any step, if it has kept it (its
 * failure_reply_mode). So the script answers, as it does when a ring ends otherwise, with code and
 * headers of the first such response.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/negotiation.h"

#include "core/data_lump_rpl.h"
#include "core/dprint.h"
#include "kam/compat.h"
#include "kam/settings.h"
#include "mirror/port.h"
#include "policy/headers.h"

#define LINES_MAX 2048

/* The lines up to the first header that does not fit. */
static struct ur_text lines_of(const struct sip_msg *response)
{
	static char buf[LINES_MAX];
	struct ur_text lines = {buf, 0};
	const struct hdr_field *h;

	for(h = response->headers; h != NULL; h = h->next) {
		if(!ur_header_negotiates(ur_text_of_str(h->name)))
			continue;
		if(h->len > LINES_MAX - lines.len)
			break;
		memcpy(buf + lines.len, h->name.s, h->len);
		lines.len += h->len;
	}
	return lines;
}

void ur_negotiation_note(
		struct ur_live_call *live, struct sip_msg *response, int code)
{
	struct ur_text lines;
	char *copy;

	if(!ur_ring_note_negotiation(&live->call.ring, ur_settings_codes(), code))
		return;
	/* Kept from an earlier user's ring. */
	ur_port_free((void *)live->negotiation.s);
	live->negotiation = (struct ur_text){NULL, 0};
	lines = parse_headers(response, HDR_EOH_F, 0) == 0 ? lines_of(response)
													   : UR_TEXT("");
	copy = lines.len > 0 ? ur_port_alloc(lines.len) : NULL;
	if(copy == NULL)
		return;
	memcpy(copy, lines.s, lines.len);
	live->negotiation = (struct ur_text){copy, lines.len};
}

void ur_negotiation_answer(struct sip_msg *msg, const struct ur_live_call *live)
{
	const struct ur_text lines = live->negotiation;

	if(lines.len > 0
			&& add_lump_rpl(msg, (char *)lines.s, lines.len, LUMP_RPL_HDR)
					   == NULL)
		LM_ERR("out of private memory: the failed negotiation's headers are"
			   " missing in the answer to the caller\n");
}
