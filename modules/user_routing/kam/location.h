/*
 * usrloc's table of contacts that save() fills: bound once, for all that read it.
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

/* Binds usrloc; its table as in save("location"). In mod_init: 0, or -1 with a log line. */
int ur_location_init(const char *usrloc_table);

/* In child_init(PROC_INIT), before the first fork: is the table one that the script saves in, or usrloc
 * has loaded? One that there is none beside is made. 0, or -1 with a log line. */
int ur_location_start(void);

/* usrloc's functions. */
const usrloc_api_t *ur_location_api(void);

/* The table. NULL, with a log line, when usrloc has none of that name. */
udomain_t *ur_location_table(void);

/* The key under which registrar's save() has put the device, in buf of UR_LOCATION_AOR_MAX. 0, or -1: too
 * long. */
int ur_location_key(struct ur_text aor, char *buf, str *key);

#endif
