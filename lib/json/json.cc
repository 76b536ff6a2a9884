// SPDX-License-Identifier: ISC
//
// The only C++ file. simdjson's On-Demand parser checks only the values that it
// is asked for, so this walks every value to its end and then asks for the end
// of the line. Most events are so simple that json_flat_read can read them from
// the tokens of simdjson's first stage.

#include "json/json.h"
#include "base/mem.h"
#include "base/require.h"
#include "json/flat.h"

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wundef"
#include <simdjson.h>
#pragma GCC diagnostic pop

using namespace simdjson;

struct json_parser {
	ondemand::parser parser;
	std::unique_ptr<internal::dom_parser_implementation> tokens;
	std::vector<json_member> members;
	size_t count = 0; // how many members are in use
	struct key_table *keys = nullptr;
	int previous_key = KEY_TABLE_START;
	bool has_inexact = false;
};

namespace {

std::string_view
without_blanks_at_end(const char *begin, const char *end)
{
	return std::string_view(begin, size_t(json_token_end(begin, end) -
	    begin));
}

// Whether a string has no escapes, so that its text is in the line as it is.
// Stage 1 has checked its quotes, its UTF-8 and that it has no control
// characters.
bool
is_plain(std::string_view token)
{
	return token.size() >= 2 && token.back() == '"' &&
	    memchr(token.data(), '\\', token.size()) == nullptr;
}

error_code
read_text(ondemand::value &value, std::string_view token, json_member &out)
{
	std::string_view text;
	error_code code;

	if (is_plain(token)) {
		ondemand::raw_json_string raw;

		code = value.get_raw_json_string().get(raw);
		text = token.substr(1, token.size() - 2);
	} else {
		code = value.get_string().get(text);
	}
	out.type = JSON_TEXT;
	out.text = text.data();
	out.text_len = text.size();
	return code;
}

// Reads a key, without copying it when it has no escapes. simdjson does not say
// where the token of a key ends, so this looks for the quote.
error_code
read_key(ondemand::field &field, std::string_view &out)
{
	const char *begin = field.key().raw();
	size_t len = 0;

	while (begin[len] != '"' && begin[len] != '\\')
		len++;
	if (begin[len] == '\\')
		return field.unescaped_key().get(out);
	out = std::string_view(begin, len);
	return SUCCESS;
}

error_code
read_scalar(json_parser &parser, ondemand::value &value, json_member &out)
{
	ondemand::json_type type;
	std::string_view token = value.raw_json_token();
	error_code code = value.type().get(type);

	if (code)
		return code;
	token = without_blanks_at_end(token.data(), token.data() + token.size());
	out.raw = token.data();
	out.raw_len = token.size();
	if (type == ondemand::json_type::string) {
		code = read_text(value, token, out);
	} else if (type == ondemand::json_type::number) {
		code = json_read_number(&out) ? SUCCESS : NUMBER_ERROR;
		parser.has_inexact |= json_is_inexact(&out);
	} else if (type == ondemand::json_type::boolean) {
		bool flag = false;

		code = value.get_bool().get(flag);
		out.type = JSON_BOOLEAN;
		out.integer = flag;
	} else {
		bool is_null = false;

		code = value.is_null().get(is_null);
		if (!code && !is_null)
			code = N_ATOM_ERROR;
		out.type = JSON_NULL;
	}
	return code;
}

error_code read_value(json_parser &parser, ondemand::value &value, int depth,
    json_member &out);

json_member &
next_member(json_parser &parser, std::string_view key)
{
	if (parser.count == parser.members.size())
		parser.members.resize(parser.count + parser.count / 2 + 64);
	json_member &member = parser.members[parser.count++];
	member = {};
	member.key = key.data();
	member.key_len = key.size();
	member.key_number = parser.keys == nullptr ? -1 :
	    key_table_find(parser.keys, key.data(), key.size(),
	    &parser.previous_key);
	return member;
}

// Walks the members of an object and keeps those of the line's own object.
error_code
read_members(json_parser &parser, ondemand::object &object, int depth)
{
	for (auto result : object) {
		std::string_view key;
		json_member ignored = {};
		error_code code = result.error();

		if (code)
			return code;
		// get() would copy once more, which costs as much as all the
		// rest of this function.
		ondemand::field &&field = std::move(result).value_unsafe();
		if ((code = read_key(field, key)))
			return code;
		json_member &member = depth == 1 ? next_member(parser, key)
		    : ignored;
		if ((code = read_value(parser, field.value(), depth, member)))
			return code;
	}
	return SUCCESS;
}

error_code
read_elements(json_parser &parser, ondemand::array &array, int depth)
{
	for (auto result : array) {
		ondemand::value value;
		json_member ignored = {};
		error_code code = std::move(result).get(value);

		if (code)
			return code;
		if ((code = read_value(parser, value, depth, ignored)))
			return code;
	}
	return SUCCESS;
}

// Reads one value of an object or array at that depth.
error_code
read_value(json_parser &parser, ondemand::value &value, int depth,
    json_member &out)
{
	ondemand::json_type type;
	const char *begin = value.raw_json_token().data(), *end;
	error_code code = value.type().get(type);

	if (code)
		return code;
	if (type != ondemand::json_type::object &&
	    type != ondemand::json_type::array)
		return read_scalar(parser, value, out);
	if (depth >= JSON_MAX_DEPTH)
		return DEPTH_ERROR;
	if (type == ondemand::json_type::object) {
		ondemand::object object;

		if ((code = value.get_object().get(object)) ||
		    (code = read_members(parser, object, depth + 1)))
			return code;
	} else {
		ondemand::array array;

		if ((code = value.get_array().get(array)) ||
		    (code = read_elements(parser, array, depth + 1)))
			return code;
	}
	if ((code = value.current_location().get(end)))
		return code;
	std::string_view raw = without_blanks_at_end(begin, end);
	out.type = JSON_NESTED;
	out.raw = raw.data();
	out.raw_len = raw.size();
	return SUCCESS;
}

// Reads a line that is not an object, to tell whether it is JSON.
error_code
read_non_object(json_parser &parser, ondemand::document &document,
    ondemand::json_type type)
{
	error_code code;

	if (type == ondemand::json_type::array) {
		ondemand::array array;

		if ((code = document.get_array().get(array)))
			return code;
		return read_elements(parser, array, 1);
	}
	if (type == ondemand::json_type::string) {
		std::string_view text;

		return document.get_string().get(text);
	}
	if (type == ondemand::json_type::number) {
		std::string_view token;
		json_member member = {};
		ondemand::number passed;

		if (document.raw_json_token().get(token))
			return NUMBER_ERROR;
		member.raw = token.data();
		member.raw_len = without_blanks_at_end(token.data(), token.data() +
		    token.size()).size();
		// Moves past the number, whatever value simdjson reads.
		error_code ignored = document.get_number().get(passed);
		(void)ignored;
		return json_read_number(&member) ? SUCCESS : NUMBER_ERROR;
	}
	if (type == ondemand::json_type::boolean) {
		bool flag;

		return document.get_bool().get(flag);
	}
	bool is_null = false;
	error_code failed = document.is_null().get(is_null);
	return failed ? failed : is_null ? SUCCESS : N_ATOM_ERROR;
}

error_code
read_line(json_parser &parser, ondemand::document &document, bool &is_object)
{
	ondemand::json_type type;
	ondemand::object object;
	error_code code = document.type().get(type);
	const char *rest;

	if (code)
		return code;
	is_object = type == ondemand::json_type::object;
	if (is_object) {
		if ((code = document.get_object().get(object)) == SUCCESS)
			code = read_members(parser, object, 1);
	} else {
		code = read_non_object(parser, document, type);
	}
	if (code)
		return code;
	return document.current_location().get(rest) == SUCCESS ?
	    TRAILING_CONTENT : SUCCESS;
}

bool
read_flat(json_parser &parser, const char *line, size_t len, json_object *out)
{
	internal::dom_parser_implementation &tokens = *parser.tokens;

	if (tokens.stage1(reinterpret_cast<const uint8_t *>(line), len,
	    stage1_mode::regular))
		return false;
	size_t count = JSON_FLAT_MEMBERS(tokens.n_structural_indexes);
	if (count > parser.members.size())
		parser.members.resize(count);
	return json_flat_read(line, len, tokens.structural_indexes.get(),
	    tokens.n_structural_indexes, parser.keys, parser.members.data(),
	    out) == 1;
}

int
set_error(json_error *error, json_fault fault, const char *words, const char *line,
    size_t len, const char *at)
{
	error->fault = fault;
	error->words = words;
	error->offset = at != nullptr && at >= line && at <= line + len ?
	    size_t(at - line) : len;
	return -1;
}

} // namespace

