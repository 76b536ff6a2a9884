/* SPDX-License-Identifier: ISC
 *
 * Documents of OpenSLO files: the members that are kept, and the messages for
 * a document that breaks the specification (OpenSLO v1: apiVersion, kind,
 * metadata, spec).
 */
#include "judge/document.h"
#include "base/buf.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OPENSLO "apiVersion: openslo/v1\n"
#define SERVICE(name) OPENSLO "kind: Service\nmetadata:\n  name: " name "\nspec: {}\n"

static struct judge_documents documents;
static struct err err;

static int
read_path(const char *path)
{
	err = (struct err){ 0, "" };
	return judge_documents_read(&documents, path, &err);
}

static void
read_text(const char *text)
{
	assert_int_equal(folder_put_text("a.yaml", text), 0);
	if (read_path("a.yaml") < 0)
		fail_msg("%s", err.text);
}

static void
refused(const char *text, const char *words)
{
	struct judge_documents one = { 0 };

	assert_int_equal(folder_put_text("bad.yaml", text), 0);
	assert_int_equal(judge_documents_read(&one, "bad.yaml", &err), -1);
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	judge_documents_release(&one);
}

static int
leave(void **state)
{
	judge_documents_release(&documents);
	return folder_leave(state);
}

static void
a_document_is_kept(void **state)
{
	const struct judge_document *document;

	(void)state;
	read_text("# a comment\n" OPENSLO "kind: SLO\nmetadata: {name: my-slo-1, displayName: "
	    "My SLO,\n  labels: {a: [b]}, annotations: {x/y: z, teltool/z: y}}\n"
	    "spec:\n  service: s\n");
	assert_int_equal(documents.count, 1);
	document = judge_documents_find(&documents, JUDGE_KIND_SLO, "my-slo-1");
	assert_ptr_equal(document, &documents.items[0]);
	assert_string_equal(document->file, "a.yaml");
	assert_int_equal(document->line, 2);
	assert_int_equal(document->kind, JUDGE_KIND_SLO);
	assert_string_equal(document->name, "my-slo-1");
	assert_string_equal(document->title, "My SLO");
	assert_string_equal(yaml_find(document->spec, "service")->text, "s");
	assert_null(judge_documents_find(&documents, JUDGE_KIND_SLI, "my-slo-1"));
	assert_null(judge_documents_find(&documents, JUDGE_KIND_SLO, "my-slo"));
}

static void
each_kind_has_its_fields(void **state)
{
	static const struct {
		const char *kind, *field;
		enum judge_kind number;
	} kinds[] = {
		{ "SLO", "budgetingMethod", JUDGE_KIND_SLO },
		{ "SLI", "ratioMetric", JUDGE_KIND_SLI },
		{ "Service", "description", JUDGE_KIND_SERVICE },
		{ "DataSource", "connectionDetails", JUDGE_KIND_DATA_SOURCE },
		{ "AlertPolicy", "notificationTargets", JUDGE_KIND_ALERT_POLICY },
		{ "AlertCondition", "severity", JUDGE_KIND_ALERT_CONDITION },
		{ "AlertNotificationTarget", "target", JUDGE_KIND_ALERT_TARGET },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct buf text = BUF_EMPTY;
		char words[200];

		buf_printf(&text, OPENSLO "kind: %s\nmetadata: {name: a}\nspec:\n"
		    "  %s: x\n", kinds[i].kind, kinds[i].field);
		read_text(buf_text(&text));
		assert_int_equal(documents.items[i].kind, kinds[i].number);
		assert_string_equal(documents.items[i].title, "a");
		buf_printf(&text, "  zzzzzzzzzz: x\n");
		snprintf(words, sizeof(words), "bad.yaml: line 6: the spec of %s has no "
		    "field 'zzzzzzzzzz'; it may have ", kinds[i].kind);
		assert_int_equal(folder_put_text("bad.yaml", buf_text(&text)), 0);
		assert_int_equal(read_path("bad.yaml"), -1);
		assert_memory_equal(err.text, words, strlen(words));
		buf_release(&text);
	}
}

