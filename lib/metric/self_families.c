/* SPDX-License-Identifier: ISC */
#include "metric/self_families.h"
#include "base/prog.h"

#include <string.h>

#define MS_PER_SECOND 1000.0
#define NS_PER_SECOND 1e9

static void
add_gauge(struct metric_families *families, const char *name, const char *help,
    double value)
{
	metric_families_sample(metric_families_add(families, PROMETHEUS_GAUGE, help, name),
	    "", NULL, 0, value);
}

static void
add_evaluation(struct metric_families *families, const struct self_facts *facts)
{
	add_gauge(families, "tel_evaluation_timestamp_seconds",
	    "When these numbers were read from the database, since the epoch.",
	    (double)facts->at_ms / MS_PER_SECOND);
	add_gauge(families, "tel_evaluation_duration_seconds",
	    "How long it took to read them.", (double)facts->elapsed_ns / NS_PER_SECOND);
	add_gauge(families, "tel_store_pending_files",
	    "Followed files that have more than was taken from them.",
	    (double)facts->pending_count);
}

void
self_families_add(struct metric_families *families, const struct self_facts *facts)
{
	const struct prometheus_label labels[] = {
		{ "version", PROG_VERSION, strlen(PROG_VERSION) },
		{ "commit", prog_commit, strlen(prog_commit) },
	};

	add_gauge(families, "tel_up", "Whether the database could be read.", facts->is_up);
	if (facts->at_ms > 0)
		add_evaluation(families, facts);
	if (facts->since_ms >= 0)
		add_gauge(families, "tel_counts_since_timestamp_seconds",
		    "When the file of counts was begun, since the epoch: counters restart "
		    "with it.", (double)facts->since_ms / MS_PER_SECOND);
	if (facts->has_web_config)
		add_gauge(families, "tel_web_config_ok",
		    "Whether the files of the web configuration could be used at the last "
		    "scrape.", facts->is_web_config_ok);
	metric_families_sample(metric_families_add(families, PROMETHEUS_INFO,
	    "The program that read them.", "tel_build_info"), "", labels, 2, 1);
}