extern "C" json_parser *
json_open(size_t max_len)
{
	json_parser *parser = new json_parser;

	REQUIRE(max_len <= SIMDJSON_MAXSIZE_BYTES);
	if (parser->parser.allocate(max_len, JSON_MAX_DEPTH + 1))
		mem_exhausted();
	if (get_active_implementation()->create_dom_parser_implementation(
	    max_len, JSON_MAX_DEPTH + 1, parser->tokens))
		mem_exhausted();
	return parser;
}

extern "C" void
json_close(json_parser *parser)
{
	delete parser;
}

extern "C" void
json_number_keys(json_parser *parser, struct key_table *keys)
{
	parser->keys = keys;
}

extern "C" int
json_read(json_parser *parser, const char *line, size_t len, json_object *out,
    json_error *error)
{
	ondemand::document document;
	const char *at = nullptr;
	bool is_object = false;
	error_code code;

	if (read_flat(*parser, line, len, out))
		return 0;
	parser->count = 0;
	parser->previous_key = KEY_TABLE_START;
	parser->has_inexact = false;
	code = parser->parser.iterate(line, len, len + JSON_PADDING)
	    .get(document);
	if (code == UTF8_ERROR)
		return set_error(error, JSON_BAD_UTF8, error_message(code), line,
		    len, line);
	if (code)
		return set_error(error, JSON_NOT_JSON, error_message(code), line,
		    len, line);
	code = read_line(*parser, document, is_object);
	if (code) {
		if (document.current_location().get(at))
			at = nullptr;
		return set_error(error, code == DEPTH_ERROR ? JSON_TOO_DEEP
		    : JSON_NOT_JSON, error_message(code), line, len, at);
	}
	out->has_inexact = parser->has_inexact;
	if (!is_object)
		return set_error(error, JSON_NOT_OBJECT,
		    "the line is JSON but not an object", line, len, line);
	out->members = parser->members.data();
	out->count = parser->count;
	return 0;
}
