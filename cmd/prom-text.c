/* SPDX-License-Identifier: ISC
 *
 * prom-text -- prints what is in a store as Prometheus text, on stdout or into a file for
 * node_exporter's textfile collector.
 */
#include "base/log.h"
#include "base/opt.h"
#include "base/prog.h"
#include "cmd/prom-text/run.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct opt options[] = {
	OPT_TEXT_AT("db", 'd', "FILE", db,
	    "the database (default: $TEL_DB)"),
	OPT_TEXT_AT("run", 'r', "ID", run_id,
	    "the run to show (default: latest, the newest)"),
	OPT_INTEGER_AT("runs", 0, "N", 1, 1000, run_count,
	    "show the newest N runs, by the label run_id (default: 1)"),
	OPT_LIST_AT("metrics", 0, "PACK", metrics,
	    "tel, slo, docstokg, applylens, one metric of them, a folder or a file; may be "
	    "repeated (default: tel and slo)"),
	OPT_LIST_AT("slo", 0, "FILE", slo_files,
	    "objectives, as for slo-eval; may be repeated (default: $TEL_SLO, or those "
	    "that are built in)"),
	OPT_TEXT_AT("counts", 0, "FILE", how.counts.path,
	    "where counts are kept (default: DB.counts)"),
	OPT_TEXT_AT("archive", 'a', "DIR", how.counts.archive,
	    "the archive (default: $TEL_ARCHIVE, or the one of the database)"),
	OPT_LIST_AT("label", 0, "NAME=VALUE", labels,
	    "a label that all samples get; may be repeated"),
	OPT_TEXT_AT("textfile", 0, "FILE", textfile,
	    "replace FILE at once instead of printing"),
	OPT_TEXT_AT("listen", 0, "ADDR:PORT", listen,
	    "serve /metrics, /healthz, /live and /ready there until a signal comes"),
	OPT_DURATION_MS_AT("poll", 0, "TIME", 100, 86400000, poll_ms,
	    "with --listen: how often to read the database (default: 10s)"),
	OPT_DURATION_MS_AT("max-age", 0, "TIME", 1000, INT64_C(3153600000000), max_age_ms,
	    "with --listen: /ready is 503 when the newest event is older"),
	OPT_TEXT_AT("web-config", 0, "FILE", web_config,
	    "with --listen: TLS and users, as Prometheus' exporters have it"),
	OPT_FLAG_AT("insecure", 0, is_insecure,
	    "with --listen: other machines may read without --web-config"),
	OPT_FLAG_AT("openmetrics", 0, is_openmetrics,
	    "print OpenMetrics 1.0 instead of Prometheus text 0.0.4"),
	OPT_FLAG_AT("list", 0, is_list,
	    "print pack, name, type and help of each metric"),
};

static const struct opt_program program = {
	.synopsis = "[OPTION]... | check [PACK]...",
	.purpose = "Print what is in a store as Prometheus text.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.more = "Exit code: 0 printed; 2 no such run, or not all of it, only the metrics\n"
	    "that need none were printed; 64 and above: nothing was printed or replaced.",
	.examples = {
		"prom-text --db tel.db --textfile tel.prom",
		"prom-text --db tel.db --run r1 --metrics docstokg",
	},
};

/* Takes "check PACK..." after the options. Returns what opt_parse returns. */
static int
parse(struct run *run, int argc, char **argv, struct err *err)
{
	int first = opt_parse(&program, run, argc, argv, err);

	if (first <= 0 || first == argc)
		return first;
	if (strcmp(argv[first], "check") != 0)
		return err_set(err, EXIT_USAGE, "unexpected operand '%s'; the "
		    "database is given with --db FILE", argv[first]);
	run->is_check = true;
	for (int i = first + 1; i < argc; i++)
		opt_list_add(&run->metrics, argv[i]);
	return first;
}

static int
check(const struct run *run, struct err *err)
{
	if (run->textfile != NULL && strcmp(run->textfile, "-") == 0)
		return err_set(err, EXIT_USAGE, "--textfile: needs a file; "
		    "without the option standard output is used");
	if (run->textfile != NULL && run->is_openmetrics)
		return err_set(err, EXIT_USAGE, "--textfile: node_exporter does not read "
		    "OpenMetrics");
	if (run->run_count > 1 && run->run_id != NULL && strcmp(run->run_id, "latest") != 0)
		return err_set(err, EXIT_USAGE, "--runs shows the newest; --run does not go "
		    "with it");
	if (run->listen != NULL && (run->textfile != NULL || run->is_openmetrics))
		return err_set(err, EXIT_USAGE, "--listen: scrapers choose the format; "
		    "--textfile and --openmetrics do not go with it");
	if (run->listen == NULL && (run->poll_ms > 0 || run->max_age_ms > 0))
		return err_set(err, EXIT_USAGE, "--poll and --max-age go with --listen");
	if (run->listen == NULL && (run->web_config != NULL || run->is_insecure))
		return err_set(err, EXIT_USAGE, "--web-config and --insecure go with "
		    "--listen");
	return 0;
}

static void
print_list(const struct run *run)
{
	struct metric_families own = { NULL, 0, 0 }, slo = { NULL, 0, 0 };
	struct buf text = BUF_EMPTY;

	metric_pack_list(run->packs, &text);
	run_add_own(run, &own, &slo);
	metric_families_list(&own, "tel", &text);
	metric_families_list(&slo, "slo", &text);
	metric_families_release(&own);
	metric_families_release(&slo);
	fwrite(buf_text(&text), 1, text.len, stdout);
	buf_release(&text);
}

/* Executes the command line. Returns the exit code, or -1. */
static int
work(struct run *run, struct err *err)
{
	if (run->how.counts.archive == NULL)
		run->how.counts.archive = getenv("TEL_ARCHIVE");
	if (check(run, err) < 0 || run_load(run, err) < 0)
		return -1;
	if (run->is_check)
		return run_check(run, err);
	if (run->listen != NULL)
		return run_serve(run, err);
	if (!run->is_list)
		return run_once(run, err);
	print_list(run);
	return EXIT_YES;
}

int
main(int argc, char **argv)
{
	struct run run = { .how = { .warn = load_warn, .tell = load_tell },
		.run_count = 1 };
	struct err err;
	int result;

	prog_start("prom-text");
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = work(&run, &err);
	run_release(&run);
	return prog_exit(result, &err);
}
