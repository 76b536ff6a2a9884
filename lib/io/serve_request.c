/* SPDX-License-Identifier: ISC
 *
 * One request: who may ask, for what, and the answers that need no handler.
 */
#include "base/buf.h"
#include "base/require.h"
#include "base/tim.h"
#include "io/basic_auth.h"
#include "io/serve_private.h"

#include <string.h>
#include <strings.h>

#define NS_PER_MS INT64_C(1000000)

struct collect {
	const char *name;
	struct buf *out;
};

static enum MHD_Result
collect_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct collect *collect = context;

	(void)kind;
	if (strcasecmp(name, collect->name) != 0)
		return MHD_YES;
	if (collect->out->len > 0)
		buf_add_text(collect->out, ", ");
	buf_add_text(collect->out, value != NULL ? value : "");
	return MHD_YES;
}

/* Appends the value of a header: several lines of one name are one list (RFC 9110, 5.3).
 * Returns it, borrowed from out, or NULL when there is none. */
static const char *
get_header(struct MHD_Connection *mhd, const char *name, struct buf *out)
{
	struct collect collect = { name, out };

	buf_reset(out);
	MHD_get_connection_values(mhd, MHD_HEADER_KIND, collect_header, &collect);
	return out->len > 0 ? out->data : NULL;
}

/* Answers with a line of text. */
static enum MHD_Result
refuse(const struct connection *connection, int status, const char *text,
    const char *header, const char *value)
{
	struct serve_answer answer = { .status = status, .body = text,
		.body_len = strlen(text), .header_count = header != NULL ? 1 : 0 };

	answer.headers[0] = (struct serve_header){ header, value };
	return serve_answer_queue(connection, &answer, false);
}

/* Whether the rate limit lets one more request through. Time is saved up, at most that of
 * a burst, and each request costs an interval. */
static bool
is_within_rate(struct serve *serve, const struct web_settings *settings)
{
	int64_t interval_ms = settings->rate_interval_ms;
	int64_t now_ms = tim_monotonic_ns() / NS_PER_MS;
	int64_t most_ms = interval_ms * settings->rate_burst;

	if (interval_ms == 0)
		return true;
	if (serve->rate_at_ms == 0 || now_ms - serve->rate_at_ms >= most_ms)
		serve->rate_credit_ms = most_ms;
	else
		serve->rate_credit_ms += now_ms - serve->rate_at_ms;
	if (serve->rate_credit_ms > most_ms)
		serve->rate_credit_ms = most_ms;
	serve->rate_at_ms = now_ms;
	if (serve->rate_credit_ms < interval_ms)
		return false;
	serve->rate_credit_ms -= interval_ms;
	return true;
}

/* Sets the verdict of the connection by its Authorization. */
static void
judge(struct connection *connection, const struct web_settings *settings)
{
	struct serve *serve = connection->serve;
	struct basic_auth given;
	struct buf header = BUF_EMPTY;

	connection->is_judged = true;
	connection->verdict = PASSWORD_RIGHT;
	if (settings->user_count == 0)
		return;
	if (basic_auth_read(get_header(connection->mhd, "Authorization", &header),
	    &given) < 0)
		connection->verdict = PASSWORD_WRONG;
	else
		connection->verdict = password_judge(serve->password, settings->users,
		    settings->user_count, given.name, given.password, connection);
	explicit_bzero(&given, sizeof(given));
	if (header.data != NULL)
		explicit_bzero(header.data, header.len);
	buf_release(&header);
}

/* The path of a target, which may be a whole URL (RFC 9112 section 3.2.2). */
static const char *
path_of(const char *target)
{
	size_t scheme = strncasecmp(target, "http://", 7) == 0 ? 7
	    : strncasecmp(target, "https://", 8) == 0 ? 8 : 0;
	const char *path = scheme > 0 ? strchr(target + scheme, '/') : target;

	return path != NULL ? path : "/";
}

