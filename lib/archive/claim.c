/* SPDX-License-Identifier: ISC */
#include "archive/claim.h"
#include "store/store_identity.h"

#include <stdlib.h>

int
archive_claim(struct catalog *catalog, struct db *db, const char *db_path,
    struct err *err)
{
	char id[STORE_ID_SIZE], *archive;
	int result = store_identity_read(db, id, &archive, err);

	if (result == 0)
		result = catalog_claim(catalog, id, db_path, err);
	free(archive);
	return result;
}
