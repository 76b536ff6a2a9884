/* SPDX-License-Identifier: ISC
 *
 * names -- reads lines "TYPE NAME LABEL" and prints the names that metric_name_check
 * complains of, for tests/exposition.bats.
 */
#include "metric/metric_name.h"

#include <stdio.h>

int
main(void)
{
	char type[40], name[80], label[80];
	const char *const labels[] = { label };
	struct buf out = BUF_EMPTY;

	while (scanf("%39s %79s %79s", type, name, label) == 3) {
		int found = prometheus_find_type(type);
		struct metric_names names = { name, PROMETHEUS_UNKNOWN, NULL, labels, 1 };

		if (found < 0) {
			fprintf(stderr, "names: no type %s\n", type);
			return 1;
		}
		names.type = (enum prometheus_type)found;
		if (metric_name_check(&names, &out) > 0)
			printf("%s\n", name);
	}
	buf_release(&out);
	return 0;
}
