/*
 * Differences between Kamailio versions are bridged here, and nowhere else. So far there are none:
 * what the module uses of 5.6, 6.0 and 6.1 has one name and type. The module does not use what
 * differs: SR_XTYPE_INT and .v.i (6.0: SR_XTYPE_LONG, .v.l), INT_PARAM and STR_PARAM (gone in 6.0:
 * PARAM_INT, PARAM_STR), and pv_value_t's ri (6.0: long).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_COMPAT_H
#define UR_KAM_COMPAT_H

#include "core/sr_module.h"
#include "core/str.h"
#include "policy/text.h"

/* Kamailio's str and our ur_text are the same: borrowed text. */
static inline struct ur_text ur_text_of_str(str s)
{
	return (struct ur_text){s.s, s.len};
}

static inline str ur_str_of_text(struct ur_text t)
{
	return (str){(char *)t.s, t.len};
}

#endif
