# The pipe on a run of fixed events: what people see of each program.
events() {
	awk 'BEGIN {
		event = "{\"type\":\"%s\",\"ts_ms\":%.0f,\"producer\":\"p\",\"seq\":%d,\"run_id\":\"r1\",%s}\n"
		at = 1499999000000
		for (i = 0; i < 200; i++)
			printf event, "http", at += 500, ++seq, sprintf("\"host\":\"h%d.example\"," \
			    "\"role\":\"%s\",\"method\":\"GET\",\"status\":%d,\"from_cache\":%s," \
			    "\"rate_delay_ms\":%d,\"elapsed_ms\":%d", i % 2,
			    i % 4 ? "metadata" : "artifact", i % 50 == 7 ? 429 : 200,
			    i % 3 == 1 ? "true" : "false", i % 10 * 20, 100 + i)
		for (i = 0; i < 50; i++)
			printf event, "download", at += 500, ++seq, sprintf("\"artifact_id\":\"a%d\"," \
			    "\"outcome\":\"%s\",\"ttfp_ms\":%d,\"dedupe_action\":\"%s\"," \
			    "\"saved_bytes\":%d", i, i % 17 == 5 ? "miss" : "success", 500 + 90 * i,
			    i % 9 ? "download" : "hardlink", i % 9 ? 0 : 1048576)
		printf event, "breaker", at += 500, ++seq, "\"host\":\"h0.example\"," \
		    "\"scope\":\"host\",\"old_state\":\"closed\",\"new_state\":\"open\""
		print "{\"type\":\"http\",\"ts_ms\":\"soon\"}"
	}'
}

events >events.jsonl
echo '$ tel-ingest --db tel.db events.jsonl'
tel-ingest --db tel.db events.jsonl | jq -c 'del(.seconds)'
echo '$ tel-ingest --db tel.db events.jsonl # again'
tel-ingest --db tel.db events.jsonl | jq -c 'del(.seconds)'
echo '$ sqlite3 tel.db: dead_letters'
sqlite3 tel.db 'SELECT line, field, reason, detail FROM dead_letters'
echo '$ slo-eval --db tel.db --run r1 --format table'
slo-eval --slo "$ROOT/schema/slo/downloads.yaml" --db tel.db --run r1 --format table
echo "exit code $?"
echo '$ slo-eval --db tel.db --run r1 | jq'
slo-eval --slo "$ROOT/schema/slo/downloads.yaml" --db tel.db --run r1 | jq -c '[.slo, .group, .verdict, .good, .bad, .excluded, .sli, .target]'
echo '$ prom-text --db tel.db'
# What differs from build to build and from one machine to another is not compared.
prom-text --db tel.db |
	sed -E 's/^(tel_evaluation_duration_seconds|tel_store_size_bytes) .*/\1 NUMBER/
	    s/^tel_build_info\{.*/tel_build_info{...} 1/'
