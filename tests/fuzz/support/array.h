/*
 * The literal of a text[], parsed as PostgreSQL does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_FUZZ_ARRAY_H
#define UR_FUZZ_ARRAY_H

/*
 * Calls for each element, decoded and terminated, good during the call. Ends the process
 * when it is no literal. Returns how many there are.
 */
int ur_fuzz_array(const char *literal,
		void (*element)(void *context, const char *text), void *context);

#endif
