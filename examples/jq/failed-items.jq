# Items that were not stored, one a line: id, outcome, reason.
#
#   jq -r -f /usr/local/share/teltools/jq/failed-items.jq run/manifest.jsonl
select(.record_type == "manifest" and .outcome != "success")
| [.artifact_id, .outcome, .reason // "-"] | @tsv
