/*
 * Rows, drafts and records for tests, with defaults for all that a test does not set.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_SAMPLE_H
#define UR_TEST_SAMPLE_H

#include "mirror/store/draft.h"
#include "mirror/store/writer.h"

/* A C string as text. */
struct ur_text ur_test_text(const char *s);

bool ur_test_slice_is(const void *base, struct ur_slice slice, const char *s);

struct ur_user_row ur_test_user_row(
		uint32_t account, const char *id, const char *username);
struct ur_device_row ur_test_device_row(
		const char *id, const char *auth_username);

/* Publishes a user with devices of these names, parted by blanks; the realm is
 * acme.example. What it returns is ur_writer_publish()'s. */
int ur_test_publish_user(struct ur_writer *writer, uint32_t account,
		const char *id, const char *username, const char *devices);

/* Publishes an account with these domains, parted by blanks. */
int ur_test_publish_account(struct ur_writer *writer, uint32_t number,
		const char *id, const char *domains);

#endif
