/*
 * A request in the policy's terms: which device calls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_REQUEST_H
#define UR_KAM_REQUEST_H

#include "core/parser/msg_parser.h"
#include "kam/aor.h"
#include "kam/live_call.h"
#include "mirror/store/table.h"

/*
 * Can From and To be parsed, and are they, their URIs and tags no longer than UR_DIALOG_..._MAX?
 * Longer ones do not fit into the Record-Route. And can their tags be written again
 * (ur_message_is_tag())?
 */
bool ur_request_names_are_good(struct sip_msg *msg);

/*
 * The caller: the device that the request's digest authentication has proven, or the user that a
 * media server calls for (kam/served.h); From is not believed. Any other request comes from a trunk.
 * The texts are in a buffer of this module until
 * the next call; caller->user is a reference.
 */
struct ur_caller ur_request_caller(struct sip_msg *msg, struct ur_table *table);

/* A did of another account is in a domain of that account, not in the one that was dialled. It is in
 * a buffer of this module until the next call. */
void ur_request_set_dialled(struct ur_caller *caller,
		const struct ur_callee *callee, struct ur_table *table);

/* The device that has authenticated this request, or false. */
bool ur_request_device(struct sip_msg *msg, struct ur_aor *device);

/* Has the device with this address of record authenticated this request? */
bool ur_request_is_by_device(struct sip_msg *msg, struct ur_text aor);

/* Does the domain belong to any account? */
bool ur_request_is_domain_of_ours(struct ur_table *table, str host);

/* Is there an active user of that name in that domain, in an active account? */
bool ur_request_user_is_active(
		struct ur_table *table, const struct ur_aor *address);

/* Does the device exist, and are it, its user and its account active now? even_if_suspended: the account
 * need not be. */
bool ur_request_device_is_active(
		struct ur_table *table, struct ur_text aor, bool even_if_suspended);

/*
 * The same for a caller given by name: the device of that username in that realm, else the user of
 * that name in that domain, who calls from none of our devices. Dialled domain and privacy, which
 * only a request has, are not set. False: there is nobody of that name.
 */
bool ur_request_find_caller(
		struct ur_table *table, str user, str host, struct ur_caller *caller);

#endif
