/* SPDX-License-Identifier: ISC
 *
 * yaml -- any bytes as an SLO file: the tree is complete, and every scalar can be
 * read as a condition and as a decimal without a crash.
 */
#include "base/buf.h"
#include "json/yaml.h"
#include "slo/decimal.h"
#include "slo/expression.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LEN 65536
#define MAX_VISITS 100000

/* libfyaml 0.7.12 leaks one of its buffers on some broken quoted keys. That does
 * no harm to a program that reads a file once and ends. Leaks of our own code are
 * still reported. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
try_text(const char *text)
{
	static const enum expression_use uses[] = { EXPRESSION_CONDITION,
		EXPRESSION_NUMBER };
	struct buf sql = BUF_EMPTY;
	struct decimal decimal;
	struct err err;

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		buf_reset(&sql);
		if (expression_sql(&sql, text, EVENT_http, uses[i], &err) == 0)
			need(sql.len > 2 && strpbrk(sql.data, ";\"`") == NULL ? true
			    : strchr(sql.data, '\'') != NULL);
		else
			need(err.exit_code == EXIT_CONFIG);
	}
	if (decimal_parse(text, 0, &decimal) == 0)
		need(decimal.units >= 0 && decimal.units <= decimal_unit(&decimal));
	buf_release(&sql);
}

/* Aliases make one node appear in many places, so visits are limited. */
static void
visit(const struct yaml_node *node, int depth, int *visits)
{
	need(depth <= YAML_MAX_DEPTH * YAML_MAX_DEPTH && node->line > 0);
	if (++*visits > MAX_VISITS)
		return;
	if (node->type == YAML_SCALAR) {
		need(node->text != NULL && node->count == 0);
		try_text(node->text);
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		if (node->type == YAML_MAPPING)
			need(yaml_find(node, node->keys[i]) == node->children[i]);
		if (depth < YAML_MAX_DEPTH)
			visit(node->children[i], depth + 1, visits);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct yaml *yaml;
	struct err err;
	int visits = 0;

	if (len > MAX_LEN)
		return 0;
	if (yaml_open(&yaml, (const char *)bytes, len, &err) < 0) {
		need(err.exit_code == EXIT_CONFIG &&
		    strncmp(err.text, "line ", 5) == 0);
		return 0;
	}
	for (size_t i = 0; i < yaml_document_count(yaml); i++)
		visit(yaml_document(yaml, i), 1, &visits);
	yaml_close(yaml);
	return 0;
}
