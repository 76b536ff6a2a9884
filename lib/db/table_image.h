/* SPDX-License-Identifier: ISC
 *
 * table_image -- a SQLite database in memory that has one table
 * (https://www.sqlite.org/fileformat2.html), made of rows whose records are
 * ready. SQLite copies them into a table of the same definition as they are.
 */
#ifndef DB_TABLE_IMAGE_H
#define DB_TABLE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_IMAGE_PAGE_BYTES 16384
/* An image of several rows has no more pages than this and what one row needs. */
#define TABLE_IMAGE_PAGES 64

struct table_image_leaf {
	uint32_t page; /* its number; they count from 1 */
	int64_t last_id;
};

/* Zeros are one that was not begun. */
struct table_image {
	unsigned char *pages; /* ours */
	size_t page_count, page_size; /* in use; that there is memory for */
	struct table_image_leaf leaves[TABLE_IMAGE_PAGES + 1];
	size_t leaf_count;    /* the last one is being filled */
	size_t cell_count, content_start; /* of that one */
};

/* Begins an image without rows, in place of what it was. */
void table_image_start(struct table_image *image);

/* Adds a row; ids must ascend. Returns false when it has no room any more: there
 * is always room for the first. */
bool table_image_add(struct table_image *image, int64_t id,
    const unsigned char *record, size_t len);

/* Ends an image that has rows. definition is what stands behind CREATE TABLE,
 * and begins with the table's name; both together fit half a page. Returns the
 * file, which is the image's, and its bytes. */
unsigned char *table_image_finish(struct table_image *image, const char *name,
    const char *definition, size_t *bytes);

/* Frees the memory; the image may be begun again. */
void table_image_release(struct table_image *image);

#endif