static void
several_documents_of_a_file(void **state)
{
	(void)state;
	read_text("---\n---\n" SERVICE("a") "---\n"
	    "- apiVersion: openslo/v1\n  kind: Service\n  metadata: {name: b}\n  spec: {}\n"
	    "- apiVersion: openslo/v1\n  kind: SLI\n  metadata: {name: a}\n  spec: {}\n");
	assert_int_equal(documents.count, 3);
	assert_string_equal(documents.items[0].name, "a");
	assert_int_equal(documents.items[0].line, 3);
	assert_string_equal(documents.items[1].name, "b");
	assert_int_equal(documents.items[1].line, 9);
	assert_int_equal(documents.items[2].kind, JUDGE_KIND_SLI);
}

static void
documents_that_break_the_rules(void **state)
{
	(void)state;
	refused("a: [", "bad.yaml: line 2: not YAML: flow sequence without a closing bracket");
	refused("text", "bad.yaml: line 1: an OpenSLO document: expected fields (name: value)");
	refused("kind: SLO\n", "bad.yaml: line 1: 'apiVersion' is missing");
	refused("apiVersion: openslo/v1alpha\n",
	    "bad.yaml: line 1: apiVersion is 'openslo/v1alpha', not openslo/v1");
	refused(OPENSLO, "bad.yaml: line 1: 'kind' is missing");
	refused(OPENSLO "kind: Slo\n", "bad.yaml: line 2: 'kind' is 'Slo', not SLO, SLI, "
	    "Service, DataSource, AlertPolicy, AlertCondition or AlertNotificationTarget");
	refused(OPENSLO "kind: SLO\n", "bad.yaml: line 1: 'spec' is missing");
	refused(OPENSLO "kind: SLO\nmetadata: {name: a}\n",
	    "bad.yaml: line 1: 'spec' is missing");
	refused(OPENSLO "kind: SLO\nspec: {}\n", "bad.yaml: line 1: 'metadata' is missing");
	refused(OPENSLO "kind: SLO\nmeta: {}\n", "bad.yaml: line 3: an OpenSLO document has "
	    "no field 'meta'; it may have apiVersion, kind, metadata or spec");
	refused(OPENSLO "kind: Service\nmetadata: {name: a}\nspec: x\n",
	    "bad.yaml: line 4: the spec of Service: expected fields (name: value)");
	refused(SERVICE("a") "---\n" SERVICE("a"),
	    "bad.yaml: line 7: there is another Service 'a' in bad.yaml, line 1");
}

static void
metadata_is(const char *metadata, const char *words)
{
	struct buf text = BUF_EMPTY;

	buf_printf(&text, OPENSLO "kind: Service\nspec: {}\nmetadata:\n%s", metadata);
	refused(buf_text(&text), words);
	buf_release(&text);
}

static void
metadata_that_is_wrong(void **state)
{
	(void)state;
	metadata_is("  displayName: x\n", "bad.yaml: line 5: 'name' is missing");
	metadata_is("  name: a\n  nmae: a\n",
	    "bad.yaml: line 6: metadata has no field 'nmae'; did you mean 'name'?");
	metadata_is("  name: a\n  labels: x\n",
	    "bad.yaml: line 6: 'labels' are fields with texts");
	metadata_is("  name: a\n  annotations: [x]\n",
	    "bad.yaml: line 6: 'annotations' are fields with texts");
	metadata_is("  name: a\n  annotations: {x: [y]}\n",
	    "bad.yaml: line 6: annotation 'x' must be text");
	metadata_is("  name: a\n  annotations: {teltools/x: y}\n",
	    "bad.yaml: line 6: no annotation 'teltools/x' is known; extensions of teltools "
	    "belong in metricSource.spec");
}

#define LABEL_64 "a234567890123456789012345678901234567890123456789012345678901-64"
#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890-63"

/* RFC 1123, section 2.1, as Kubernetes and OpenSLO read it. */
static void
names_are_labels(void **state)
{
	static const char *const bad[] = { "-a", "a-", "A", "a.b", "a_b", "'a b'", "'-'",
		LABEL_64, "\"\\xe4\"" };

	(void)state;
	read_text(SERVICE("a"));
	read_text(SERVICE("'0'"));
	read_text(SERVICE("a--b"));
	read_text(SERVICE(LABEL_63));
	assert_int_equal(documents.count, 4);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[300];

		snprintf(text, sizeof(text), OPENSLO "kind: Service\nmetadata: {name: %s}\n"
		    "spec: {}\n", bad[i]);
		assert_int_equal(folder_put_text("bad.yaml", text), 0);
		assert_int_equal(read_path("bad.yaml"), -1);
		if (strstr(err.text, "bad.yaml: line 3: the name '") == NULL)
			fail_msg("%s: %s", bad[i], err.text);
	}
}

