/*
 * Seals and MACs with libsodium.
 *
 * Each dialog has its own key. The nonce of 8 bytes is random: it would take 2^32 legs in one
 * dialog to repeat one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/seal.h"

#include <ctype.h>

#include "core/basex.h"
#include "core/dprint.h"

#define NONCE_SIZE crypto_aead_chacha20poly1305_NPUBBYTES
#define OVERHEAD (NONCE_SIZE + crypto_aead_chacha20poly1305_ABYTES)
#define SEALED_MAX 4096
#define SECRET_MIN 12

static uint8_t master[crypto_generichash_KEYBYTES];
static uint8_t mac_key[crypto_shorthash_siphashx24_KEYBYTES];
static bool is_there;

int ur_seal_check_secret(const char *secret)
{
	if(*secret == '\0' || strlen(secret) >= SECRET_MIN)
		return 0;
	LM_ERR("modparam dialog_secret is too short: set %d random characters or"
		   " more\n",
			SECRET_MIN);
	return -1;
}

int ur_seal_init(const char *secret)
{
	if(secret == NULL || *secret == '\0')
		return 0;
	if(sodium_init() < 0) {
		LM_ERR("libsodium can't be initialised: dialog_secret can't be used\n");
		return -1;
	}
	crypto_generichash(master, sizeof(master), (const uint8_t *)secret,
			strlen(secret), NULL, 0);
	crypto_generichash(mac_key, sizeof(mac_key), (const uint8_t *)"MAC", 3,
			master, sizeof(master));
	is_there = true;
	return 0;
}

bool ur_seal_is_there(void)
{
	return is_there;
}

bool ur_seal_is_set_up(void)
{
	if(is_there)
		return true;
	LM_ERR("the user_dialog_...() functions need a secret: set"
		   " modparam(\"user_routing\", \"dialog_secret\", ...) to the same"
		   " value on all nodes\n");
	return false;
}

/* ---- MACs */

void ur_seal_mac_begin(struct ur_seal_mac *mac, struct ur_text purpose)
{
	mac->len = 0;
	ur_seal_mac_add(mac, purpose);
}

/* Each text is preceded by its length, so two lists of texts never look alike. */
void ur_seal_mac_add(struct ur_seal_mac *mac, struct ur_text text)
{
	if(mac->len < 0 || text.len > UR_SEAL_MAC_TEXTS - 2 - mac->len) {
		mac->len = -1;
		return;
	}
	mac->texts[mac->len++] = text.len >> 8;
	mac->texts[mac->len++] = text.len & 0xff;
	if(text.len > 0)
		memcpy(mac->texts + mac->len, text.s, text.len);
	mac->len += text.len;
}

int ur_seal_mac_end(
		const struct ur_seal_mac *mac, uint8_t out[UR_SEAL_MAC_SIZE])
{
	uint8_t whole[crypto_shorthash_siphashx24_BYTES];

	if(mac->len < 0)
		return -1;
	crypto_shorthash_siphashx24(whole, mac->texts, mac->len, mac_key);
	memcpy(out, whole, UR_SEAL_MAC_SIZE);
	return 0;
}

bool ur_seal_mac_equal(const uint8_t *a, const uint8_t *b)
{
	return sodium_memcmp(a, b, UR_SEAL_MAC_SIZE) == 0;
}

/* ---- characters */

/* The core writes padding and a terminating zero; drop them. */
void ur_seal_write(const uint8_t *bytes, int len, char *to)
{
	char text[UR_SEAL_CHARACTERS(SEALED_MAX) + 8];

	base64url_enc((char *)bytes, len, text, sizeof(text));
	memcpy(to, text, UR_SEAL_CHARACTERS(len));
}

/* The core would log an error for each other character, and strangers may have written it. */
static bool is_base64url(struct ur_text text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		const unsigned char c = text.s[i];

		if(!isalnum(c) && c != '-' && c != '_')
			return false;
	}
	return text.len > 1;
}

int ur_seal_read(struct ur_text text, uint8_t *bytes, int size)
{
	char decoded[SEALED_MAX + 1];
	int len;

	if(text.len * 3 / 4 > SEALED_MAX || !is_base64url(text))
		return -1;
	len = base64url_dec((char *)text.s, text.len, decoded, sizeof(decoded));
	/* The core ignores a surplus character. */
	if(len < 0 || len > size || text.len != UR_SEAL_CHARACTERS(len))
		return -1;
	memcpy(bytes, decoded, len);
	return len;
}

/* ---- seals */

void ur_seal_make_key(
		struct ur_text call_id, struct ur_text tag, struct ur_seal_key *key)
{
	const uint8_t length[2] = {call_id.len >> 8 & 0xff, call_id.len & 0xff};
	crypto_generichash_state state;

	crypto_generichash_init(&state, master, sizeof(master), sizeof(key->bytes));
	crypto_generichash_update(&state, length, sizeof(length));
	crypto_generichash_update(&state, (const uint8_t *)call_id.s, call_id.len);
	crypto_generichash_update(&state, (const uint8_t *)tag.s, tag.len);
	crypto_generichash_final(&state, key->bytes, sizeof(key->bytes));
}

void ur_seal_close(
		const struct ur_seal_key *key, const uint8_t *bytes, int len, char *to)
{
	uint8_t sealed[SEALED_MAX];
	unsigned long long sealed_len;

	randombytes_buf(sealed, NONCE_SIZE);
	crypto_aead_chacha20poly1305_encrypt(sealed + NONCE_SIZE, &sealed_len,
			bytes, len, NULL, 0, NULL, sealed, key->bytes);
	ur_seal_write(sealed, NONCE_SIZE + (int)sealed_len, to);
}

int ur_seal_open(const struct ur_seal_key *key, struct ur_text text,
		uint8_t *bytes, int size)
{
	uint8_t sealed[SEALED_MAX];
	unsigned long long len;
	const int n = ur_seal_read(text, sealed, sizeof(sealed));

	if(n < (int)OVERHEAD || n - (int)OVERHEAD > size)
		return -1;
	if(crypto_aead_chacha20poly1305_decrypt(bytes, &len, NULL,
			   sealed + NONCE_SIZE, n - NONCE_SIZE, NULL, 0, sealed, key->bytes)
			!= 0)
		return -1;
	return (int)len;
}
