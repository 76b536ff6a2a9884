/* SPDX-License-Identifier: ISC */
#include "io/accept.h"
#include "base/num.h"
#include "base/require.h"

#include <string.h>
#include <strings.h>

#define MAX_TIMEOUT_MS (3600 * 1000.0)
#define LEAST_MARGIN_MS 50.0

/* A weight is counted in thousandths, as RFC 9110, 12.4.2 limits its digits. */
#define FULL_WEIGHT 1000

/* A piece of the text: borrowed, without blanks at its ends. */
struct piece {
	const char *text;
	size_t len;
};

/* One element of the list: a media range or coding, and its parameters. */
struct element {
	struct piece name, version;
	int weight; /* in thousandths; -1 when it is not understood */
};

/* What the list says of one of our formats. */
struct offer {
	int named;    /* the highest weight of a range with its name; -1 for none */
	int exact;    /* the weight of the range with its name and version */
	int family;   /* of type/ *, and then of * / *; -1 for none */
	int any;
	int position; /* of the element that named comes from */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct piece
trim(const char *text, size_t len)
{
	for (; len > 0 && is_blank(text[0]); text++)
		len--;
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	return (struct piece){ text, len };
}

/* Takes what stands before the next separator from *rest, and the separator. One within
 * quotes separates nothing. Returns false at the end. */
static bool
take_piece(struct piece *rest, char separator, struct piece *out)
{
	bool is_quoted = false;
	size_t at = 0;

	if (rest->text == NULL)
		return false;
	for (; at < rest->len; at++) {
		char c = rest->text[at];

		if (c == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && c == '\\' && at + 1 < rest->len)
			at++;
		else if (!is_quoted && c == separator)
			break;
	}
	*out = trim(rest->text, at);
	if (at < rest->len) {
		rest->text += at + 1;
		rest->len -= at + 1;
	} else {
		rest->text = NULL;
	}
	return true;
}

static bool
is_token(struct piece piece, const char *word)
{
	return piece.len == strlen(word) &&
	    strncasecmp(piece.text, word, piece.len) == 0;
}

/* Returns the weight in thousandths; digits after the third do not count. -1 when it is
 * none. */
static int
read_weight(struct piece text)
{
	int weight, unit = FULL_WEIGHT / 10;

	if (text.len == 0 || (text.text[0] != '0' && text.text[0] != '1') ||
	    (text.len > 1 && text.text[1] != '.'))
		return -1;
	weight = (text.text[0] - '0') * FULL_WEIGHT;
	for (size_t i = 2; i < text.len; i++, unit /= 10) {
		char c = text.text[i];

		if (c < '0' || c > '9')
			return -1;
		weight += (c - '0') * unit;
	}
	return weight <= FULL_WEIGHT ? weight : -1;
}

static struct piece
unquote(struct piece piece)
{
	if (piece.len >= 2 && piece.text[0] == '"' && piece.text[piece.len - 1] == '"')
		return (struct piece){ piece.text + 1, piece.len - 2 };
	return piece;
}

/* Takes the next element of a list. Returns false at the end. */
static bool
take_element(struct piece *list, struct element *out)
{
	struct piece rest, parameter, key;

	if (!take_piece(list, ',', &rest))
		return false;
	*out = (struct element){ .weight = FULL_WEIGHT, .version = { "", 0 } };
	take_piece(&rest, ';', &out->name);
	while (take_piece(&rest, ';', &parameter)) {
		if (!take_piece(&parameter, '=', &key) || parameter.text == NULL)
			continue;
		parameter = unquote(trim(parameter.text, parameter.len));
		if (is_token(key, "q"))
			out->weight = read_weight(parameter);
		else if (is_token(key, "version"))
			out->version = parameter;
	}
	return true;
}

/* Adds to the offer what an element says of a format. */
static void
weigh(struct offer *offer, const struct element *element, const char *name,
    const char *family, const char *version, int position)
{
	if (is_token(element->name, "*/*")) {
		offer->any = element->weight;
	} else if (is_token(element->name, family)) {
		offer->family = element->weight;
	} else if (is_token(element->name, name)) {
		if (element->version.len == 0 || is_token(element->version, version))
			offer->exact = element->weight;
		if (element->weight > offer->named) {
			offer->named = element->weight;
			offer->position = position;
		}
	}
}

/* Returns the weight of the offer by its most specific range; 0 when it is excluded or not
 * mentioned. */
static int
weight_of(const struct offer *offer)
{
	if (offer->exact == 0)
		return 0;
	if (offer->named >= 0)
		return offer->named;
	if (offer->family >= 0)
		return offer->family;
	return offer->any > 0 ? offer->any : 0;
}

enum accept_format
accept_format(const char *accept)
{
	struct offer text = { -1, -1, -1, -1, 0 }, openmetrics = text;
	struct piece list = { accept, accept != NULL ? strlen(accept) : 0 };
	struct element element;
	int text_weight, weight;

	for (int i = 0; take_element(&list, &element); i++) {
		if (element.weight < 0)
			continue;
		weigh(&text, &element, "text/plain", "text/*", "0.0.4", i);
		weigh(&openmetrics, &element, "application/openmetrics-text",
		    "application/*", "1.0.0", i);
	}
	text_weight = weight_of(&text);
	weight = weight_of(&openmetrics);
	if (weight == 0 || (text_weight > 0 && openmetrics.named < 0))
		return ACCEPT_TEXT;
	if (weight != text_weight)
		return weight > text_weight ? ACCEPT_OPENMETRICS : ACCEPT_TEXT;
	return text.named < 0 || openmetrics.position < text.position
	    ? ACCEPT_OPENMETRICS : ACCEPT_TEXT;
}

const char *
accept_content_type(enum accept_format format)
{
	static const char *const types[] = {
		[ACCEPT_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
		[ACCEPT_OPENMETRICS] =
		    "application/openmetrics-text; version=1.0.0; charset=utf-8",
	};

	REQUIRE(format == ACCEPT_TEXT || format == ACCEPT_OPENMETRICS);
	return types[format];
}

bool
accept_gzip(const char *encodings)
{
	struct piece list = { encodings, encodings != NULL ? strlen(encodings) : 0 };
	int gzip = -1, any = -1, identity = -1;
	struct element element;

	while (take_element(&list, &element)) {
		if (is_token(element.name, "gzip") || is_token(element.name, "x-gzip"))
			gzip = element.weight;
		else if (is_token(element.name, "*"))
			any = element.weight;
		else if (is_token(element.name, "identity"))
			identity = element.weight;
	}
	if (gzip < 0)
		gzip = any;
	return gzip > 0 && gzip >= identity;
}

int64_t
accept_budget_ms(const char *text)
{
	double timeout_ms, margin_ms;

	if (text == NULL || num_real(text, &timeout_ms) < 0 || timeout_ms <= 0)
		return -1;
	timeout_ms *= 1000;
	if (timeout_ms > MAX_TIMEOUT_MS)
		timeout_ms = MAX_TIMEOUT_MS;
	margin_ms = timeout_ms / 10;
	if (margin_ms < LEAST_MARGIN_MS)
		margin_ms = LEAST_MARGIN_MS;
	return timeout_ms > margin_ms ? (int64_t)(timeout_ms - margin_ms) : 0;
}
