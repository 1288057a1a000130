/*
 * user_check_contacts(): what a REGISTER may say of where calls go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REGISTER_H
#define UR_KAM_REGISTER_H

#include "core/parser/msg_parser.h"

/* Return values. Negative: $ur(status) and $ur(reason) hold the answer. */
enum ur_register_rc
{
	/* From no hop, each contact's host is the address that the REGISTER came from; also "*",
	 * and no contact at all. And what an edge proxy has sent with its own Path. */
	UR_REGISTER_OWN = 1,
	/* Not plainly so. Safe once fix_nated_register() has noted where it came from. */
	UR_REGISTER_ELSEWHERE = 2,
	UR_REGISTER_BAD = -1, /* 400: can't be read, too long, too many */
	UR_REGISTER_ROUTED =
			-2, /* 403: received; Path, but for one of an edge proxy */
};

/*
 * Checks all contacts of a REGISTER, as the parser finds them that registrar's save() uses:
 * save() then takes the very same ones, for the parsed header stays with the message. hop: see
 * kam/hop.h.
 */
int ur_register_check_contacts(struct sip_msg *msg, str *hop);

#endif
