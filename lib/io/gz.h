/* SPDX-License-Identifier: ISC
 *
 * gz -- the only caller of zlib: decodes a stream of gzip (RFC 1952), and packs
 * a text. The members of a file are one text; zero bytes may pad the end of the
 * file. The checksum and the length of a member are verified at its end, when
 * its bytes have been returned already.
 */
#ifndef IO_GZ_H
#define IO_GZ_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct gz;

/* Opens a decoder for one file, from its first byte. The caller closes it. */
struct gz *gz_open(void);
void gz_close(struct gz *gz); /* NULL is fine */

/* Decodes until *in is used up or *room is full, and advances *in, *in_len,
 * *out and *room as iconv(3) does. Returns 0, or -1 with EXIT_DATA, which says
 * at which offset of the file the data is damaged. Bytes before the damage have
 * been written to *out then; the decoder must not be called again. */
MUST_USE int gz_decode(struct gz *gz, const unsigned char **in, size_t *in_len,
    unsigned char **out, size_t *room, struct err *err);

/* Whether there may be more output without new input: *room was full. */
bool gz_has_more(const struct gz *gz);

/* Says that the file ends here. Returns 0 after a whole member, else -1 with
 * EXIT_DATA. */
MUST_USE int gz_end(const struct gz *gz, struct err *err);

/* Appends one gzip member with len bytes to out, packed at zlib's usual level. */
void gz_pack(const void *bytes, size_t len, struct buf *out);

#endif
