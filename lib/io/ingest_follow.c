/* SPDX-License-Identifier: ISC */
#include "io/ingest_private.h"

int
ingest_follow(struct ingest *ingest, char *const *paths, int count,
    struct err *err)
{
	(void)ingest;
	(void)count;
	return err_set(err, EXIT_BUG, "%s", paths[0]);
}
