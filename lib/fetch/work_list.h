/* SPDX-License-Identifier: ISC
 *
 * work_list -- the items to fetch, one a line (work_item.h). It reads no more
 * than the caller asks for, and only when there is something to read, so that
 * waiting for the list never holds up anything else. Blank lines are skipped; the
 * last line may lack its newline.
 */
#ifndef FETCH_WORK_LIST_H
#define FETCH_WORK_LIST_H

#include "base/err.h"
#include "io/url_hash.h"
#include "fetch/work_item.h"

#define WORK_LIST_MAX_LINE_BYTES (1 << 20)
struct work_list;

/* Opens the list at path, "-" for stdin; the caller closes *out. The id of an
 * item that is a plain URL is its hash by `hash`, which is borrowed.
 * EXIT_NO_INPUT on failure. */
MUST_USE int work_list_open(struct work_list **out, const char *path,
    const struct url_hash *hash, struct err *err);
void work_list_close(struct work_list *list); /* NULL is fine */

enum work_list_state {
	WORK_LIST_ITEM, /* *item is the caller's, for work_item_close */
	WORK_LIST_BAD,  /* an invalid line; err says which and why */
	WORK_LIST_WAIT, /* nothing yet; wait until work_list_fd can be read */
	WORK_LIST_END,
	WORK_LIST_FAILED /* reading failed; see err */
};

MUST_USE enum work_list_state work_list_next(struct work_list *list,
    struct work_item **item, struct err *err);

MUST_USE int work_list_fd(const struct work_list *list);

#endif
