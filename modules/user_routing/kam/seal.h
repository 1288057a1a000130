/*
 * What goes out to a phone and comes back: sealed, so that it can be neither read, changed nor made
 * up, and MACs (RFC 2104's purpose) over what may be read.
 *
 * By libsodium: ChaCha20-Poly1305 for the seal, keyed BLAKE2b for its keys, SipHash-2-4 with 128 bits
 * for the MACs, which are short and many. It keeps no state and allocates nothing, so that it is
 * safe in every process of Kamailio, also beside tls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_SEAL_H
#define UR_KAM_SEAL_H

#include <sodium.h>
#include <stdint.h>

#include "policy/text.h"

#define UR_SEAL_MAC_SIZE 12

/* Characters of a MAC, and of `bytes` sealed bytes. */
#define UR_SEAL_CHARACTERS(bytes) (((bytes)*4 + 2) / 3)
#define UR_SEAL_SEALED(bytes)                                           \
	UR_SEAL_CHARACTERS((bytes) + crypto_aead_chacha20poly1305_NPUBBYTES \
					   + crypto_aead_chacha20poly1305_ABYTES)

/* Is it long enough, or empty: no secret? 0, or -1 with a log line. */
int ur_seal_check_secret(const char *secret);

/* Sets the secret that all keys are made of, the same on all nodes; in mod_init. 0, or -1 with a
 * log line. */
int ur_seal_init(const char *secret);

/* False: there is no secret, and none of the functions below may be called. The second one says so
 * in the log. */
bool ur_seal_is_there(void);
bool ur_seal_is_set_up(void);

struct ur_seal_key
{
	uint8_t bytes[crypto_aead_chacha20poly1305_KEYBYTES];
};

/* The key of a dialog: of its Call-ID and the tag of one of its ends. */
void ur_seal_make_key(
		struct ur_text call_id, struct ur_text tag, struct ur_seal_key *key);

/* Writes UR_SEAL_SEALED(len) characters to `to`: letters, digits, - and _. */
void ur_seal_close(
		const struct ur_seal_key *key, const uint8_t *bytes, int len, char *to);

/* Returns the number of bytes that were sealed with the key, or -1: it is no such seal, or they
 * are more than size. */
int ur_seal_open(const struct ur_seal_key *key, struct ur_text sealed,
		uint8_t *bytes, int size);

/* A MAC over texts one after another, which are collected. */
#define UR_SEAL_MAC_TEXTS 8192

struct ur_seal_mac
{
	int len; /* -1: they are too long */
	uint8_t texts[UR_SEAL_MAC_TEXTS];
};

/* `purpose` keeps MACs for different things apart. */
void ur_seal_mac_begin(struct ur_seal_mac *mac, struct ur_text purpose);
void ur_seal_mac_add(struct ur_seal_mac *mac, struct ur_text text);

/* 0, or -1: all of the texts are too long, and out is not set. */
int ur_seal_mac_end(
		const struct ur_seal_mac *mac, uint8_t out[UR_SEAL_MAC_SIZE]);

/* Compares in constant time. */
bool ur_seal_mac_equal(const uint8_t *a, const uint8_t *b);

/* Characters of a URI parameter for bytes, not terminated; UR_SEAL_CHARACTERS(len) of them. */
void ur_seal_write(const uint8_t *bytes, int len, char *to);

/* The bytes again; the number of them, or -1. */
int ur_seal_read(struct ur_text text, uint8_t *bytes, int size);

#endif
