# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What `run` and `scrapes` share: a store in this folder, things that happen to it, and
# prom-text, asked in both ways. `broken` is theirs.

life=$root/tests/life
fault=$build/tests/fault/fault.so
first_ms=1780012800000
shown=(--db tel.db --metrics tel --metrics slo --metrics "$life/own"
	--slo "$root/schema/slo" --slo "$life/slos.yaml")
server_pid='' scrape_count=0 file_count=0 may_fall=''
PATH=$bin:$PATH
export PATH LC_ALL=C TZ=UTC
unset TEL_DB TEL_ARCHIVE TEL_ENABLE TEL_LOG TEL_HASH_KEY_FILE TEL_SLO

# random COUNT: sets REPLY to a number from 0 to COUNT - 1.
random() {
	REPLY=$(((RANDOM << 15 | RANDOM) % $1))
}

# quiet COMMAND...: its output matters only when it fails.
quiet() {
	"$@" >messages.txt 2>&1 || broken "$* ends with $?: $(tail -n 3 messages.txt)"
}

# may CODE COMMAND...: so does this one, and codes up to CODE are no failure.
may() {
	local code

	"${@:2}" >messages.txt 2>&1
	code=$?
	[ $code -le "$1" ] ||
		broken "${*:2} ends with $code: $(tail -n 3 messages.txt)"
}

# new_file COUNT: makes another file of events, whose number is file_count. Each third has
# no producer.
new_file() {
	file_count=$((file_count + 1))
	random 30000
	awk -v seed=$((REPLY + 1)) -v count="$1" -v now="$TEL_NOW_MS" -v hosts="${host_count:-$((2 + file_count))}" \
		-v producer="$([ $((file_count % 3)) -eq 0 ] || echo "p$file_count")" \
		-f "$life/events.awk" >"file.$file_count"
}

# An input of before.
old_file() {
	random "$file_count"
	file=file.$((REPLY + 1))
}

ingest() {
	quiet tel-ingest -q --db tel.db "$@"
}

# pack DAYS: what is older leaves, and deletes nothing else.
pack() {
	quiet tel-archive pack -q --db tel.db --archive arc --before "-$1d"
}

# Dead letters, of which a map mends some.
replay_dead() {
	may 1 tel-ingest dead replay -q --db tel.db --all --map "$life/mend.jq"
}

# What the archive has comes back, and is known.
give_back() {
	[ -e arc/catalog.jsonl ] || return 0
	tel-archive cat --archive arc >archived 2>messages.txt ||
		broken "tel-archive cat: $(tail -n 3 messages.txt)"
	ingest archived
}

keep_copy() {
	rm -f copy.db*
	sqlite3 tel.db '.backup copy.db' || broken 'no copy can be made'
}

# The copy comes back in place of the database, of which all that was shown is in the file of
# counts: what was shown beside one that another program wrote is not remembered.
bring_copy_back() {
	local tries

	for tries in {1..1000}; do
		prom-text "${shown[@]}" -v >once.unseen 2>warnings.txt
		grep -q 'not written' warnings.txt || break
	done
	[ "$tries" -lt 1000 ] || broken 'the file of counts is never written'
	cp copy.db new.db
	rm -f tel.db tel.db-wal tel.db-shm
	mv new.db tel.db
}

# killed COMMAND...: kills it at one of the first calls that change a file.
killed() {
	random 40
	random $((REPLY + 1))
	{ (FAULT_AT=$((REPLY + 1)) FAULT_HOW=kill LD_PRELOAD=$fault exec "$@") >messages.txt 2>&1; } 2>/dev/null
	case $? in
	0 | 1 | 2 | 137) ;;
	*) broken "$*, to be killed, ends with $?: $(tail -n 3 messages.txt)" ;;
	esac
}

# Starts prom-text on a free port, and waits for its first evaluation;
# sets server_pid and port.
serve() {
	local line tries

	rm -f said
	mkfifo said
	prom-text "${shown[@]}" --listen 127.0.0.1:0 --poll 100ms -v 2>said &
	server_pid=$!
	exec 8<said
	port=
	while [ -z "$port" ] && IFS= read -r line <&8; do
		printf '%s\n' "$line" >>chat.txt
		[[ $line != *'serving on '* ]] || port=${line##*:}
	done
	[ -n "$port" ] || broken "prom-text --listen ends: $(tail -n 3 chat.txt)"
	cat <&8 >>chat.txt &
	exec 8<&-
	for tries in {1..2000}; do
		! curl -sf -o ready.txt "http://127.0.0.1:$port/ready" || return 0
	done
	broken "after $tries tries prom-text is not ready: $(tail -n 3 chat.txt)"
}

# unserve SIGNAL: ends it. Returns its exit code.
unserve() {
	local code

	kill -s "$1" "$server_pid"
	{ wait "$server_pid"; } 2>/dev/null
	code=$?
	server_pid=
	return $code
}

# Asks on stdout. The page is `once.now`, the one before is `once.last`.
ask() {
	local code

	[ ! -e once.now ] || mv once.now once.last
	prom-text "${shown[@]}" >once.now 2>warnings.txt
	code=$?
	[ $code -eq 0 ] || [ $code -eq 2 ] ||
		broken "prom-text ends with $code: $(tail -n 3 warnings.txt)"
	checked once
}

# Asks by HTTP, with server.now and server.last.
scrape() {
	[ ! -e server.now ] || mv server.now server.last
	curl -sf -o server.now "http://127.0.0.1:$port/metrics" ||
		broken "the scrape fails with $?: $(tail -n 3 chat.txt)"
	scrape_count=$((scrape_count + 1))
	cmp -s server.last server.now || checked server
}

# checked WAY [truth]: the page is not less than the one before, and is the truth.
checked() {
	local pages=("$1.now")

	[ ! -e "$1.last" ] || pages=("$1.last" "$1.now")
	awk -v truth="${2:-}" -v skip="$may_fall" -f "$life/check.awk" "${pages[@]}" ${2:+"$2"} \
		>wrong.txt || broken "$(<wrong.txt)"
}

counters() {
	grep -E '^[a-z_]*_(total|bucket|sum|count)[{ ]' "$1" | sort
}

# The server shows the same as stdout a little later.
same_from_server() {
	local tries

	[ ! -e server.now ] || counters server.now >server.counters
	counters once.now >once.counters
	for tries in {1..5000}; do
		scrape
		cmp -s server.last server.now ||
			counters server.now >server.counters
		! cmp -s once.counters server.counters || return 0
	done
	broken "after $tries tries the server does not say what stdout does"
}

# What SQL finds, in the file `truth`.
find_truth() {
	: >archived
	[ ! -e arc/catalog.jsonl ] || tel-archive cat --archive arc >archived 2>messages.txt ||
		broken "tel-archive cat: $(tail -n 3 messages.txt)"
	sqlite3 -readonly -batch tel.db 'CREATE TEMP TABLE archived (line TEXT)' \
		'.mode ascii' '.separator "\037" "\n"' '.import archived archived' \
		".read $life/truth.sql" >truth 2>messages.txt || broken "sqlite3: $(<messages.txt)"
	! grep . messages.txt || broken "sqlite3: $(<messages.txt)"
}
