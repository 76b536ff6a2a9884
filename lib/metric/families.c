/* SPDX-License-Identifier: ISC */
#include "metric/families.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdlib.h>

/* A family with the texts that it borrows. */
struct owned_family {
	struct prometheus_family family; /* the first member, by which it is known */
	char *name, *help;
};

struct prometheus_family *
metric_families_add(struct metric_families *families, enum prometheus_type type,
    const char *help, const char *name)
{
	struct owned_family *owned = mem_new(1, sizeof(*owned));
	struct prometheus_family *family = &owned->family;

	owned->name = mem_text(name);
	owned->help = mem_text(help);
	prometheus_init(family, owned->name, type, owned->help);
	families->items = mem_resize(families->items, families->count + 1,
	    sizeof(*families->items));
	families->items[families->count++] = family;
	return family;
}

struct prometheus_family *
metric_families_add_dropped(struct metric_families *families)
{
	return metric_families_add(families, PROMETHEUS_GAUGE, "Label sets of the family past "
	    "its limit, which have no series of their own.", "tel_dropped_series");
}

void
metric_families_sample(struct prometheus_family *family, const char *suffix,
    const struct prometheus_label *labels, size_t label_count, double value)
{
	struct err err;
	int result = prometheus_add(family, suffix, labels, label_count, value, &err);

	REQUIRE(result == 0);
}

int
metric_families_settle(struct metric_families *families, struct err *err)
{
	for (; families->settled_count < families->count; families->settled_count++)
		if (prometheus_settle(families->items[families->settled_count], err) < 0)
			return -1;
	return 0;
}

int
metric_families_print(const struct metric_families *families,
    enum exposition_format format, const struct prometheus_label *labels,
    size_t label_count, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < families->count; i++)
		if (exposition_print(format, families->items[i], labels, label_count, out,
		    err) < 0)
			return -1;
	return 0;
}

void
metric_families_list(const struct metric_families *families, const char *pack,
    struct buf *out)
{
	for (size_t i = 0; i < families->count; i++) {
		const struct prometheus_family *family = families->items[i];

		buf_printf(out, "%s\t%s\t%s\t%s\n", pack, family->name,
		    prometheus_type_names[family->type], family->help);
	}
}

void
metric_families_release(struct metric_families *families)
{
	for (size_t i = 0; i < families->count; i++) {
		struct owned_family *owned = (struct owned_family *)families->items[i];

		prometheus_release(&owned->family);
		free(owned->name);
		free(owned->help);
		free(owned);
	}
	free(families->items);
	families->items = NULL;
	families->count = families->settled_count = 0;
}
