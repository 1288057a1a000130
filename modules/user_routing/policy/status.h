/*
 * SIP status codes that end a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_STATUS_H
#define UR_POLICY_STATUS_H

/*
 * The reason phrase of a status from 400 to 699: RFC 3261 §21's, else the name of its class.
 * Anything else has that of 500. A constant.
 */
const char *ur_status_phrase(int status);

#endif
