/*
 * External phones: devices with a number, which ring through the gateway.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_EXTERNAL_H
#define UR_KAM_EXTERNAL_H

#include "policy/plan.h"

/* Writes the URI that the template of the kind forward makes of the member's number, as both {address}
 * and {id}. Returns its length, or -1: there is no template, or it takes a number for a host. */
int ur_external_uri(const struct ur_member *member, char *uri, int size);

#endif
