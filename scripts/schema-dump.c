/* SPDX-License-Identifier: ISC
 *
 * schema-dump sql|json|mdoc|exit|LIST -- schema/event.def, schema/exit.def and
 * schema/word.def in other languages: the tables of the store, a JSON Schema (draft
 * 2020-12) of the wire, the list of events in tel-events(5), the list of exit codes
 * in tel(7), a list of words by its name for a page. Refuses (70) a table that
 * breaks the rules at its head, so that a number without a unit does not build.
 */
#include "scripts/schema-dump.h"
#include "base/log.h"
#include "base/prog.h"
#include "tel/event_sql.h"
#include "tel/text.h"

#include <stdio.h>
#include <string.h>

static void
print_sql(struct buf *out)
{
	buf_add_text(out, "-- Made from schema/event.def and schema/store.sql by"
	    " `make schema`; do not edit.\n\n");
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		buf_printf(out, "-- %s\n", event_descriptions[kind].doc);
		event_sql_table(out, (enum event_kind)kind);
		buf_add_char(out, '\n');
	}
	buf_add_text(out, text_find("schema/store.sql"));
}

static int
print(struct buf *out)
{
	fwrite(out->data, 1, out->len, stdout);
	buf_release(out);
	return prog_exit(EXIT_YES, NULL);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(struct buf *out);
	} languages[] = {
		{ "sql", print_sql }, { "json", schema_print_json },
		{ "mdoc", schema_print_mdoc }, { "exit", schema_print_exit },
	};
	struct buf out = BUF_EMPTY;
	struct err err;

	prog_start("schema-dump");
	if (schema_check(&err) < 0)
		return prog_exit(-1, &err);
	for (size_t i = 0; argc == 2 && i < sizeof(languages) / sizeof(languages[0]); i++) {
		if (strcmp(argv[1], languages[i].name) != 0)
			continue;
		languages[i].print(&out);
		return print(&out);
	}
	if (argc == 2 && schema_print_list(&out, argv[1]))
		return print(&out);
	log_error("usage: schema-dump sql|json|mdoc|exit|LIST, a LIST of schema/word.def");
	return EXIT_USAGE;
}
