/* SPDX-License-Identifier: ISC */
#include "slo/parser.h"

int
parser_fail(const struct parser *parser, const char *words)
{
	const char *foreign = token_foreign(&parser->token);

	return token_fail(&parser->token, parser->err,
	    foreign != NULL ? foreign : words);
}

bool
parser_is_word(const struct parser *parser, const char *word)
{
	return token_is_word(&parser->token, word);
}

bool
parser_is_sign(const struct parser *parser, const char *sign)
{
	return token_is_sign(&parser->token, sign);
}

int
parser_emit(struct parser *parser, const char *sql)
{
	buf_add_text(parser->out, sql);
	parser->end = parser->token.next;
	return token_next(&parser->token, parser->err);
}

int
parser_expect(struct parser *parser, const char *sign, const char *words)
{
	if (!parser_is_sign(parser, sign))
		return parser_fail(parser, words);
	return parser_emit(parser, sign);
}

int
parser_deeper(struct parser *parser)
{
	if (++parser->depth > PARSER_MAX_DEPTH)
		return parser_fail(parser, "too much within each other");
	return 0;
}

void
parser_result(const struct parser *parser, struct operand *out,
    const char *start, enum operand_type type)
{
	*out = (struct operand){ .type = type, .start = start,
		.len = (size_t)(parser->end - start) };
}
