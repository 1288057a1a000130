/*
 * SipHash-1-3, after the paper of Aumasson and Bernstein.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <endian.h>
#include <errno.h>
#include <sys/random.h>

#include "mirror/store/hash.h"

static inline uint64_t rotate(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

static inline void mix(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static inline void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v);
	v[0] ^= word;
}

/* The up to eight bytes at s as a little-endian number. */
static inline uint64_t load(const char *s, int len)
{
	uint64_t word = 0;

	memcpy(&word, s, len);
	return le64toh(word);
}

int ur_hash_seed_draw(struct ur_hash_seed *seed)
{
	return getentropy(seed, sizeof(*seed)) == 0 ? 0 : errno;
}

uint64_t ur_hash_text(
		const struct ur_hash_seed *seed, uint64_t word, struct ur_text text)
{
	uint64_t v[4] = {seed->k[0] ^ UINT64_C(0x736f6d6570736575),
			seed->k[1] ^ UINT64_C(0x646f72616e646f6d),
			seed->k[0] ^ UINT64_C(0x6c7967656e657261),
			seed->k[1] ^ UINT64_C(0x7465646279746573)};
	uint64_t size = (uint64_t)text.len + sizeof(word);

	absorb(v, word);
	for(; text.len >= 8; text.s += 8, text.len -= 8)
		absorb(v, load(text.s, 8));
	absorb(v, size << 56 | (text.len > 0 ? load(text.s, text.len) : 0));
	v[2] ^= 0xff;
	mix(v);
	mix(v);
	mix(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
