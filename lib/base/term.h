/* SPDX-License-Identifier: ISC
 *
 * term -- how much a line may hold.
 */
#ifndef BASE_TERM_H
#define BASE_TERM_H

#include <stddef.h>

/* Returns the width in characters: what COLUMNS says, else that of the terminal fd, else
 * 80. */
size_t term_width(int fd);

#endif
