/* SPDX-License-Identifier: ISC
 *
 * buf -- growing bytes. Invariant: data is never NULL after the first add and
 * data[len] is NUL, so that a buf of text is a C string as it stands.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data; /* ours; readers borrow it until the next add */
	size_t len;
	size_t size;
};

#define BUF_EMPTY { NULL, 0, 0 }

/* Makes room for `more` bytes after len (and the NUL); returns data + len. */
char *buf_room(struct buf *buf, size_t more);

/* Each appends. The bytes to add must not be part of the buf itself. */
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);

/* Appends text of unknown origin, made safe for a terminal: each byte of a
 * control character (newlines too), and each that is not UTF-8, becomes \xNN. */
void buf_add_visible(struct buf *buf, const char *text, size_t len);

/* Returns the text as a C string, "" when nothing was added. Borrowed. */
const char *buf_text(const struct buf *buf);

/* Empties it and keeps the memory. */
void buf_reset(struct buf *buf);

/* Frees the memory; the buf may be used again. */
void buf_release(struct buf *buf);

#endif
