/* SPDX-License-Identifier: ISC
 *
 * Statements over a base, each compiled once.
 */
#include "base/mem.h"
#include "count/base_private.h"

int
count_base_prepare(struct count_base *base, struct db_statement **out, const char *sql,
    struct err *err)
{
	struct base_statement *last;
	size_t i = 0;

	while (i < base->statement_count && base->statements[i].sql != sql)
		i++;
	if (i == base->statement_count) {
		base->statements = mem_resize(base->statements, i + 1,
		    sizeof(*base->statements));
		last = &base->statements[i];
		if (db_prepare(base->db, &last->statement, sql, err) < 0)
			return -1;
		last->sql = sql;
		base->statement_count++;
	}
	*out = base->statements[i].statement;
	return 0;
}
