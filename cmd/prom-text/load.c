/* SPDX-License-Identifier: ISC
 *
 * What the command line names: definitions, objectives, labels.
 */
#include "base/log.h"
#include "base/mem.h"
#include "cmd/prom-text/run.h"
#include "metric/check.h"
#include "metric/self_families.h"
#include "metric/slo_families.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define SLO_PACK "slo" /* stands for the families of the objectives */
#define OWN_PACK "tel" /* with which those about the evaluation itself go: other packs may lie
                        * in the same folder of textfiles, where no name may come twice */

void
load_warn(void *context, const char *text)
{
	(void)context;
	log_warning("%s", text);
}

void
load_tell(const char *text)
{
	log_info("%s", text);
}

static int
load_packs(struct run *run, struct err *err)
{
	run->packs = metric_pack_open();
	run->packs->keeps_faults = run->is_check;
	if (run->metrics.count == 0) {
		run->has_slos = run->has_self = true;
		return run->is_list ? metric_pack_add_built_in(run->packs, err)
		    : metric_pack_add(run->packs, "tel", err);
	}
	for (size_t i = 0; i < run->metrics.count; i++) {
		const char *pack = run->metrics.items[i];

		run->has_self = run->has_self || strcmp(pack, OWN_PACK) == 0;
		if (strcmp(pack, SLO_PACK) == 0)
			run->has_slos = true;
		else if (metric_pack_add(run->packs, pack, err) < 0)
			return -1;
	}
	return 0;
}

static int
load_slos(struct run *run, struct err *err)
{
	const char *from_environment = getenv("TEL_SLO");

	if (run->slo_files.count > 0)
		run->has_slos = true;
	if (!run->has_slos)
		return 0;
	if (run->slo_files.count == 0 && from_environment != NULL)
		return judge_set_read(&run->slos, &from_environment, 1, err);
	return judge_set_read(&run->slos, run->slo_files.items, run->slo_files.count, err);
}

/* A label of all samples is none of those that a metric has. */
static int
check_constants(const struct run *run, struct err *err)
{
	struct db *store;
	int result;

	if (run->constant_count == 0)
		return 0;
	if (store_open(&store, DB_TEMPORARY, DB_WRITE, DB_WAIT_MS, err) < 0)
		return -1;
	result = metric_check_labels(run->packs, run->has_slos, store, run->constants,
	    run->constant_count, err);
	db_close(store);
	return result;
}

static int
load_labels(struct run *run, struct err *err)
{
	run->constants = mem_new(run->labels.count + 1, sizeof(*run->constants));
	run->constant_names = mem_new(run->labels.count + 1, sizeof(*run->constant_names));
	for (size_t i = 0; i < run->labels.count; i++) {
		const char *text = run->labels.items[i], *equal = strchr(text, '=');

		if (equal == NULL)
			return err_set(err, EXIT_USAGE, "--label: '%s' is not "
			    "NAME=VALUE", text);
		run->constant_names[i] = mem_text_of(text, (size_t)(equal - text));
		run->constants[run->constant_count++] = (struct prometheus_label){
			run->constant_names[i], equal + 1, strlen(equal + 1) };
	}
	return exposition_check_labels(run->constants, run->constant_count, err);
}

void
run_add_own(const struct run *run, struct metric_families *own, struct metric_families *slo)
{
	const struct self_facts facts = { .since_ms = 0 };

	if (run->has_self || run->listen != NULL) {
		(void)metric_families_add_dropped(own);
		self_families_add(own, &facts);
	}
	if (run->has_slos)
		slo_families_begin(slo);
}

int
run_load(struct run *run, struct err *err)
{
	if (load_labels(run, err) < 0 || load_packs(run, err) < 0 ||
	    load_slos(run, err) < 0 || check_constants(run, err) < 0)
		return -1;
	return run->is_check ? 0 : metric_check_own(run->packs, err);
}

void
run_release(struct run *run)
{
	metric_pack_close(run->packs);
	judge_set_release(&run->slos);
	for (size_t i = 0; i < run->constant_count; i++)
		free(run->constant_names[i]);
	free(run->constant_names);
	free(run->constants);
	opt_list_release(&run->metrics);
	opt_list_release(&run->slo_files);
	opt_list_release(&run->labels);
}
