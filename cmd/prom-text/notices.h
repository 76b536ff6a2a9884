/* SPDX-License-Identifier: ISC
 *
 * notices -- warnings that come again with each evaluation, and are told once.
 */
#ifndef CMD_PROM_TEXT_NOTICES_H
#define CMD_PROM_TEXT_NOTICES_H

#include "base/buf.h"

/* Warnings of the last evaluation and of this one, each with a NUL byte at its end. Begins
 * as zeros. */
struct notices {
	struct buf before, now;
};

/* Warns of what the last evaluation did not warn of. */
void notices_add(struct notices *notices, const char *text);

/* Says that the evaluation has ended. */
void notices_end(struct notices *notices);

void notices_release(struct notices *notices);

#endif
