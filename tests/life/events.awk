# SPDX-License-Identifier: ISC
#
# Prints COUNT random lines of SEED, of the 40 days before NOW: events of all types, some
# of them twice, and lines that are none. With PRODUCER some of them are stamped. HOSTS
# says how many usual hosts there are.

function pick(list, words) {
	return words[1 + int(rand() * split(list, words, " "))]
}

function maybe(share, text) {
	return rand() < share ? "," text : ""
}

function whole(name, most) {
	return "\"" name "\":" int(exp(rand() * log(most)))
}

function host() {
	return rand() < 0.75 ? "h" int(rand() * hosts) : odd[int(rand() * odd_count)]
}

function flag(name) {
	return maybe(0.6, "\"" name "\":" pick("true false 0 1"))
}

function http() {
	return ",\"host\":\"" host() "\",\"role\":\"" pick("metadata landing artifact") \
	    "\",\"method\":\"GET\"" maybe(0.9, "\"status\":" pick("200 200 200 304 404 429 503 599 100")) \
	    flag("from_cache") maybe(0.8, whole("elapsed_ms", 100000)) \
	    maybe(0.7, whole("bytes", 10000000)) maybe(0.6, whole("rate_delay_ms", 5000))
}

function breaker() {
	return ",\"host\":\"" host() "\",\"scope\":\"" pick("host resolver") \
	    "\",\"old_state\":\"" pick("closed open half_open") "\",\"new_state\":\"" \
	    pick("closed open half_open") "\""
}

function observation() {
	return ",\"name\":\"" pick("took took size a\\\\b c\\\"d other") "\"" \
	    maybe(0.9, "\"value\":" pick("0 0.1 0.5 0.7 1 2.5 3 1e-7 12345.678 " rand() " " rand() * 10)) \
	    maybe(0.7, "\"outcome\":\"" pick("ok failed skipped other e\\u00e9 -") "\"") \
	    maybe(0.1, "\"outcome_detail\":\"x\"") \
	    maybe(0.8, "\"labels\":{\"" pick("job job other") "\":\"" pick("a b c\\n") "\"}")
}

function download() {
	return ",\"artifact_id\":\"i" int(rand() * 1000) "\",\"outcome\":\"" \
	    pick("success success success miss corrupt error skipped deferred") "\"" \
	    maybe(0.8, whole("ttfp_ms", 60000)) maybe(0.3, "\"tier\":\"" pick("oa fallback") "\"") \
	    flag("resumed") maybe(0.1, "\"reason\":\"" pick("object_damaged timeout") "\"")
}

# An event without its envelope, or a line that is none.
function body(kind) {
	if (kind == "http")
		return http()
	if (kind == "breaker")
		return breaker()
	if (kind == "observation")
		return observation()
	if (kind == "download")
		return download()
	if (kind == "rate")
		return ",\"host\":\"" host() "\",\"role\":\"landing\",\"action\":\"" pick("allow wait") "\""
	if (kind == "log")
		return ",\"level\":\"info\",\"message\":\"m\""
	if (kind == "span")
		return ",\"name\":\"s\""
	return ""
}

BEGIN {
	srand(seed)
	odd_count = split("|q\\\"uote|back\\\\slash|line\\nfeed|f\\u00fcr.example|xn--fr-hia.example|{a=\\\"b\\\"}|nul\\u0000|nul\\ufffd|tab\\t|web.archive.org|le", odd, "|")
	odd[0] = "other"
	for (i = 1; i <= count; i++) {
		if (i > 1 && rand() < 0.05) {
			print line
			continue
		}
		kind = pick("http http http http breaker observation observation download run rate log span unheard")
		line = "{\"type\":\"" kind "\",\"ts_ms\":" \
		    sprintf("%.0f", now - int(rand() ^ 2 * 40 * 86400000))
		if (producer != "" && rand() < 0.7)
			line = line ",\"producer\":\"" producer "\",\"seq\":" ++seq + (rand() < 0.05)
		if (rand() < 0.3)
			line = line ",\"run_id\":\"" producer int(rand() * 3) "\""
		line = line body(kind)
		if (rand() < 0.04)
			line = pick("{ nonsense " line "}} {\"type\":\"http\",\"ts_ms\":" now "}")
		else if (rand() < 0.02)
			sub(/"method":"GET"/, "\"method\":7", line)
		else
			line = line "}"
		sub(/"outcome":"-"/, "\"outcome\":\"\"", line)
		print line
	}
}
