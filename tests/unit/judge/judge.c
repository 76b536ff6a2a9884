/* SPDX-License-Identifier: ISC
 *
 * The exit code of several lines.
 */
#include "tests/unit/judge/judged.h"

/* Lines of these verdicts, of which the optional ones are in capitals: p pass, w warn, b
 * breach, n no data, i insufficient, f pass with a page that is firing. */
static int
exit_code_of(const char *verdicts, enum slo_fail_on fail_on)
{
	struct judge_set_item item = item_of(false), optional = item_of(false);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.9", 10, 0);
	int code;

	optional.is_optional = true;
	for (const char *p = verdicts; *p != '\0'; p++) {
		bool is_optional = *p >= 'A' && *p <= 'Z';
		struct judge_line *added = add_judged(&lines,
		    is_optional ? &optional : &item, &line, NULL);

		switch (*p | 0x20) {
		case 'w':
			added->result.verdict = VERDICT_warn;
			break;
		case 'b':
			added->result.verdict = VERDICT_breach;
			break;
		case 'n':
			added->result.verdict = VERDICT_no_data;
			break;
		case 'i':
			added->result.verdict = VERDICT_insufficient;
			break;
		case 'f':
			added->result.burns[0].is_firing = true;
			break;
		}
	}
	code = judge_lines_exit_code(&lines, fail_on);
	judge_lines_release(&lines);
	return code;
}

static void
test_exit_codes_of_lines(void **state)
{
	static const struct {
		const char *verdicts;
		int codes[SLO_FAIL_ON_WARN + 1];
	} cases[] = {
		{ "", { EXIT_NO_DATA, EXIT_NO_DATA, EXIT_NO_DATA } },
		{ "pp", { EXIT_YES, EXIT_YES, EXIT_YES } },
		{ "pwp", { EXIT_YES, EXIT_YES, EXIT_NO } },
		/* Any 1 beats any 2, in any order. */
		{ "pnb", { EXIT_NO, EXIT_NO, EXIT_NO } },
		{ "bnp", { EXIT_NO, EXIT_NO, EXIT_NO } },
		{ "pnp", { EXIT_NO_DATA, EXIT_NO_DATA, EXIT_NO_DATA } },
		{ "ip", { EXIT_NO_DATA, EXIT_NO_DATA, EXIT_NO_DATA } },
		{ "iw", { EXIT_NO_DATA, EXIT_NO_DATA, EXIT_NO } },
		{ "ipf", { EXIT_NO_DATA, EXIT_NO, EXIT_NO } },
		{ "pf", { EXIT_YES, EXIT_NO, EXIT_NO } },
		/* Optional ones count only with data. */
		{ "pN", { EXIT_YES, EXIT_YES, EXIT_YES } },
		{ "N", { EXIT_NO_DATA, EXIT_NO_DATA, EXIT_NO_DATA } },
		{ "pI", { EXIT_NO_DATA, EXIT_NO_DATA, EXIT_NO_DATA } },
		{ "pB", { EXIT_NO, EXIT_NO, EXIT_NO } },
		{ "P", { EXIT_YES, EXIT_YES, EXIT_YES } },
		{ "pNF", { EXIT_YES, EXIT_NO, EXIT_NO } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int on = SLO_FAIL_ON_BREACH; on <= SLO_FAIL_ON_WARN; on++)
			if (exit_code_of(cases[i].verdicts, (enum slo_fail_on)on) !=
			    cases[i].codes[on])
				fail_msg("%s, %d", cases[i].verdicts, on);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_codes_of_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
