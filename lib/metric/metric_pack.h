/* SPDX-License-Identifier: ISC
 *
 * metric_pack -- packs of metric definitions (metric/definition.h): a pack is
 * a folder of .sql and .yaml files, or one that is built into the program.
 */
#ifndef METRIC_METRIC_PACK_H
#define METRIC_METRIC_PACK_H

#include "metric/definition.h"

struct metric_entry {
	char *pack;
	struct metric_definition definition;
};

/* The definitions of all packs, in the order of the packs and by name within each.
 * No two clash, as metric_name_clash (metric_name.h) has it. */
struct metric_pack {
	struct metric_entry *entries;
	size_t count;
	bool keeps_faults; /* set by the caller: a wrong definition is no error, */
	struct buf faults; /* but a line here, */
	size_t fault_count; /* of which there are so many */
};

/* Opens an empty set, which the caller closes. */
struct metric_pack *metric_pack_open(void);
void metric_pack_close(struct metric_pack *packs); /* NULL is fine */

/* Adds a pack: the name of a built-in one, or of one metric of them, a folder, or one file.
 * A name without a slash is looked up among what is built in first. EXIT_NO_INPUT when
 * there is no such pack; EXIT_CONFIG, with file and line, when a definition is
 * wrong, and with both files when two clash. */
MUST_USE int metric_pack_add(struct metric_pack *packs, const char *pack,
    struct err *err);

/* Adds every built-in pack. */
MUST_USE int metric_pack_add_built_in(struct metric_pack *packs,
    struct err *err);

/* Appends one line for each metric: pack, name, type and help, separated by tabs. */
void metric_pack_list(const struct metric_pack *packs, struct buf *out);

#endif
