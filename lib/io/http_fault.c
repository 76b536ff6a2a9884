/* SPDX-License-Identifier: ISC */
#include "io/http_fault.h"

#include <curl/curl.h>

const char *
http_fault_name(enum http_fault fault)
{
	static const char *const names[] = { NULL, "resolve", "connect", "tls",
		"timeout", "reset", "empty_answer", "partial_body",
		"bad_answer", "stopped", "failed" };

	return names[fault];
}

enum http_fault
http_fault_of(int code, bool has_body)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_NO_FAULT;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_RESOLVE;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return HTTP_CONNECT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_USE_SSL_FAILED:
		return HTTP_TLS;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_TIMEOUT;
	case CURLE_PARTIAL_FILE:
		return HTTP_PARTIAL_BODY;
	case CURLE_GOT_NOTHING:
		return HTTP_EMPTY_ANSWER;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return has_body ? HTTP_PARTIAL_BODY : HTTP_RESET;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
		return HTTP_BAD_ANSWER;
	default:
		return HTTP_FAILED;
	}
}
