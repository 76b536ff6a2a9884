/* SPDX-License-Identifier: ISC */
#include "io/http.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/prog.h"
#include "base/require.h"
#include "io/http_head.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A server that sends less than this for LOW_SPEED_S seconds has stalled. */
#define LOW_SPEED_BYTES_PER_S 1024L
#define LOW_SPEED_S 30L
#define BUFFER_BYTES 65536L
/* How many descriptors of the caller http_wait can watch. */
#define MAX_FDS 4

struct http_transfer {
	CURL *easy;
	struct http_transfer *next_free;
	int (*body)(void *context, int status, const char *bytes, size_t len);
	void *context;
	struct http_head head;
	const char *head_fault;
	bool is_stopped;
	char words[CURL_ERROR_SIZE];
	struct http_answer answer;
};

struct http {
	CURLM *multi;
	struct curl_slist *headers;
	struct http_transfer *free;
};

int
http_open(struct http **out, size_t transfers, struct err *err)
{
	struct http *http;
	CURLM *multi = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		multi = curl_multi_init();
	if (multi == NULL)
		return err_set(err, EXIT_BUG, "libcurl does not start");
	http = mem_new(1, sizeof(*http));
	http->multi = multi;
	/* libcurl's default, four connections a running handle, closes some
	 * that the next request would use. */
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)(transfers * 4 + 16));
	/* Sizes and digests are those of the file, so it must come as it is. */
	http->headers = curl_slist_append(NULL, "Accept-Encoding: identity");
	*out = http;
	return 0;
}

void
http_close(struct http *http)
{
	struct http_transfer *transfer;

	if (http == NULL)
		return;
	while ((transfer = http->free) != NULL) {
		http->free = transfer->next_free;
		curl_easy_cleanup(transfer->easy);
		http_head_reset(&transfer->head);
		free(transfer);
	}
	curl_multi_cleanup(http->multi);
	curl_slist_free_all(http->headers);
	free(http);
	curl_global_cleanup();
}

static size_t
receive_head(char *bytes, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;

	if (http_head_line(&transfer->head, bytes, size * count,
	    &transfer->head_fault) < 0)
		return 0;
	return size * count;
}

static size_t
receive_body(char *bytes, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;
	size_t len = size * count;

	transfer->answer.body_bytes += (int64_t)len;
	if (transfer->body(transfer->context, transfer->head.status, bytes,
	    len) == 0)
		return len;
	transfer->is_stopped = true;
	return len == 0 ? 1 : 0;
}

static struct http_transfer *
new_transfer(const struct http *http)
{
	struct http_transfer *transfer = mem_new(1, sizeof(*transfer));
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		mem_exhausted();
	transfer->easy = easy;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Without this a cancelled transfer waits for its name server. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "teltools/" PROG_VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, http->headers);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES_PER_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_S);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_head);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	return transfer;
}

struct http_transfer *
http_start(struct http *http, const struct http_request *request)
{
	struct http_transfer *transfer = http->free;

	if (transfer != NULL)
		http->free = transfer->next_free;
	else
		transfer = new_transfer(http);
	http_head_reset(&transfer->head);
	transfer->head_fault = NULL;
	transfer->is_stopped = false;
	transfer->words[0] = '\0';
	memset(&transfer->answer, 0, sizeof(transfer->answer));
	transfer->body = request->body;
	transfer->context = request->context;
	curl_easy_setopt(transfer->easy, CURLOPT_URL, request->url);
	curl_easy_setopt(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)request->connect_timeout_ms);
	curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS,
	    (long)request->timeout_ms);
	curl_multi_add_handle(http->multi, transfer->easy);
	return transfer;
}

static int
check_code(CURLMcode code, struct err *err)
{
	return code == CURLM_OK ? 0 : err_set(err, EXIT_BUG, "libcurl: %s",
	    curl_multi_strerror(code));
}

int
http_perform(struct http *http, struct err *err)
{
	int running;

	return check_code(curl_multi_perform(http->multi, &running), err);
}

static enum http_fault
fault_of(const struct http_transfer *transfer, CURLcode code)
{
	if (code != CURLE_OK && transfer->is_stopped)
		return HTTP_FAULT_stopped;
	if (code != CURLE_OK && transfer->head_fault != NULL)
		return HTTP_FAULT_bad_answer;
	return http_fault_of((int)code, transfer->answer.body_bytes > 0);
}

/* Reads Retry-After, seconds or a date (RFC 9110 section 10.2.3). A date is
 * compared with the Date of the server, since its clock may differ from ours. */
static int64_t
retry_after(const struct http_head *head)
{
	int64_t seconds;
	time_t until, now;

	if (head->retry_after == NULL)
		return -1;
	if (isdigit((unsigned char)head->retry_after[0]) &&
	    num_integer(head->retry_after, 0, INT64_MAX, &seconds) == 0)
		return seconds;
	until = curl_getdate(head->retry_after, NULL);
	now = head->date != NULL ? curl_getdate(head->date, NULL) : -1;
	if (now == -1)
		now = time(NULL);
	if (until == -1)
		return -1;
	return until > now ? (int64_t)(until - now) : 0;
}

static int64_t
time_ms(CURL *easy, CURLINFO what)
{
	curl_off_t us = 0;

	curl_easy_getinfo(easy, what, &us);
	return us <= 0 ? -1 : (int64_t)((us + 500) / 1000);
}

