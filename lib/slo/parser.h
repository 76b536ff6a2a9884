/* SPDX-License-Identifier: ISC
 *
 * parser -- what each rule of the grammar of expressions does: look at the token,
 * write it and go on, or fail there.
 */
#ifndef SLO_PARSER_H
#define SLO_PARSER_H

#include "slo/member.h"

/* How much of an expression may wait for what is within it, in entries of the stack of
 * SQLite's parser: 1 for a bracket, NOT or minus, 2 for a value and a sign, 5 for a list
 * in brackets. 3.40 has 100, and a member and the statement around it take up to 60. */
#define PARSER_MAX_DEPTH 34
enum { PARSER_LEFT = 2, PARSER_LIST = 5 };

/* A member of an expression has another token before the next one. */
#define PARSER_MAX_MEMBERS (TOKEN_MAX_COUNT / 2)

struct parser_member {
	struct member member;
	enum operand_type reading; /* OPERAND_MEMBER until it is known */
	size_t at;                 /* where its SQL belongs in `out` */
};

struct parser {
	struct token_reader token;
	const char *end; /* of the token before this one */
	enum event_kind kind;
	struct buf *out; /* SQL, without that of members */
	struct err *err;
	int depth;
	struct parser_member members[PARSER_MAX_MEMBERS];
	size_t member_count;
};

/* Fails at the current token (EXIT_CONFIG). A word that is not part of expressions at
 * all is said in place of the words, because it is why something else was expected. */
int parser_fail(const struct parser *parser, const char *words);

/* Whether the current token is this word, in any case, or this sign. */
bool parser_is_word(const struct parser *parser, const char *word);
bool parser_is_sign(const struct parser *parser, const char *sign);

/* Writes sql for the current token and goes on. EXIT_CONFIG when what follows is not
 * a token. */
MUST_USE int parser_emit(struct parser *parser, const char *sql);

/* Writes the sign and goes on; fails with the words when it is not there. */
MUST_USE int parser_expect(struct parser *parser, const char *sign,
    const char *words);

/* Adds entries to the depth; fails when it is more than PARSER_MAX_DEPTH. */
MUST_USE int parser_deeper(struct parser *parser, int entries);

/* Makes *out the result of what has been read from start to here. */
void parser_result(const struct parser *parser, struct operand *out,
    const char *start, enum operand_type type);

/* Writes the current token, which is a literal of that type, and goes on: as sql, or as
 * it is. */
MUST_USE int parser_literal(struct parser *parser, struct operand *out,
    enum operand_type type, const char *sql);

/* Notes the member that the current token is, and goes on. */
MUST_USE int parser_member(struct parser *parser, struct operand *out,
    const struct member *member);

/* The operand is read as that type, when it is an OPERAND_MEMBER. */
void parser_settle(struct parser *parser, struct operand *operand,
    enum operand_type type);

/* The two are to have one type: if one is an OPERAND_MEMBER, it is read as the type of
 * the other. Returns false when both are; then *all stands for both. */
bool parser_agree(struct parser *parser, struct operand *all, struct operand *next);

/* Appends what was written, with the SQL of the members, all of which are settled. */
void parser_finish(const struct parser *parser, struct buf *out);

#endif
