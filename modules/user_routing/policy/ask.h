/*
 * What a request in a dialog may ask for, by its headers' values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_ASK_H
#define UR_POLICY_ASK_H

#include "policy/text.h"

/* The body of a call that begins, to a gateway: the session alone. The value of Content-Type. */
bool ur_ask_type_is_session(struct ur_text content_type);

/* The body of a request in a dialog with a gateway: the session, keys that are pressed, how a transfer
 * went. Not ISUP or QSIG, nor anything that could hold them. */
bool ur_ask_type_is_for_gateway(struct ur_text content_type);

/* A body by which a phone answers, or does what else it is told (CSTA). */
bool ur_ask_type_is_control(struct ur_text content_type);

/* The value of Event: that of a transfer (RFC 3515), and no other one. */
bool ur_ask_event_is_transfer(struct ur_text event);

/* The headers of the URI in Refer-To ("name=value&…"): none, or Replaces alone (RFC 3891 §4). */
bool ur_ask_refer_headers_are_plain(struct ur_text headers);

#endif