static void
fill_answer(struct http_transfer *transfer, CURLcode code)
{
	struct http_answer *answer = &transfer->answer;
	const struct http_head *head = &transfer->head;
	const char *words = transfer->words[0] != '\0' ? transfer->words
	    : curl_easy_strerror(code);

	answer->fault = fault_of(transfer, code);
	/* 1xx are not final, and 599 is the last (RFC 9110 section 15). */
	answer->status = head->status >= 200 && head->status <= 599
	    ? head->status : 0;
	if (answer->fault == HTTP_FAULT_ABSENT && answer->status == 0)
		answer->fault = HTTP_FAULT_bad_answer;
	if (transfer->head_fault != NULL)
		words = transfer->head_fault;
	answer->words = answer->fault == HTTP_FAULT_ABSENT ? "" : words;
	answer->content_length = head->content_length;
	answer->retry_after_s = retry_after(head);
	answer->ttfb_ms = time_ms(transfer->easy, CURLINFO_STARTTRANSFER_TIME_T);
	answer->elapsed_ms = time_ms(transfer->easy, CURLINFO_TOTAL_TIME_T);
	if (answer->elapsed_ms < 0)
		answer->elapsed_ms = 0;
	answer->location = head->location;
	answer->etag = head->etag;
	answer->last_modified = head->last_modified;
	answer->content_type = head->content_type;
}

struct http_transfer *
http_next_done(struct http *http)
{
	struct http_transfer *transfer;
	CURLMsg *message;
	int left;

	do
		message = curl_multi_info_read(http->multi, &left);
	while (message != NULL && message->msg != CURLMSG_DONE);
	if (message == NULL)
		return NULL;
	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
	fill_answer(transfer, message->data.result);
	return transfer;
}

void
http_stop(struct http_transfer *transfer)
{
	transfer->is_stopped = true;
	fill_answer(transfer, CURLE_ABORTED_BY_CALLBACK);
}

bool
http_is_sent(const struct http_transfer *transfer)
{
	return time_ms(transfer->easy, CURLINFO_PRETRANSFER_TIME_T) >= 0;
}

void *
http_context(const struct http_transfer *transfer)
{
	return transfer->context;
}

const struct http_answer *
http_answer(const struct http_transfer *transfer)
{
	return &transfer->answer;
}

void
http_end(struct http *http, struct http_transfer *transfer)
{
	curl_multi_remove_handle(http->multi, transfer->easy);
	transfer->next_free = http->free;
	http->free = transfer;
}

int
http_wait(struct http *http, const int *fds, size_t fd_count,
    int64_t timeout_ms, struct err *err)
{
	struct curl_waitfd waits[MAX_FDS];
	int most_ms = (int)(timeout_ms < 3600000 ? timeout_ms : 3600000);

	REQUIRE(fd_count <= MAX_FDS && timeout_ms >= 0);
	for (size_t i = 0; i < fd_count; i++)
		waits[i] = (struct curl_waitfd){ fds[i], CURL_WAIT_POLLIN, 0 };
	return check_code(curl_multi_poll(http->multi, waits,
	    (unsigned int)fd_count, most_ms, NULL), err);
}

void
http_wake(struct http *http)
{
	curl_multi_wakeup(http->multi);
}

/* Copies one part of a URL in lower case; -1 when it is missing or too long. */
static int
get_part(CURLU *url, CURLUPart part, unsigned int flags, char *out, size_t size)
{
	char *text = NULL;
	size_t len;
	int result = -1;

	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return -1;
	len = strlen(text);
	if (len > 0 && len < size) {
		for (size_t i = 0; i <= len; i++)
			out[i] = (char)tolower((unsigned char)text[i]);
		result = 0;
	}
	curl_free(text);
	return result;
}

/* Removes the brackets of an IPv6 address (RFC 3986 section 3.2.2). */
static void
strip_brackets(char *host)
{
	size_t len = strlen(host);

	if (len > 2 && host[0] == '[') {
		memmove(host, host + 1, len - 2);
		host[len - 2] = '\0';
	}
}

int
http_url_read(const char *text, struct http_url *out, struct err *err)
{
	CURLU *url = curl_url();
	CURLUcode code;
	int result = -1;

	if (url == NULL)
		mem_exhausted();
	code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
	if (code != CURLUE_OK)
		err_set(err, EXIT_DATA, "not a URL (%s)", curl_url_strerror(code));
	else if (get_part(url, CURLUPART_SCHEME, 0, out->scheme,
	    sizeof(out->scheme)) < 0 || (strcmp(out->scheme, "http") != 0 &&
	    strcmp(out->scheme, "https") != 0))
		err_set(err, EXIT_DATA, "not an http or https URL");
	else if (get_part(url, CURLUPART_HOST, CURLU_PUNYCODE, out->host,
	    sizeof(out->host)) < 0)
		err_set(err, EXIT_DATA, "a URL without a valid host name");
	else {
		strip_brackets(out->host);
		result = 0;
	}
	curl_url_cleanup(url);
	return result;
}

char *
http_url_join(const char *base, const char *location, struct err *err)
{
	CURLU *url = curl_url();
	char *text = NULL, *result = NULL;
	CURLUcode code;

	if (url == NULL)
		mem_exhausted();
	code = curl_url_set(url, CURLUPART_URL, base, 0);
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_URL, location,
		    CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE);
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
	if (code == CURLUE_OK)
		code = curl_url_get(url, CURLUPART_URL, &text, 0);
	if (code == CURLUE_OK)
		result = mem_text(text);
	else
		err_set(err, EXIT_DATA, "a Location that is not a URL (%s)",
		    curl_url_strerror(code));
	curl_free(text);
	curl_url_cleanup(url);
	return result;
}
