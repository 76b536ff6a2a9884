# SPDX-License-Identifier: ISC
# Sourced by scripts/examples: makes what the examples of pages need, in the current
# folder, which is empty. BIN and ROOT are set, and the programs are on the PATH.
# shellcheck shell=bash

# events PRODUCER COUNT UNTIL_MS: events that meet all built-in objectives, COUNT of
# each kind, of the run r1.
events() {
	jq -nc --arg producer "$1" --argjson count "$2" --argjson until "$3" '
		def event($type): {type: $type, run_id: "r1", producer: $producer, ts_ms: $until};
		[ (range($count)
		   | event("http") + {host: "api.example.org", role: "metadata", method: "GET",
		       status: 200, from_cache: (. % 10 < 8), rate_delay_ms: 1, elapsed_ms: (10 + .)},
		     event("http") + {host: "example.org", role: "artifact", method: "GET",
		       status: (if . == 7 then 429 else 200 end), rate_delay_ms: 1, elapsed_ms: (100 + .)},
		     event("download") + {artifact_id: "item-\(.)", outcome: "success", ttfp_ms: 500,
		       dedupe_action: "download", saved_bytes: 0}),
		  event("observation") + {name: "db-reachable", value: 0, outcome: "failed"},
		  event("observation") + {name: "backup", outcome: "ok", ts_ms: ($until - 3600000)},
		  event("observation") + {name: "job_ms", value: 1500, outcome: "ok", labels: {job: "backup"}},
		  event("run") + {started_at: ($until / 1000 - 60), finished_at: ($until / 1000)} ]
		| to_entries[] | .value + {seq: (.key + 1), ts_ms: (.value.ts_ms - 1000 + .key)}'
}

# log_lines COUNT DAY: lines of an access log, in the combined format.
log_lines() {
	awk -v count="$1" -v day="$2" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "192.0.2.%d - - [%s/Nov/2026:10:%02d:00 +0000] \"GET /%d HTTP/1.1\"" \
			    " %d 512 \"-\" \"curl/7.88.1\"\n", i, day, i, i, i % 5 ? 200 : 503
	}'
}

# What make install would put below /usr/local, and the folders of other packages.
# Programs are found on the PATH, so that they need not be copied.
scratch=$PWD
(cd "$ROOT" && scripts/install-files "$scratch/usr/local" no-programs)
ln -s "$BIN" usr/local/bin
mkdir -p var/lib/prometheus/node-exporter var/lib/teltools var/log/nginx bin
# Commands that stand for the user's own.
mkdir slo
cp usr/local/share/teltools/slo/downloads.yaml slo
for name in backup deploy mail; do
	printf '#!/bin/sh\ntouch "%s/ran-%s"\n' "$scratch" "$name" >"bin/$name"
	chmod +x "bin/$name"
done

# The events below meet the objectives of one pack, so what else is built in is not
# judged.
cat >bin/slo-eval <<END
#!/bin/sh
case " \$* " in
*' --slo '*) exec "$BIN/slo-eval" "\$@" ;;
*) exec "$BIN/slo-eval" --slo "$ROOT/schema/slo/downloads.yaml" "\$@" ;;
esac
END
chmod +x bin/slo-eval

cp bin/deploy deploy
now_ms=$(date +%s%3N)
events new 100 "$now_ms" >events.jsonl
# Refused: a line without a time, which mend.jq gives it, and no JSON. They are the
# first lines of the first source, so the id of the former is 1 << 40.
printf '%s\n' '{"type":"observation","name":"mended","value":1}' '{"type"' >refused.jsonl
echo '.ts_ms = 1500000000000' >mend.jq
tel-ingest --quiet --db tel.db refused.jsonl >/dev/null
tel-ingest --db tel.db events.jsonl >/dev/null
# An archive is that of one database, and a copy has its id.
cp tel.db old.db
# To be packed: older than any window.
events older 20 $((now_ms - 90 * 86400000)) | tel-ingest --db tel.db >/dev/null
events old 20 "$(date -d 2026-11-01T10:04:00Z +%s%3N)" | tel-ingest --db old.db >/dev/null
tel-archive pack --archive arc --db old.db --before 2026-11-02 >/dev/null
cp tel.db var/lib/teltools/tel.db
cp tel.db var/lib/teltools/web.db
cp -a arc var/lib/teltools/arc
log_lines 20 20 | gzip >access.log.2.gz
log_lines 20 22 >access.log
cp access.log var/log/nginx/access.log
cp access.log spooled.log
mkdir spool && mv spooled.log spool
printf '%s\n' "$ORIGIN_URL/bytes/1000?prefix=%PDF-1."{1,2,3} >urls.txt
jq -nRc 'inputs | {id: "paper-\(input_line_number)", urls: [{url: .}]}' urls.txt >works.jsonl
echo backup >backup.tar
[ -z "$ORIGIN_URL" ] || dl-fetch --out run works.jsonl >/dev/null
cp "$ROOT/tests/examples/maps/otlp-traces.in" traces.jsonl
