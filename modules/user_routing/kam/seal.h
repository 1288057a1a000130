/*
 * Seals for data that go to a phone and come back, so that they can't be read, changed or forged;
 * and MACs (for the purpose of RFC 2104) over data that may be read.
 *
 * Uses libsodium: ChaCha20-Poly1305 for the seal, keyed BLAKE2b for its keys, SipHash-2-4 with 128
 * bits for the MACs, which are short and many. It keeps no state and allocates nothing, so it is
 * safe in every process of Kamailio, also together with tls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SEAL_H
#define UR_KAM_SEAL_H

#include <sodium.h>
#include <stdint.h>

#include "policy/text.h"

#define UR_SEAL_MAC_SIZE 12

/* Number of characters for bytes, such as a MAC, and for `bytes` sealed bytes. */
#define UR_SEAL_CHARACTERS(bytes) (((bytes)*4 + 2) / 3)
#define UR_SEAL_SEALED(bytes)                                           \
	UR_SEAL_CHARACTERS((bytes) + crypto_aead_chacha20poly1305_NPUBBYTES \
					   + crypto_aead_chacha20poly1305_ABYTES)

/* Is it long enough, or empty: no secret? 0, or -1 and logs an error. */
int ur_seal_check_secret(const char *secret);

/* Sets the secret that all keys are derived from, the same on all nodes; in mod_init. 0, or -1 and
 * logs an error. */
int ur_seal_init(const char *secret);

/* Is the secret set? If not, none of the functions below may be called. The second function logs an
 * error. */
bool ur_seal_is_there(void);
bool ur_seal_is_set_up(void);

struct ur_seal_key
{
	uint8_t bytes[crypto_aead_chacha20poly1305_KEYBYTES];
};

/* Makes the key of a dialog from its Call-ID and the tag of one of its ends. */
void ur_seal_make_key(
		struct ur_text call_id, struct ur_text tag, struct ur_seal_key *key);

/* Writes UR_SEAL_SEALED(len) characters to `to`: letters, digits, - and _. */
void ur_seal_close(
		const struct ur_seal_key *key, const uint8_t *bytes, int len, char *to);

/* Returns the number of bytes that were sealed with the key, or -1: it is no such seal, or there
 * are more than size. */
int ur_seal_open(const struct ur_seal_key *key, struct ur_text sealed,
		uint8_t *bytes, int size);

/* A MAC over a sequence of texts, which are collected. */
#define UR_SEAL_MAC_TEXTS 8192

struct ur_seal_mac
{
	int len; /* -1: the texts are too long */
	uint8_t texts[UR_SEAL_MAC_TEXTS];
};

/* `purpose` separates MACs for different things. */
void ur_seal_mac_begin(struct ur_seal_mac *mac, struct ur_text purpose);
void ur_seal_mac_add(struct ur_seal_mac *mac, struct ur_text text);

/* 0, or -1: the texts are too long, and out is not set. */
int ur_seal_mac_end(
		const struct ur_seal_mac *mac, uint8_t out[UR_SEAL_MAC_SIZE]);

/* Compares in constant time. */
bool ur_seal_mac_equal(const uint8_t *a, const uint8_t *b);

/* Writes bytes as UR_SEAL_CHARACTERS(len) characters allowed in a URI parameter, not terminated. */
void ur_seal_write(const uint8_t *bytes, int len, char *to);

/* Reads the bytes back; returns their number, or -1. */
int ur_seal_read(struct ur_text text, uint8_t *bytes, int size);

#endif
