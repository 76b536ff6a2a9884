/* SPDX-License-Identifier: ISC */
#include "base/prog.h"
#include "io/store.h"
int
main(int argc, char **argv)
{
	struct err err;
	struct db *db;
	(void)argc;
	prog_start("tel-ingest");
	if (store_open(&db, argv[1], DB_WRITE, DB_WAIT_MS, &err) < 0)
		return prog_fail(&err);
	db_close(db);
	return prog_end(0);
}