static enum MHD_Result
ask_handler(struct connection *connection, const char *path)
{
	struct serve *serve = connection->serve;
	struct web_config *config = serve->options.config;
	struct serve_answer answer = { .status = 200 };
	struct buf header = BUF_EMPTY;
	struct serve_request request = {
		.path = path_of(path),
		.config_problem = config != NULL ? web_config_problem(config) : "",
	};
	bool wants_gzip;

	request.format = accept_format(get_header(connection->mhd, "Accept", &header));
	request.budget_ms = accept_budget_ms(get_header(connection->mhd,
	    "X-Prometheus-Scrape-Timeout-Seconds", &header));
	wants_gzip = accept_gzip(get_header(connection->mhd, "Accept-Encoding", &header));
	buf_release(&header);
	if (serve->options.handler(serve->options.context, &request, &answer) < 0)
		return refuse(connection, 500, "internal error\n", NULL, NULL);
	return serve_answer_queue(connection, &answer, wants_gzip);
}

/* Answers a complete request, after its password was judged. */
static enum MHD_Result
answer_judged(struct connection *connection, const char *path, const char *method)
{
	if (connection->verdict == PASSWORD_BUSY)
		return refuse(connection, 503, "too many passwords at once\n",
		    "Retry-After", "1");
	if (connection->verdict != PASSWORD_RIGHT)
		return refuse(connection, 401, "unauthorized\n",
		    "WWW-Authenticate", "Basic realm=\"teltools\", charset=\"UTF-8\"");
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return refuse(connection, 405, "only GET and HEAD\n", "Allow",
		    "GET, HEAD");
	return ask_handler(connection, path);
}

static enum MHD_Result
answer_first(struct connection *connection, const char *path, const char *method)
{
	struct serve *serve = connection->serve;
	struct web_config *config = serve->options.config;
	const struct web_settings *settings;

	if (config == NULL) {
		connection->verdict = PASSWORD_RIGHT;
		return answer_judged(connection, path, method);
	}
	web_config_refresh(config);
	settings = web_config_settings(config);
	if (!is_within_rate(serve, settings))
		return refuse(connection, 429, "too many requests\n",
		    "Retry-After", "1");
	judge(connection, settings);
	if (connection->verdict != PASSWORD_PENDING)
		return answer_judged(connection, path, method);
	connection->is_suspended = true;
	MHD_suspend_connection(connection->mhd);
	return MHD_YES;
}

static struct connection *
connection_of(struct MHD_Connection *mhd)
{
	struct connection *connection = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

	REQUIRE(connection != NULL);
	return connection;
}

void *
serve_request_line(void *context, const char *uri, struct MHD_Connection *mhd)
{
	(void)context;
	connection_of(mhd)->uri_len = strlen(uri);
	return NULL;
}

/* Whether a head has at most one value for a name. */
static bool
has_one(const struct connection *connection, const char *name)
{
	struct buf header = BUF_EMPTY;
	const char *value = get_header(connection->mhd, name, &header);
	bool is_one = value == NULL || strchr(value, ',') == NULL;

	buf_release(&header);
	return is_one;
}

/* Whether a request means the same to us and to a proxy before us: the URI has no NUL
 * byte, there is one Host (RFC 9112, 3.2) and one length (6.3), and no body without a
 * length. The texts of a first line lie one after the other, each with a NUL byte at its
 * end. */
static bool
is_plain(const struct connection *connection, const char *path, const char *version)
{
	struct buf header = BUF_EMPTY;
	bool has_coding = get_header(connection->mhd, "Transfer-Encoding", &header) != NULL;

	buf_release(&header);
	return !has_coding && has_one(connection, "Host") &&
	    has_one(connection, "Content-Length") &&
	    version == path + connection->uri_len + 1;
}

enum MHD_Result
serve_request_answer(void *context, struct MHD_Connection *mhd, const char *path,
    const char *method, const char *version, const char *upload, size_t *upload_size,
    void **state)
{
	struct connection *connection = *state;

	(void)context;
	(void)upload;
	if (connection == NULL) {
		/* The head is complete. An answer before the end of the body would be lost
		 * with the connection, where the client is still sending. */
		connection = connection_of(mhd);
		connection->state = CONNECTION_BUSY;
		connection->since_ns = tim_monotonic_ns();
		*state = connection;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (connection->is_judged)
		return answer_judged(connection, path, method);
	if (!is_plain(connection, path, version))
		return refuse(connection, 400, "bad request\n", NULL, NULL);
	return answer_first(connection, path, method);
}
