/*
 * Seals the dialog of a leg into its Record-Route; the interface is in kam/dialog.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_LEG_H
#define UR_KAM_DIALOG_LEG_H

#include "modules/rr/api.h"

/* Parameters of our Record-Route: the dialog, and, for the caller only, the MAC of the routes after
 * this proxy. */
#define UR_DIALOG_PARAM "ur"
#define UR_ROUTES_PARAM "rs"

/* The binds must outlive it. */
void ur_dialog_leg_init(const rr_api_t *rr);

#endif
