# SPDX-License-Identifier: ISC
# Sourced by scripts/examples: how the examples of pages are judged that are not
# commands which print something and exit with 0.
#
#   expect PAGE BEGINNING KIND [ARGUMENT]...
#
# An example, or a command of it, that begins like this
#   exit CODE            exits with CODE
#   silent               exits with 0 and prints nothing
#   follow DB LOG        stores a line that is appended to LOG, and exits with 0 when it
#                        is asked to end
#   serve URL            serves while the commands after it run, from the time that the URL
#                        can be read, and exits with 0 when it is asked to end
#   output               is what the command before it printed
#   keys COMMAND         is JSON with the same keys as what COMMAND prints
#   event                is an event
#   objective            is an objective that slo-eval takes
#   metric FILE          is a metric; it is stored as FILE for later commands
#   alert                is an alert of Prometheus, about metrics that there are
#   skip REASON          is not run
# shellcheck shell=bash

expect README.md 'prom-text --db tel.db --textfile' silent
expect README.md 'make demo' skip 'takes too long here; it has its own exit code'
expect README.md 'maps=/usr/local' silent
expect README.md 'slo=/usr/local' silent
# shellcheck disable=SC2016 # the text of the page
expect README.md 'tel-ingest --db web.db --map $maps/combined-log.jq --follow' \
	follow web.db access.log
expect README.md 'schema < base' skip 'is not a command; house.bats compares it with the check'

expect CONTRIBUTING.md 'make -j2' skip 'builds, and runs all tests'

# The examples of --help.
expect dl-fetch.c 'dl-fetch --out run/ --rate' silent
expect prom-text.c 'prom-text --db tel.db --textfile' silent
expect tel-archive.c 'tel-archive verify --archive arc >' silent
expect tel-ingest.c 'tel-ingest dead replay --db tel.db --all' exit 1
expect tel-ingest.c 'tel-ingest dead drop --db tel.db --reason truncated' exit 0

expect dl-fetch.1 'jq -nR -c' silent

expect tel-ingest.1 '{"lines"' keys "tel-ingest --db keys.db events.jsonl"
expect tel-ingest.1 '{"source":"-"' \
	keys "tel-ingest --db ack.db --ack-fd 3 <events.jsonl 3>&1 >/dev/null"
expect tel-ingest.1 '{"source":"p"' skip 'is shortened'
expect tel-ingest.1 'seconds rows/s' skip 'is a measurement; make bench prints it'
expect tel-ingest.1 'tel-ingest --db web.db --follow' \
	follow web.db var/log/nginx/access.log
expect tel-ingest.1 'tel-ingest audit' silent

expect prom-text.1 '-- metric:' metric metrics/app_checks_failed.sql
expect prom-text.1 'metric: app_job' metric metrics/app_job_duration_seconds.yaml
expect prom-text.1 'prom-text --db tel.db --textfile' silent
expect prom-text.1 'prom-text --db tel.db --listen' serve http://127.0.0.1:9108/ready
expect prom-text.1 'tel_host_http_429_ratio >' alert

expect slo-eval.1 'slo-eval --db tel.db --run latest' silent
expect slo-eval.1 'rm -f tel.db.counts' silent
expect slo-eval.1 'slo-eval --db tel.db --format table >table' silent
expect slo-eval.1 'apiVersion:' objective
expect slo-eval.1 'event: other' skip 'is a part of a file; slo-eval-expressions.bats judges it'

expect tel-archive.1 'bash -o pipefail' silent
expect tel-archive.1 'tel-archive verify' silent

expect tel-events.5 '{"type":"http"' event
expect tel-events.5 'started_ms=' silent
expect tel-events.5 'tar -cf' silent

expect tel.7 'program: thing:' skip 'is the form of messages'
expect tel.7 'backup_ms|' output

expect nginx-status.jq 'while sleep 10' skip 'has no end'
expect journald.jq 'journalctl' skip 'needs a journal'
expect tel-follow.service 'cp /usr' skip 'changes the system'
expect tel-metrics.service 'cp /usr' skip 'changes the system'
expect tel-pack.timer 'cp /usr' skip 'changes the system'
expect tel-pack.service 'systemctl' skip 'changes the system'
expect teltools 'cp /usr' skip 'changes the system'
expect prometheus.yml 'prom-text' serve http://127.0.0.1:9108/ready
expect prometheus.yml 'prometheus --config' skip 'is what prometheus.bats does'
expect tel-alerts.yml 'promtool' skip 'is what scripts/example-files does'
expect burning.jq 'slo-eval' silent
expect failed-items.jq 'jq' silent
