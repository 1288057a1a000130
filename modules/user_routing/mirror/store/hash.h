/*
 * The hash of the table's keys: SipHash-1-3, keyed with a secret drawn at
 * start.
 *
 * Keys come from the network (user parts, domains, From addresses): with a hash
 * that can be foreseen, anybody who may register names could fill one bucket
 * with them. SipHash is the usual answer, and its 1-3 variant the one that hash
 * tables use (Rust, Python, Ruby).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_HASH_H
#define UR_MIRROR_STORE_HASH_H

#include <stdint.h>

#include "policy/text.h"

/* The secret of one table. */
struct ur_hash_seed
{
	uint64_t k[2];
};

/* Draws a secret from the kernel. Returns 0 or an errno value. */
int ur_hash_seed_draw(struct ur_hash_seed *seed);

/* SipHash-1-3 of the eight bytes of word (little-endian), then the text. */
uint64_t ur_hash_text(
		const struct ur_hash_seed *seed, uint64_t word, struct ur_text text);

#endif
