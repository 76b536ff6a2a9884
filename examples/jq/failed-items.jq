# Items that did not end well, one a line: what, how, why.
#
#   jq -r -f /usr/local/share/teltools/jq/failed-items.jq run/manifest.jsonl
select(.record_type == "manifest" and .outcome != "success")
| [.artifact_id, .outcome, .reason // "-"] | @tsv
