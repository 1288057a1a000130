/*
 * tm's own serial forking: what t_load_contacts() puts aside for t_next_contacts().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SERIAL_H
#define UR_KAM_SERIAL_H

/* Reads tm's parameters contacts_avp and contact_flows_avp; in mod_init, behind tm's. */
void ur_serial_init(void);

/* Throws away the contacts of the call that tm has not rung: they are of a user whom the
 * call has left. Nothing to do where the script doesn't use t_load_contacts(). */
void ur_serial_forget(void);

#endif
