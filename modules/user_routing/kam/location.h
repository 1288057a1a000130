/*
 * usrloc's table of contacts that save() fills: bound once, for all readers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LOCATION_H
#define UR_KAM_LOCATION_H

#include "core/str.h"
#include "modules/usrloc/usrloc.h"
#include "policy/text.h"

/* Longest address of record. */
#define UR_LOCATION_AOR_MAX 512

/* Binds usrloc, whose use_domain must be set; usrloc_table is the name given to save(). In
 * mod_init: 0, or -1 and logs an error. */
int ur_location_init(const char *usrloc_table);

/* In child_init(PROC_INIT), before the first fork: checks that the script saves in the table, or
 * that usrloc has loaded it. If usrloc has no table at all, it is created. 0, or -1 and logs an
 * error. */
int ur_location_start(void);

const usrloc_api_t *ur_location_api(void);

/* The table. NULL, and logs an error, if usrloc has none of that name. */
udomain_t *ur_location_table(void);

/* The key under which registrar's save() stores the device, in buf of UR_LOCATION_AOR_MAX. 0, or
 * -1: too long, or empty, as an external phone's. */
int ur_location_key(struct ur_text aor, char *buf, str *key);

#endif
