/* SPDX-License-Identifier: ISC
 *
 * document -- the documents of OpenSLO files, checked as far as each can be
 * alone: apiVersion, kind, metadata; of alert policies and the like also their
 * fields, for slo-eval has its own burn-rate pairs and uses none of them.
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
	const char *name;              /* borrowed from the tree, as all here */
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

/* Adds the documents of a file, or of the *.yaml, *.yml and *.json of a folder,
 * by name. "-" is stdin. */
MUST_USE int judge_documents_read(struct judge_documents *documents,
    const char *path, struct err *err);

/* Adds the packs that are part of the program. */
MUST_USE int judge_documents_read_packs(struct judge_documents *documents,
    struct err *err);

/* The document of that kind and name, or NULL. */
const struct judge_document *judge_documents_find(
    const struct judge_documents *documents, enum judge_kind kind,
    const char *name);

void judge_documents_release(struct judge_documents *documents);

/* metadata of a document or an inline SLI: *name and *title are borrowed. */
MUST_USE int judge_metadata_read(const struct spec *spec,
    const struct yaml_node *node, const char **name, const char **title);

#endif
