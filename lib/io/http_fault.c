/* SPDX-License-Identifier: ISC */
#include "io/http_fault.h"

#include <curl/curl.h>

enum http_fault
http_fault_of(int code, bool has_body)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_FAULT_ABSENT;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_FAULT_resolve;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return HTTP_FAULT_connect;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_USE_SSL_FAILED:
		return HTTP_FAULT_tls;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_FAULT_timeout;
	case CURLE_PARTIAL_FILE:
		return HTTP_FAULT_partial_body;
	case CURLE_GOT_NOTHING:
		return HTTP_FAULT_empty_answer;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return has_body ? HTTP_FAULT_partial_body : HTTP_FAULT_reset;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
		return HTTP_FAULT_bad_answer;
	default:
		return HTTP_FAULT_failed;
	}
}
