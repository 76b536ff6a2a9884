/* SPDX-License-Identifier: ISC */
#include "slo/parser.h"
#include "base/require.h"

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
parser_deeper(struct parser *parser, int entries)
{
	parser->depth += entries;
	if (parser->depth > PARSER_MAX_DEPTH)
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

int
parser_literal(struct parser *parser, struct operand *out, enum operand_type type,
    const char *sql)
{
	const struct token_reader *token = &parser->token;
	const char *start = token->start;

	if (sql == NULL) /* the tokenizer has checked every byte of it */
		buf_add(parser->out, start, token->len);
	if (parser_emit(parser, sql != NULL ? sql : "") < 0)
		return -1;
	parser_result(parser, out, start, type);
	out->is_literal = true;
	return 0;
}

int
parser_member(struct parser *parser, struct operand *out, const struct member *member)
{
	const char *start = parser->token.start;

	REQUIRE(parser->member_count < PARSER_MAX_MEMBERS);
	parser->members[parser->member_count] = (struct parser_member){ *member,
		OPERAND_MEMBER, parser->out->len };
	if (parser_emit(parser, "") < 0)
		return -1;
	parser_result(parser, out, start, OPERAND_MEMBER);
	out->first_member = parser->member_count++;
	out->member_count = 1;
	return 0;
}

void
parser_settle(struct parser *parser, struct operand *operand, enum operand_type type)
{
	if (operand->type != OPERAND_MEMBER)
		return;
	for (size_t i = 0; i < operand->member_count; i++)
		parser->members[operand->first_member + i].reading = type;
	operand->type = type;
}

bool
parser_agree(struct parser *parser, struct operand *all, struct operand *next)
{
	if (all->type == OPERAND_MEMBER && next->type == OPERAND_MEMBER) {
		/* Members that are not settled yet follow each other. */
		REQUIRE(all->first_member + all->member_count == next->first_member);
		all->member_count += next->member_count;
		return false;
	}
	parser_settle(parser, all, next->type);
	parser_settle(parser, next, all->type);
	return true;
}

void
parser_finish(const struct parser *parser, struct buf *out)
{
	const char *sql = buf_text(parser->out);
	size_t at = 0;

	for (size_t i = 0; i < parser->member_count; i++) {
		const struct parser_member *member = &parser->members[i];

		buf_add(out, sql + at, member->at - at);
		member_sql(out, &member->member, member->reading);
		at = member->at;
	}
	buf_add(out, sql + at, parser->out->len - at);
}
