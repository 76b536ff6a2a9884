/* SPDX-License-Identifier: ISC
 *
 * Answers as responses of libmicrohttpd: the coding, and the headers that each answer has.
 */
#include "base/mem.h"
#include "base/require.h"
#include "io/gz.h"
#include "io/serve_private.h"

#include <stdlib.h>
#include <string.h>

/* Packing less than this saves no packet. */
#define LEAST_GZIP_BYTES 512

static void
release_body(struct serve_answer *answer)
{
	if (answer->release != NULL)
		answer->release(answer->release_context);
	answer->release = NULL;
}

/* Returns a response of bytes that live until the answer is released. */
static struct MHD_Response *
respond(struct serve_answer *answer, const char *bytes, size_t len)
{
	union {
		const char *borrowed;
		void *pointer; /* libmicrohttpd only reads it */
	} body = { .borrowed = bytes };
	struct MHD_Response *response;

	if (answer->release == NULL || len == 0)
		response = MHD_create_response_from_buffer(len, body.pointer,
		    MHD_RESPMEM_MUST_COPY);
	else
		response = MHD_create_response_from_buffer_with_free_callback_cls(len,
		    body.pointer, answer->release, answer->release_context);
	if (response == NULL)
		mem_exhausted();
	if (len > 0)
		answer->release = NULL; /* it is the response's now */
	return response;
}

/* Packs the body, which is not needed then. */
static struct MHD_Response *
respond_packed(struct serve_answer *answer)
{
	struct MHD_Response *response;
	struct buf packed = BUF_EMPTY;

	gz_pack(answer->body, answer->body_len, &packed);
	response = MHD_create_response_from_buffer_with_free_callback_cls(packed.len,
	    packed.data, free, packed.data);
	if (response == NULL)
		mem_exhausted();
	return response;
}

static void
add_header(struct MHD_Response *response, const char *name, const char *value)
{
	/* It refuses only what our callers never write, such as newlines; an answer
	 * without such a header is still an answer. */
	if (MHD_add_response_header(response, name, value) != MHD_YES)
		return;
}

/* Whether nothing more should come by this connection: who gets no page needs none, and
 * one of an older certificate has a client who was judged by older rules. */
static bool
is_last(const struct connection *connection, const struct serve_answer *answer)
{
	const struct web_config *config = connection->serve->options.config;

	return answer->status >= 400 ||
	    (config != NULL && connection->tls != web_config_tls(config));
}

static void
add_headers(const struct connection *connection, const struct serve_answer *answer,
    struct MHD_Response *response)
{
	const struct web_config *config = connection->serve->options.config;

	add_header(response, "Content-Type", answer->content_type != NULL
	    ? answer->content_type : "text/plain; charset=utf-8");
	add_header(response, "Vary", "Accept, Accept-Encoding");
	if (is_last(connection, answer))
		add_header(response, "Connection", "close");
	REQUIRE(answer->header_count <= SERVE_MAX_HEADERS);
	for (size_t i = 0; i < answer->header_count; i++)
		add_header(response, answer->headers[i].name, answer->headers[i].value);
	if (config != NULL) {
		const struct web_settings *settings = web_config_settings(config);

		for (size_t i = 0; i < settings->header_count; i++)
			add_header(response, settings->headers[i].name,
			    settings->headers[i].value);
	}
}

enum MHD_Result
serve_answer_queue(const struct connection *connection, struct serve_answer *answer,
    bool wants_gzip)
{
	bool is_packed = wants_gzip && answer->status == 200 &&
	    answer->body_len >= LEAST_GZIP_BYTES;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (is_packed && answer->gzip != NULL)
		response = respond(answer, answer->gzip, answer->gzip_len);
	else if (is_packed)
		response = respond_packed(answer);
	else
		response = respond(answer, answer->body, answer->body_len);
	if (is_packed)
		add_header(response, "Content-Encoding", "gzip");
	add_headers(connection, answer, response);
	result = MHD_queue_response(connection->mhd, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	release_body(answer);
	return result;
}
