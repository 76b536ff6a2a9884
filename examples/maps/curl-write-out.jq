# What curl reports of a transfer, `curl -w '%{json}\n'` (7.70 and later), to http
# events.
#
#   curl -so page.html -w '{"ts_ms":'$(date +%s%3N)',"curl":%{json}}\n' \
#     https://example.org/ | tel-ingest --db tel.db \
#     --map /usr/local/share/teltools/maps/curl-write-out.jq
#
# One http event a line: ts_ms, host, role, method, status, elapsed_ms, ttfb_ms,
# bytes, error, retry_count, attempt. curl does not report the time, so the example
# wraps its object in one that does, which may also have role (default: artifact),
# run_id and cohort. Output of a plain `-w '%{json}\n'` is accepted too and gets the
# time at which it is read. Of the URL only the host is stored.

# RFC 3986, 3.2: authority = [ userinfo "@" ] host [ ":" port ]
def host:
  sub("^[A-Za-z][A-Za-z0-9+.-]*://"; "") | split("/")[0] // ""
  | split("?")[0] // "" | split("#")[0] // "" | split("@")[-1] // ""
  | sub(":[0-9]*$"; "") | ascii_downcase
  | if . == "" then "-" else . end;

def ms: . * 1000 + 0.5 | floor;

# The short codes of dl-fetch for the commonest exit codes of curl.
def fault:
  {"5": "resolve", "6": "resolve", "7": "connect", "16": "protocol",
   "18": "partial_body", "28": "timeout", "35": "tls", "47": "redirects",
   "52": "empty", "55": "send", "56": "receive", "60": "tls", "92": "protocol"
  }["\(.)"] // "curl_\(.)";

(if type == "object" and (.curl | type == "object") then . else {curl: .} end)
| if .curl | type == "object" and has("time_total") and has("url_effective")
  then . else error("not what curl writes for %{json}") end
| (.curl.http_code // .curl.response_code // 0) as $status
| {
    type: "http",
    ts_ms: (.ts_ms // (now | ms)),
    host: (.curl | .url_effective // .url // "" | host),
    role: (.role // "artifact"),
    method: (.curl.method // "GET"),
    status: (if $status >= 100 and $status <= 599 then $status else null end),
    elapsed_ms: (.curl.time_total | ms),
    ttfb_ms: (.curl.time_starttransfer // 0 | if . > 0 then ms else null end),
    bytes: .curl.size_download,
    error: (.curl.exitcode // 0 | if . == 0 then null else fault end),
    retry_count: .curl.num_retries,
    attempt: (.curl.num_retries | if . == null then null else . + 1 end),
    run_id,
    cohort
  }
| with_entries(select(.value != null))
