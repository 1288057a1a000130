/*
 * What a request in a dialog, or beside calls, may ask for, judged by its header values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_ASK_H
#define UR_POLICY_ASK_H

#include "policy/text.h"

/* Body types allowed in an initial INVITE to a gateway: SDP only. content_type: the header's
 * value. */
bool ur_ask_type_is_session(struct ur_text content_type);

/* Body types allowed in a dialog with a gateway: SDP, DTMF digits, media control, the progress of a
 * transfer. Not ISUP or QSIG, nor a type that could contain them. */
bool ur_ask_type_is_for_gateway(struct ur_text content_type);

/* A body that makes a phone answer or carry out other commands (CSTA). */
bool ur_ask_type_is_control(struct ur_text content_type);

/* Is the event that of a transfer (RFC 3515)? event: the value of Event. */
bool ur_ask_event_is_transfer(struct ur_text event);

/* Is the event that of a mailbox, message-summary (RFC 3842)? */
bool ur_ask_event_is_mailbox(struct ur_text event);

/* Are the headers of the URI in Refer-To ("name=value&…") absent, or Replaces alone (RFC 3891
 * §4)? */
bool ur_ask_refer_headers_are_plain(struct ur_text headers);

#endif
