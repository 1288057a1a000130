/*
 * tm's own serial forking.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/serial.h"

#include "core/sr_module.h"
#include "core/xavp.h"

/* Names of root XAVPs; empty: not used. */
static str contacts, flows;

static str tm_param(char *name)
{
	modparam_t type;
	const str *value = find_param_export(
			find_module_by_name("tm"), name, PARAM_STR, &type);

	return value != NULL && value->s != NULL ? *value : (str){NULL, 0};
}

void ur_serial_init(void)
{
	contacts = tm_param("contacts_avp");
	flows = tm_param("contact_flows_avp");
}

void ur_serial_forget(void)
{
	if(contacts.len > 0)
		xavp_rm_by_name(&contacts, 1, NULL);
	if(flows.len > 0)
		xavp_rm_by_name(&flows, 1, NULL);
}
