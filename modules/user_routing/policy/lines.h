/*
 * Where the header lines of a message end (RFC 3261 §7.3.1, §25.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_LINES_H
#define UR_POLICY_LINES_H

#include "policy/text.h"

/*
 * Does everybody find the same headers? `head` is the message from its first byte to
 * behind the empty line. Some end a line at CR or LF alone, others at CRLF only: behind a
 * CR without LF, or behind an empty line that is not CRLF CRLF, one of them would find
 * headers that we have not seen, and so not removed: P-Asserted-Identity, for one. A LF
 * alone between two headers does no harm: we end a line there, too, and who doesn't takes
 * the next header for a part of that line.
 */
bool ur_lines_end_alike(struct ur_text head);

#endif
