/*
 * Records → the bytes of a snapshot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SNAPSHOT_ENCODE_H
#define UR_MIRROR_SNAPSHOT_ENCODE_H

#include "mirror/snapshot/format.h"

/*
 * Writes the rows that the record was made of, at most UR_SNAPSHOT_RECORD_MAX bytes. Returns the
 * number of bytes. account_id: of a record that an account owns; not used for others.
 */
size_t ur_snapshot_encode(const struct ur_record *record,
		struct ur_text account_id, uint8_t *out);

#endif
