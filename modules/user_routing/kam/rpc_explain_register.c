/*
 * RPC user_routing.explain_register.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_explain_register.h"

#include <string.h>

#include "kam/aor.h"
#include "kam/called.h"
#include "kam/compat.h"
#include "kam/contacts.h"
#include "kam/context.h"
#include "policy/authentication.h"

#define DEVICES_MAX 2048 /* bytes of devices shown */

const char *ur_rpc_explain_register_doc[] = {
		"Says whether a phone with these settings may register, and why not."
		" Parameter: USERNAME@REALM, the phone's user name (a device's"
		" auth_username) and domain. The password is not checked, as it is not"
		" known. user: the device's user, or the user of that name; devices:"
		" the addresses that the user's phones should have, if it is a user's"
		" name. contacts: where the device is registered now, as in"
		" user_routing.explain.",
		0};

/* Splits at the last @: a digest username is any text. */
static bool read_name(rpc_t *rpc, void *ctx, struct ur_aor *a)
{
	str text;
	int at;

	if(rpc->scan(ctx, ".S", &text) < 1) {
		rpc->fault(ctx, 400, "The parameter is missing: USERNAME@REALM");
		return false;
	}
	for(at = text.len - 1; at >= 0 && text.s[at] != '@'; at--)
		;
	if(at > 0
			&& ur_aor_make((str){text.s, at},
					(str){text.s + at + 1, text.len - at - 1}, a))
		return true;
	rpc->fault(ctx, 400, "The parameter must be USERNAME@REALM");
	return false;
}

/* All of these return the result of rpc->struct_add(): negative, out of memory. */

static int add_text(rpc_t *rpc, void *to, char *name, struct ur_text text)
{
	str s = {(char *)(text.s != NULL ? text.s : ""), text.len};

	return rpc->struct_add(to, "S", name, &s);
}

static int add_contact(rpc_t *rpc, void *list, const struct ur_contact *contact)
{
	void *one;

	if(rpc->array_add(list, "{", &one) < 0
			|| add_text(rpc, one, "uri", ur_text_of_str(contact->uri)) < 0
			|| add_text(rpc, one, "received", ur_text_of_str(contact->received))
					   < 0
			|| add_text(rpc, one, "path", ur_text_of_str(contact->path)) < 0)
		return -1;
	return rpc->struct_add(one, "dss", "expires",
			ur_contact_expires_in(contact), "state",
			ur_explain_contact_name(contact->state), "connection",
			ur_explain_connection_name(ur_contact_connection(contact)));
}

static int add_contacts_of(
		rpc_t *rpc, void *list, const struct ur_contacts *contacts)
{
	int i, rc = 0;

	for(i = 0; i < contacts->count && rc >= 0; i++)
		rc = add_contact(rpc, list, &contacts->list[i]);
	return rc;
}

static int add_contacts(
		rpc_t *rpc, void *answer, const struct ur_authentication *found)
{
	const struct ur_plan plan = {
			.user = found->user, .caller = UR_NO_PLACE, .only = found->device};
	const struct ur_contacts *live, *others;
	void *list;

	if(rpc->struct_add(answer, "[", "contacts", &list) < 0)
		return -1;
	ur_contacts_read_all(&plan, found->device, UR_CONTACTS_MAX, &live, &others);
	return add_contacts_of(rpc, list, live) < 0
				   ? -1
				   : add_contacts_of(rpc, list, others);
}

static int add_found(
		rpc_t *rpc, void *answer, const struct ur_authentication *found)
{
	char devices[DEVICES_MAX];
	struct ur_output out = {devices, 0, sizeof(devices)};

	if(found->user == NULL)
		return 0;
	if(add_text(rpc, answer, "user", ur_user_text(found->user, found->user->id))
			< 0)
		return -1;
	if(found->why != UR_AUTHENTICATION_IS_USER)
		return add_contacts(rpc, answer, found);
	ur_authentication_put_devices(&out, found->user);
	return out.len <= 0 ? 0
						: add_text(rpc, answer, "devices",
								(struct ur_text){devices, out.len});
}

static int add_all(rpc_t *rpc, void *answer, struct ur_text device,
		const struct ur_authentication *found)
{
	if(add_text(rpc, answer, "device", device) < 0
			|| rpc->struct_add(answer, "ss", "may_register",
					   found->why == UR_AUTHENTICATION_OK ? "yes" : "no", "why",
					   ur_authentication_why(found->why))
					   < 0)
		return -1;
	return add_found(rpc, answer, found);
}

void ur_rpc_explain_register(rpc_t *rpc, void *ctx)
{
	struct ur_authentication found;
	struct ur_aor a;
	void *answer;

	if(!read_name(rpc, ctx, &a))
		return;
	if(!ur_state_has_passwords(ur_context_mirror())) {
		rpc->fault(ctx, 503,
				"No passwords are loaded from the database yet: phones get "
				"503");
		return;
	}
	found = ur_authentication_find(
			&ur_called_directory, a.user, a.domain, a.aor);
	if(rpc->add(ctx, "{", &answer) < 0
			|| add_all(rpc, answer, a.aor, &found) < 0)
		rpc->fault(ctx, 500, "Out of memory for the answer");
	ur_table_user_put(found.user);
}
