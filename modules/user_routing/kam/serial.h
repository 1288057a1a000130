/*
 * tm's own serial forking: the contacts that t_load_contacts() stores for t_next_contacts().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SERIAL_H
#define UR_KAM_SERIAL_H

/* Reads tm's parameters contacts_avp and contact_flows_avp; in mod_init, after tm's. */
void ur_serial_init(void);

/* Removes the call's contacts that tm has not rung: they belong to a user whom the call has left.
 * Does nothing if the script doesn't use t_load_contacts(). */
void ur_serial_forget(void);

#endif
