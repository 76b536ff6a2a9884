/* SPDX-License-Identifier: ISC */
#include "metric/metric.h"
#include "base/mem.h"
#include "metric/counted_families.h"
#include "metric/slo_families.h"
#include "metric/sql_family.h"
#include "store/pending_files.h"
#include "store/run.h"
#include "store/run_view.h"

#include <stdlib.h>
#include <string.h>

#define LATEST "latest"

/* One evaluation. */
struct evaluation {
	struct metric_families *families;
	const struct metric_request *request;
	struct db *db;
	struct metric_result *result;
	/* What is counted: of each counted metric and then of each objective. */
	struct slo_definition *definitions;
	size_t definition_count;
	struct run_names runs; /* those after the newest one, whose metrics are shown too */
	size_t *folded_counts; /* of each metric, label sets without a series of their own */
};

/* The run to show; *out stays NULL when there is none. */
static int
choose_run(struct db *db, const char *run_id, char **out, struct err *err)
{
	int known;

	if (run_id == NULL || strcmp(run_id, LATEST) == 0)
		return run_newest(db, RUN_ANY_TIME, out, err) < 0 ? -1 : 0;
	known = run_is_known(db, run_id, err);
	if (known == 1)
		*out = mem_text(run_id);
	return known < 0 ? -1 : 0;
}

static int
find_run(struct evaluation *evaluation, struct err *err)
{
	const struct metric_request *request = evaluation->request;
	struct metric_result *result = evaluation->result;
	bool needs_run = request->run_id != NULL;

	for (size_t i = 0; i < request->packs->count; i++)
		needs_run |= request->packs->entries[i].definition.uses_run;
	if (needs_run &&
	    choose_run(evaluation->db, request->run_id, &result->run_id, err) < 0)
		return -1;
	result->lacks_run = request->run_id != NULL &&
	    strcmp(request->run_id, LATEST) != 0 && result->run_id == NULL;
	if (result->run_id == NULL)
		return 0;
	if (request->run_count > 1 && run_names(evaluation->db, RUN_ANY_TIME,
	    request->run_count, &evaluation->runs, err) < 0)
		return -1;
	return run_left(evaluation->db, result->run_id, &result->left, err);
}

/* Adds what SQL says of a run, from little more than the rows of that run where those of
 * others do not matter. */
static int
add_run(struct evaluation *evaluation, struct prometheus_family *family,
    const struct metric_definition *definition, const char *run_id, bool names_run,
    struct err *err)
{
	struct err ignored;
	int code;

	if (!definition->reads_run)
		return sql_family_add(family, definition, evaluation->db, run_id, names_run,
		    err);
	code = run_view_open(evaluation->db, run_id, err);
	if (code == 0)
		code = sql_family_add(family, definition, evaluation->db, run_id, names_run,
		    err);
	if (run_view_close(evaluation->db, code == 0 ? err : &ignored) < 0)
		code = -1;
	return code;
}

/* Adds a definition that SQL has of runs: of the one that is shown, or of several. A run of
 * which events have left is passed over. */
static int
add_runs(struct evaluation *evaluation, const struct metric_definition *definition,
    struct err *err)
{
	const struct metric_result *result = evaluation->result;
	struct prometheus_family *family = metric_families_add(evaluation->families,
	    definition->type, definition->help, definition->name);

	if (evaluation->runs.count == 0)
		return result->left.rows > 0 ? 0 : add_run(evaluation, family, definition,
		    result->run_id, false, err);
	for (size_t i = 0; i < evaluation->runs.count; i++) {
		const char *run_id = evaluation->runs.items[i];
		struct run_left left = { .rows = 0 };
		int code = run_left(evaluation->db, run_id, &left, err);

		free(left.archive);
		if (code == 0 && left.rows == 0)
			code = add_run(evaluation, family, definition, run_id, true, err);
		if (code < 0)
			return -1;
	}
	return 0;
}

static void
make_definitions(struct evaluation *evaluation)
{
	const struct metric_pack *packs = evaluation->request->packs;
	const struct judge_set *slos = evaluation->request->slos;
	size_t slo_count = slos != NULL ? slos->count : 0;

	evaluation->definitions = mem_new(packs->count + slo_count + 1,
	    sizeof(*evaluation->definitions));
	for (size_t i = 0; i < packs->count; i++)
		if (packs->entries[i].definition.counted != NULL)
			evaluation->definitions[evaluation->definition_count++] =
			    metric_counted_definition(
			    packs->entries[i].definition.counted);
	for (size_t i = 0; i < slo_count; i++)
		evaluation->definitions[evaluation->definition_count++] =
		    slo_definition_of(&slos->items[i].query);
}

/* Adds the family of how many label sets have no series. */
static void
add_folded(struct evaluation *evaluation, const struct slo_counters *counters)
{
	const struct metric_pack *packs = evaluation->request->packs;
	struct prometheus_family *family =
	    metric_families_add_dropped(evaluation->families);

	for (size_t i = 0; i < packs->count; i++) {
		const char *name = packs->entries[i].definition.name;
		const struct prometheus_label label = { "family", name, strlen(name) };
		size_t count = evaluation->folded_counts[i];

		evaluation->result->folded_count += count;
		if (count > 0)
			metric_families_sample(family, "", &label, 1, (double)count);
	}
	evaluation->result->folded_count += slo_families_add_dropped(family, counters);
}

/* Adds the family of one definition; *which is the place of the next counted one. */
static int
add_definition(struct evaluation *evaluation, struct count *count,
    const struct metric_definition *definition, size_t *which, size_t *folded,
    struct err *err)
{
	const struct metric_result *result = evaluation->result;

