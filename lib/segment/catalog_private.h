/* SPDX-License-Identifier: ISC
 *
 * catalog_private -- what catalog.c (the file) and catalog_entry.c (its lines) share;
 * other modules do not include it.
 */
#ifndef SEGMENT_CATALOG_PRIVATE_H
#define SEGMENT_CATALOG_PRIVATE_H

#include "json/json.h"
#include "segment/catalog.h"

/* Reads a line without its newline. EXIT_DATA, and what is wrong, when it is not an
 * entry. */
MUST_USE int catalog_entry_read(struct json_parser *parser, const char *line,
    size_t len, struct catalog_entry *entry, struct err *err);

/* Whether the times of the entry are within the day of its name. */
bool catalog_entry_is_within_its_day(const struct catalog_entry *entry);

#endif
