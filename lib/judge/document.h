/* SPDX-License-Identifier: ISC
 *
 * document -- the documents of OpenSLO files, with the checks that need no
 * other document: apiVersion, kind, metadata. Of alert policies, conditions
 * and targets the fields are checked too, since nothing else reads them:
 * slo-eval has its own burn-rate pairs.
 */
#ifndef JUDGE_DOCUMENT_H
#define JUDGE_DOCUMENT_H

#include "json/spec.h"

enum judge_kind {
	JUDGE_KIND_SLO,
	JUDGE_KIND_SLI,
	JUDGE_KIND_SERVICE,
	JUDGE_KIND_DATA_SOURCE,
	JUDGE_KIND_ALERT_POLICY,
	JUDGE_KIND_ALERT_CONDITION,
	JUDGE_KIND_ALERT_TARGET
};

struct judge_document {
	const char *file;              /* borrowed */
	enum judge_kind kind;
	const char *name;              /* this and the rest: borrowed from the tree */
	const char *title;             /* displayName or name */
	const struct yaml_node *spec;
	int line;
};

struct judge_documents {
	struct judge_document *items;
	size_t count;
	struct yaml **trees;
	char **files;
	size_t file_count;
};

#define JUDGE_FILE_MAX_BYTES (1 << 20)

/* Adds the documents of a file, or of all *.yaml, *.yml and *.json files of a
 * folder in the order of their names. "-" is stdin. EXIT_CONFIG for a wrong
 * document, EXIT_NO_INPUT for a file that cannot be read. */
MUST_USE int judge_documents_read(struct judge_documents *documents,
    const char *path, struct err *err);

/* Adds the packs that are built into the program. */
MUST_USE int judge_documents_read_packs(struct judge_documents *documents,
    struct err *err);

/* Returns the document of that kind and name, borrowed, or NULL. */
const struct judge_document *judge_documents_find(
    const struct judge_documents *documents, enum judge_kind kind,
    const char *name);

void judge_documents_release(struct judge_documents *documents);

/* Reads the metadata of a document or an inline SLI; *name and *title are
 * borrowed. */
MUST_USE int judge_metadata_read(const struct spec *spec,
    const struct yaml_node *node, const char **name, const char **title);

#endif
