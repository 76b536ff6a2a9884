/* SPDX-License-Identifier: ISC
 *
 * Chapters in brackets are those of https://www.sqlite.org/fileformat2.html.
 */
#include "db/table_image.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/require.h"
#include "tel/record.h"

#include <stdlib.h>
#include <string.h>

/* B-tree pages [1.6]. */
enum { TABLE_INTERIOR = 5, TABLE_LEAF = 13 };
enum { LEAF_HEADER_BYTES = 8, INTERIOR_HEADER_BYTES = 12 };
enum { POINTER_BYTES = 2, PAGE_NUMBER_BYTES = 4 };
/* The database header [1.3]. */
enum { FILE_HEADER_BYTES = 100 };

/* How many bytes of a record are in the leaf itself [1.6]: all, up to
 * MAX_LOCAL; else at least MIN_LOCAL, and the rest is in a chain of pages. */
enum {
	USABLE = TABLE_IMAGE_PAGE_BYTES,
	MAX_LOCAL = USABLE - 35,
	MIN_LOCAL = (USABLE - 12) * 32 / 255 - 23,
	CHAIN_BYTES = USABLE - PAGE_NUMBER_BYTES
};

static void
write_number(unsigned char *out, uint32_t number, int bytes)
{
	for (int i = bytes; i-- > 0; number >>= 8)
		out[i] = (unsigned char)number;
}

static unsigned char *
page_at(const struct table_image *image, size_t number)
{
	return image->pages + (number - 1) * TABLE_IMAGE_PAGE_BYTES;
}

/* Adds a page of undefined content and returns its number. May move all pages. */
static uint32_t
add_page(struct table_image *image)
{
	if (image->page_count == image->page_size) {
		image->page_size += TABLE_IMAGE_PAGES / 2;
		image->pages = mem_resize(image->pages, image->page_size,
		    TABLE_IMAGE_PAGE_BYTES);
	}
	return (uint32_t)++image->page_count;
}

void
table_image_start(struct table_image *image)
{
	image->page_count = 0;
	image->leaf_count = 0;
	add_page(image);
}

void
table_image_release(struct table_image *image)
{
	free(image->pages);
	memset(image, 0, sizeof(*image));
}

/* Writes the header of a leaf; of an interior page all but its last member, the
 * number of a page. */
static void
write_header(unsigned char *header, int type, size_t cell_count,
    size_t content_start)
{
	header[0] = (unsigned char)type;
	write_number(header + 1, 0, 2);
	write_number(header + 3, (uint32_t)cell_count, 2);
	write_number(header + 5, (uint32_t)content_start, 2);
	header[7] = 0;
}

static void
end_leaf(struct table_image *image)
{
	const struct table_image_leaf *leaf =
	    &image->leaves[image->leaf_count - 1];

	write_header(page_at(image, leaf->page), TABLE_LEAF, image->cell_count,
	    image->content_start);
}

static void
begin_leaf(struct table_image *image)
{
	if (image->leaf_count > 0)
		end_leaf(image);
	image->leaves[image->leaf_count++].page = add_page(image);
	image->cell_count = 0;
	image->content_start = USABLE;
}

/* How many bytes of a record of len bytes are in its leaf. */
static size_t
local_bytes(size_t len)
{
	size_t spread;

	if (len <= MAX_LOCAL)
		return len;
	spread = MIN_LOCAL + (len - MIN_LOCAL) % CHAIN_BYTES;
	return spread <= MAX_LOCAL ? spread : MIN_LOCAL;
}

/* Writes bytes to a chain of new pages; returns the number of the first. */
static uint32_t
write_chain(struct table_image *image, const unsigned char *bytes, size_t len)
{
	uint32_t first = (uint32_t)image->page_count + 1;

	while (len > 0) {
		uint32_t number = add_page(image);
		size_t part = len < CHAIN_BYTES ? len : CHAIN_BYTES;
		unsigned char *page = page_at(image, number);

		write_number(page, part < len ? number + 1 : 0, PAGE_NUMBER_BYTES);
		memcpy(page + PAGE_NUMBER_BYTES, bytes, part);
		bytes += part;
		len -= part;
	}
	return first;
}

static bool
has_room(const struct table_image *image, size_t cell_bytes)
{
	return image->leaf_count > 0 && image->content_start >= cell_bytes +
	    LEAF_HEADER_BYTES + POINTER_BYTES * (image->cell_count + 1);
}

