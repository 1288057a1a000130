/*
 * Host names for one test, in a mount namespace.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_NAMES_H
#define UR_TEST_NAMES_H

#include <stdbool.h>

/* From now on the process sees these contents of /etc/hosts, of /etc/resolv.conf, and of
 * /etc/nsswitch.conf's line for hosts. False: it may not do that. */
bool ur_test_names(const char *hosts, const char *resolv, const char *order);

/* A socket at that address and PostgreSQL's port, that listens. is_hole: it drops whoever
 * comes, as if there were nothing. Returns it. */
int ur_test_listen(const char *address, bool is_hole);

/* A name server there that never answers; needs root. Returns false if there is none. */
bool ur_test_dead_name_server(const char *address);

#endif
