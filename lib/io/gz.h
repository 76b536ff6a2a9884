/* SPDX-License-Identifier: ISC
 *
 * gz -- the only door to zlib: gzip (RFC 1952) unpacked as it comes in. The
 * members of a file are one text; zero bytes may pad the end of the file. The
 * checksum and the length of each member are verified, at its end: what came
 * from a member that turns out to be damaged was given already.
 */
#ifndef IO_GZ_H
#define IO_GZ_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct gz;

/* A decoder for one file, from its first byte; the caller's. */
struct gz *gz_open(void);
void gz_close(struct gz *gz); /* NULL is fine */

/* Unpacks until *in is used up or *room is full, and moves *in, *in_len, *out
 * and *room on over what was taken and given, as iconv(3) does. Returns 0, or
 * -1 with EXIT_DATA: damage, by its offset in the file. What was given before
 * the damage counts; nothing may be decoded after it. */
MUST_USE int gz_decode(struct gz *gz, const unsigned char **in, size_t *in_len,
    unsigned char **out, size_t *room, struct err *err);

/* Whether gz_decode may give bytes without new ones: *room was full. */
bool gz_has_more(const struct gz *gz);

/* The file ends here: 0 behind a whole member, else -1 with EXIT_DATA. */
MUST_USE int gz_end(const struct gz *gz, struct err *err);

#endif