bool
table_image_add(struct table_image *image, int64_t id,
    const unsigned char *record, size_t len)
{
	unsigned char head[2 * RECORD_VARINT_BYTES], *page, *cell;
	size_t local = local_bytes(len), rest = local < len
	    ? PAGE_NUMBER_BYTES : 0;
	size_t head_bytes = record_write_varint(head, len);

	head_bytes += record_write_varint(head + head_bytes, (uint64_t)id);
	if (!has_room(image, head_bytes + local + rest) || rest > 0) {
		if (image->page_count >= TABLE_IMAGE_PAGES)
			return false;
		if (!has_room(image, head_bytes + local + rest))
			begin_leaf(image);
	}
	if (rest > 0) {
		unsigned char first[PAGE_NUMBER_BYTES];

		write_number(first, write_chain(image, record + local, len - local),
		    PAGE_NUMBER_BYTES);
		image->content_start -= PAGE_NUMBER_BYTES;
		memcpy(page_at(image, image->leaves[image->leaf_count - 1].page)
		    + image->content_start, first, PAGE_NUMBER_BYTES);
	}
	page = page_at(image, image->leaves[image->leaf_count - 1].page);
	image->content_start -= head_bytes + local;
	cell = page + image->content_start;
	memcpy(cell, head, head_bytes);
	memcpy(cell + head_bytes, record, local);
	write_number(page + LEAF_HEADER_BYTES + POINTER_BYTES * image->cell_count,
	    (uint32_t)image->content_start, POINTER_BYTES);
	image->cell_count++;
	image->leaves[image->leaf_count - 1].last_id = id;
	return true;
}

/* Writes the page above several leaves; each but the last has a cell in it. */
static uint32_t
write_root(struct table_image *image)
{
	uint32_t number = add_page(image);
	unsigned char *page = page_at(image, number);
	size_t start = USABLE, count = image->leaf_count - 1;

	for (size_t i = 0; i < count; i++) {
		const struct table_image_leaf *leaf = &image->leaves[i];
		unsigned char cell[PAGE_NUMBER_BYTES + RECORD_VARINT_BYTES];
		size_t len = PAGE_NUMBER_BYTES;

		write_number(cell, leaf->page, PAGE_NUMBER_BYTES);
		len += record_write_varint(cell + len, (uint64_t)leaf->last_id);
		start -= len;
		memcpy(page + start, cell, len);
		write_number(page + INTERIOR_HEADER_BYTES + POINTER_BYTES * i,
		    (uint32_t)start, POINTER_BYTES);
	}
	write_header(page, TABLE_INTERIOR, count, start);
	write_number(page + LEAF_HEADER_BYTES, image->leaves[count].page,
	    PAGE_NUMBER_BYTES);
	return number;
}

static void
write_file_header(unsigned char *file, size_t page_count)
{
	static const unsigned char versions[] = { 1, 1, 0, 64, 32, 32 };

	memset(file, 0, FILE_HEADER_BYTES);
	memcpy(file, "SQLite format 3", 16);
	write_number(file + 16, TABLE_IMAGE_PAGE_BYTES, 2);
	memcpy(file + 18, versions, sizeof(versions));
	/* The page count is valid only where the change counter is at 92 too. */
	write_number(file + 24, 1, 4);
	write_number(file + 28, (uint32_t)page_count, 4);
	write_number(file + 40, 1, 4);
	write_number(file + 44, 4, 4); /* the schema format */
	write_number(file + 56, 1, 4); /* UTF-8 */
	write_number(file + 92, 1, 4);
	write_number(file + 96, 3040001, 4);
}

/* Writes the first page: the table of tables, which has one row [2.6]. */
static void
write_schema(struct table_image *image, const char *name,
    const char *definition, uint32_t root)
{
	struct arena arena = { 0 };
	struct buf sql = BUF_EMPTY;
	struct record_value values[] = {
		{ .type = RECORD_TEXT, .len = 5, .text = "table" },
		{ .type = RECORD_TEXT, .text = name },
		{ .type = RECORD_TEXT, .text = name },
		{ .type = RECORD_INTEGER, .integer = root },
		{ .type = RECORD_TEXT },
	};
	unsigned char *page = page_at(image, 1), *cell;
	unsigned char head[RECORD_VARINT_BYTES + 1];
	const unsigned char *record;
	size_t len, head_bytes;

	buf_printf(&sql, "CREATE TABLE %s", definition);
	values[1].len = values[2].len = (unsigned int)strlen(name);
	values[4].len = (unsigned int)sql.len;
	values[4].text = buf_text(&sql);
	record = record_make(&arena, values,
	    sizeof(values) / sizeof(values[0]), &len);
	REQUIRE(len < TABLE_IMAGE_PAGE_BYTES / 2);
	head_bytes = record_write_varint(head, len);
	head_bytes += record_write_varint(head + head_bytes, 1);
	cell = page + USABLE - head_bytes - len;
	memcpy(cell, head, head_bytes);
	memcpy(cell + head_bytes, record, len);
	write_file_header(page, image->page_count);
	write_header(page + FILE_HEADER_BYTES, TABLE_LEAF, 1,
	    (size_t)(cell - page));
	write_number(page + FILE_HEADER_BYTES + LEAF_HEADER_BYTES,
	    (uint32_t)(cell - page), POINTER_BYTES);
	arena_release(&arena);
	buf_release(&sql);
}

unsigned char *
table_image_finish(struct table_image *image, const char *name,
    const char *definition, size_t *bytes)
{
	uint32_t root;

	REQUIRE(image->leaf_count > 0);
	end_leaf(image);
	root = image->leaf_count > 1 ? write_root(image)
	    : image->leaves[0].page;
	write_schema(image, name, definition, root);
	*bytes = image->page_count * TABLE_IMAGE_PAGE_BYTES;
	return image->pages;
}