static void
texts_have_a_longest_length(void **state)
{
	char text[2000];

	(void)state;
	for (int len = 63; len <= 64; len++) {
		snprintf(text, sizeof(text), OPENSLO "kind: Service\nmetadata: {name: a, "
		    "displayName: '%0*d'}\nspec: {}\n", len, 1);
		if (len == 63)
			read_text(text);
		else
			refused(text, "bad.yaml: line 3: 'displayName' is longer than 63 "
			    "bytes");
	}
	for (int len = 1050; len <= 1051; len++) {
		snprintf(text, sizeof(text), OPENSLO "kind: Service\nmetadata: {name: b}\n"
		    "spec: {description: '%0*d'}\n", len, 1);
		if (len == 1050)
			read_text(text);
		else
			refused(text, "bad.yaml: line 4: 'description' is longer than 1050 "
			    "bytes");
	}
}

static void
a_folder_is_read_by_name(void **state)
{
	(void)state;
	assert_int_equal(mkdir("slo", 0777), 0);
	assert_int_equal(folder_put_text("slo/c.json", "{\"apiVersion\":\"openslo/v1\","
	    "\"kind\":\"Service\",\"metadata\":{\"name\":\"c\"},\"spec\":{}}"), 0);
	assert_int_equal(folder_put_text("slo/b.yml", SERVICE("b")), 0);
	assert_int_equal(folder_put_text("slo/B.yaml", SERVICE("upper")), 0);
	assert_int_equal(folder_put_text("slo/a.yaml", SERVICE("a")), 0);
	/* None of these is a file of objectives. */
	assert_int_equal(folder_put_text("slo/.a.yaml", "["), 0);
	assert_int_equal(folder_put_text("slo/a.yaml~", "["), 0);
	assert_int_equal(folder_put_text("slo/a.txt", "["), 0);
	assert_int_equal(folder_put_text("slo/yaml", "["), 0);
	assert_int_equal(read_path("slo"), 0);
	assert_int_equal(documents.count, 4);
	assert_string_equal(documents.items[0].name, "upper");
	assert_string_equal(documents.items[1].name, "a");
	assert_string_equal(documents.items[2].name, "b");
	assert_string_equal(documents.items[3].name, "c");
	assert_string_equal(documents.items[1].file, "slo/a.yaml");
	assert_int_equal(folder_put_text("again.yaml", SERVICE("a")), 0);
	assert_int_equal(read_path("again.yaml"), -1);
	assert_string_equal(err.text,
	    "again.yaml: line 1: there is another Service 'a' in slo/a.yaml, line 1");
}

static void
paths_that_cannot_be_read(void **state)
{
	static char large[JUDGE_FILE_MAX_BYTES + 1];

	(void)state;
	assert_int_equal(read_path("missing"), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	assert_int_equal(mkdir("empty", 0777), 0);
	assert_int_equal(read_path("empty"), -1);
	assert_string_equal(err.text, "empty: no *.yaml, *.yml or *.json in this folder");
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	memset(large, '#', sizeof(large));
	assert_int_equal(folder_put("large.yaml", large, sizeof(large)), 0);
	assert_int_equal(read_path("large.yaml"), -1);
	assert_string_equal(err.text, "large.yaml: larger than 1048576 bytes");
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

static void
the_packs_of_the_program_are_good(void **state)
{
	(void)state;
	if (judge_documents_read_packs(&documents, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(documents.count > 0);
	for (size_t i = 0; i < documents.count; i++)
		assert_memory_equal(documents.items[i].file, "schema/slo/", 11);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_document_is_kept),
		TEST(each_kind_has_its_fields),
		TEST(several_documents_of_a_file),
		TEST(documents_that_break_the_rules),
		TEST(metadata_that_is_wrong),
		TEST(names_are_labels),
		TEST(texts_have_a_longest_length),
		TEST(a_folder_is_read_by_name),
		TEST(paths_that_cannot_be_read),
		TEST(the_packs_of_the_program_are_good),
	};

	return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
