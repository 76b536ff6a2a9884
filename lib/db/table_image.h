/* SPDX-License-Identifier: ISC
 *
 * table_image -- a SQLite database file in memory that has one table
 * (https://www.sqlite.org/fileformat2.html), made from complete records, which
 * SQLite can copy into a table of the same definition.
 */
#ifndef DB_TABLE_IMAGE_H
#define DB_TABLE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_IMAGE_PAGE_BYTES 16384
/* Adding a row may exceed this; after that the image takes no row that needs a
 * new page. */
#define TABLE_IMAGE_PAGES 64

struct table_image_leaf {
	uint32_t page; /* its number, from 1 */
	int64_t last_id;
};

/* An image of zeros is ready for table_image_start. */
struct table_image {
	unsigned char *pages; /* ours */
	size_t page_count, page_size; /* in use; allocated */
	struct table_image_leaf leaves[TABLE_IMAGE_PAGES + 1];
	size_t leaf_count;    /* the last leaf is being filled */
	size_t cell_count, content_start; /* of the last leaf */
};

/* Starts an image without rows, and drops the rows that it had. */
void table_image_start(struct table_image *image);

/* Adds a row; ids must ascend. Returns false when the image has no room for it;
 * the first row always has room. */
bool table_image_add(struct table_image *image, int64_t id,
    const unsigned char *record, size_t len);

/* Finishes an image that has rows. definition is the text after CREATE TABLE, and
 * begins with the name of the table; both must fit in half a page. Returns the file,
 * borrowed from the image until it starts again, and sets *bytes to its size. */
unsigned char *table_image_finish(struct table_image *image, const char *name,
    const char *definition, size_t *bytes);

/* Frees the memory; the image may be started again. */
void table_image_release(struct table_image *image);

#endif
