/* SPDX-License-Identifier: ISC */
#include "metric/self_families.h"
#include "base/prog.h"

#include <string.h>

#define MS_PER_SECOND 1000.0
#define NS_PER_SECOND 1e9

/* Adds a gauge, without a sample where its value is not known. */
static void
add_gauge(struct metric_families *families, const char *name, const char *help,
    bool is_known, double value)
{
	struct prometheus_family *family = metric_families_add(families, PROMETHEUS_GAUGE,
	    help, name);

	if (is_known)
		metric_families_sample(family, "", NULL, 0, value);
}

void
self_families_add(struct metric_families *families, const struct self_facts *facts)
{
	const struct prometheus_label labels[] = {
		{ "version", PROG_VERSION, strlen(PROG_VERSION) },
		{ "commit", prog_commit, strlen(prog_commit) },
	};
	bool has_numbers = facts->at_ms > 0;

	add_gauge(families, "tel_up", "Whether the database could be read.", true,
	    facts->is_up);
	add_gauge(families, "tel_evaluation_timestamp_seconds",
	    "When these numbers were read from the database, since the epoch.", has_numbers,
	    (double)facts->at_ms / MS_PER_SECOND);
	add_gauge(families, "tel_evaluation_duration_seconds",
	    "How long it took to read them.", has_numbers,
	    (double)facts->elapsed_ns / NS_PER_SECOND);
	add_gauge(families, "tel_store_pending_files",
	    "Followed files that have more than was taken from them.", has_numbers,
	    (double)facts->pending_count);
	add_gauge(families, "tel_counts_since_timestamp_seconds",
	    "When the file of counts was begun, since the epoch: counters restart with it.",
	    has_numbers && facts->since_ms >= 0, (double)facts->since_ms / MS_PER_SECOND);
	add_gauge(families, "tel_web_config_ok",
	    "Whether the files of the web configuration could be used at the last scrape.",
	    facts->has_web_config, facts->is_web_config_ok);
	metric_families_sample(metric_families_add(families, PROMETHEUS_INFO,
	    "The program that read them.", "tel_build_info"), "", labels, 2, 1);
}