	if (definition->counted != NULL)
		return counted_families_add(evaluation->families, definition, count,
		    (*which)++, folded, err);
	if (definition->uses_run)
		return result->run_id == NULL ? 0 : add_runs(evaluation, definition, err);
	return sql_family_add(metric_families_add(evaluation->families, definition->type,
	    definition->help, definition->name), definition, evaluation->db, result->run_id,
	    false, err);
}

/* Counts the samples of families from `first` on, and notes what is wrong with some; path
 * and line say where they are defined. */
static void
note_samples(struct evaluation *evaluation, size_t first, const char *path, int line)
{
	struct metric_result *result = evaluation->result;

	for (size_t i = first; i < evaluation->families->count; i++) {
		const struct prometheus_family *family = evaluation->families->items[i];

		if (family->dropped_count > 0 && result->dropped_count == 0) {
			result->dropped = family->dropped;
			if (path != NULL)
				err_in(&result->dropped, "%s: line %d", path, line);
		}
		result->dropped_count += family->dropped_count;
		result->family_count += family->count > 0;
		result->sample_count += family->count;
	}
}

/* Adds the families of the definition files, in their order. count is NULL when nothing is
 * counted. */
static int
add_packs(struct evaluation *evaluation, struct count *count, struct err *err)
{
	const struct metric_pack *packs = evaluation->request->packs;
	size_t which = 0;

	for (size_t i = 0; i < packs->count; i++) {
		const struct metric_definition *definition = &packs->entries[i].definition;
		size_t first = evaluation->families->count;

		if (add_definition(evaluation, count, definition, &which,
		    &evaluation->folded_counts[i], err) < 0)
			return -1;
		if (metric_families_settle(evaluation->families, err) < 0)
			return err_in(err, "%s: line %d", definition->path,
			    definition->line);
		note_samples(evaluation, first, definition->path, definition->line);
	}
	return 0;
}

/* Opens the counts. A file of them that cannot be used is done without, after a word; but
 * not one that is only in use, as it may have what rows and archive lack, and counters would
 * fall. */
static int
open_count(struct count **out, const struct evaluation *evaluation, struct err *err)
{
	const struct judge_options *options = &evaluation->request->options;
	struct count_options counts = options->counts;
	struct buf text = BUF_EMPTY;
	int result;

	/* What SQL alone says needs no file. */
	counts.has_no_file = counts.has_no_file || evaluation->definition_count == 0;
	if (count_open(out, evaluation->db, evaluation->definitions,
	    evaluation->definition_count, &counts, err) == 0) {
		const char *unwritten = count_report(*out)->unwritten.text;

		if (unwritten[0] != '\0')
			options->warn(options->warn_context, unwritten);
		return 0;
	}
	if (counts.has_no_file || err->exit_code == EXIT_CONFIG ||
	    err->exit_code == EXIT_AGAIN)
		return -1;
	buf_printf(&text, "%s; the rows are counted without it", err->text);
	counts.has_no_file = true;
	result = count_open(out, evaluation->db, evaluation->definitions,
	    evaluation->definition_count, &counts, err);
	if (result == 0)
		options->warn(options->warn_context, buf_text(&text));
	buf_release(&text);
	return result;
}

/* Reads what is counted, all as it was at one moment, and what SQL says of the same. */
static int
add_counted(struct evaluation *evaluation, struct slo_counters *counters, struct err *err)
{
	const struct metric_request *request = evaluation->request;
	struct count *count = NULL;
	int result = open_count(&count, evaluation, err);

	if (result == 0) {
		evaluation->result->since_ms = count_report(count)->since_ms;
		result = db_integer(evaluation->db,
		    "SELECT max(until_ts_ms) - 1 FROM batches", -1,
		    &evaluation->result->last_event_ms, err);
	}
	if (result == 0)
		result = pending_files_count(evaluation->db,
		    &evaluation->result->pending_count, err);
	if (result == 0)
		result = find_run(evaluation, err);
	if (result == 0)
		result = add_packs(evaluation, count, err);
	if (result == 0 && request->slos != NULL)
		result = slo_counters_read(counters, request->slos, count,
		    evaluation->definition_count - request->slos->count, err);
	if (result == 0)
		add_folded(evaluation, counters);
	count_close(count);
	return result;
}

int
metric_evaluate(struct metric_families *families, const struct metric_request *request,
    struct db *db, struct metric_result *result, struct err *err)
{
	struct evaluation evaluation = { .families = families, .request = request,
		.db = db, .result = result };
	struct slo_counters counters = { NULL, 0 };
	size_t pack_count;
	int code;

	memset(result, 0, sizeof(*result));
	make_definitions(&evaluation);
	evaluation.folded_counts = mem_new(request->packs->count + 1,
	    sizeof(*evaluation.folded_counts));
	code = add_counted(&evaluation, &counters, err);
	pack_count = families->count;
	if (code == 0 && request->slos != NULL)
		code = slo_families_add(families, &counters, request, db, err);
	if (code == 0)
		code = metric_families_settle(families, err);
	if (code == 0)
		note_samples(&evaluation, pack_count, NULL, 0);
	slo_counters_release(&counters);
	run_names_release(&evaluation.runs);
	free(evaluation.definitions);
	free(evaluation.folded_counts);
	return code;
}

void
metric_result_release(struct metric_result *result)
{
	free(result->run_id);
	free(result->left.archive);
	result->run_id = result->left.archive = NULL;
}
