/*
 * user_dialog_request(); the interface is in kam/dialog.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_DIALOG_REQUEST_H
#define UR_KAM_DIALOG_REQUEST_H

#include "mirror/state.h"
#include "mirror/store/table.h"
#include "modules/rr/api.h"
#include "modules/tm/tm_load.h"

/* The binds must outlive it. */
void ur_dialog_request_init(const rr_api_t *rr, const struct tm_binds *tmb);

#endif
