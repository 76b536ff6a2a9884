/* SPDX-License-Identifier: ISC
 *
 * slo_document -- the documents of OpenSLO files, each checked as far as it can be
 * on its own: apiVersion, kind, metadata. The fields of alert policies and the like
 * are checked here too, because nothing else reads them: slo-eval has burn-rate
 * pairs of its own.
 */
#ifndef JUDGE_DOCUMENT_H
#define JUDGE_DOCUMENT_H

#include "json/spec.h"

enum slo_kind {
	SLO_KIND_SLO,
	SLO_KIND_SLI,
	SLO_KIND_SERVICE,
	SLO_KIND_DATA_SOURCE,
	SLO_KIND_ALERT_POLICY,
	SLO_KIND_ALERT_CONDITION,
	SLO_KIND_ALERT_TARGET
};

struct slo_document {
	const char *file;              /* borrowed */
	enum slo_kind kind;
	const char *name;              /* borrowed from the tree, as is the rest */
	const char *title;             /* displayName or name */
	const struct yaml_node *spec;
	int line;
};

struct slo_documents {
	struct slo_document *items;
	size_t count;
	struct yaml **trees;
	char **files;
	size_t file_count;
};

#define SLO_FILE_MAX_BYTES (1 << 20)

/* Adds the documents of a file, or of the *.yaml, *.yml and *.json of a folder,
 * by name. "-" is stdin. */
MUST_USE int slo_documents_read(struct slo_documents *documents,
    const char *path, struct err *err);

/* Adds the packs that are built into the program. */
MUST_USE int slo_documents_read_packs(struct slo_documents *documents,
    struct err *err);

/* The document of that kind and name, or NULL. */
const struct slo_document *slo_documents_find(
    const struct slo_documents *documents, enum slo_kind kind,
    const char *name);

void slo_documents_release(struct slo_documents *documents);

/* metadata of a document or an inline SLI: *name and *title are borrowed. */
MUST_USE int slo_metadata_read(const struct spec *spec,
    const struct yaml_node *node, const char **name, const char **title);

#endif
