/*
 * user_check_contacts(): where a REGISTER may direct calls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REGISTER_H
#define UR_KAM_REGISTER_H

#include "core/parser/msg_parser.h"

/* Return values. If negative, $ur(status) and $ur(reason) hold the answer. */
enum ur_register_rc
{
	/* Without a hop: the host of each contact is the source address of the REGISTER; also "*", and
	 * no contact at all. From an edge proxy: with its own Path. */
	UR_REGISTER_OWN = 1,
	/* Not certainly so. Safe once fix_nated_register() has stored the source of the REGISTER. */
	UR_REGISTER_ELSEWHERE = 2,
	UR_REGISTER_BAD = -1, /* 400: can't be parsed, too long, too many */
	UR_REGISTER_ROUTED =
			-2, /* 403: received, or Path other than an edge proxy's */
};

/*
 * Checks all contacts of a REGISTER with the parser that registrar's save() uses. save() then takes
 * the very same ones, as the parsed header stays with the message. hop: see kam/hop.h.
 */
int ur_register_check_contacts(struct sip_msg *msg, str *hop);

#endif
