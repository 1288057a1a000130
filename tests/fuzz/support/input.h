/*
 * Input of a fuzz target: lines, so that seeds can be written by hand. And the report of a property
 * that does not hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_FUZZ_INPUT_H
#define UR_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "policy/text.h"

/* Called by libFuzzer with each input; 0: go on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process when the condition does not hold: libFuzzer keeps the input. */
#define UR_FUZZ_ASSERT(condition)                           \
	do {                                                    \
		if(!(condition))                                    \
			ur_fuzz_broken(#condition, __FILE__, __LINE__); \
	} while(0)

void __attribute__((noreturn))
ur_fuzz_broken(const char *condition, const char *file, int line);

struct ur_fuzz_input
{
	const uint8_t *next, *end;
};

/* The next line, without its end; \n in it is a line feed, \\ a backslash. Empty behind the
 * last one. It is a block of just its size until ur_fuzz_forget(). */
struct ur_text ur_fuzz_line(struct ur_fuzz_input *in);

/* A block of that size, until ur_fuzz_forget(). */
char *ur_fuzz_block(int size);

/* Up to the next of these characters in the text, which is then behind it. */
struct ur_text ur_fuzz_field(struct ur_text *rest, char end);

/* The digits at the line's start as a number from 0 to max. */
int ur_fuzz_number(struct ur_fuzz_input *in, int max);

/* Frees all lines and blocks. */
void ur_fuzz_forget(void);

#endif
