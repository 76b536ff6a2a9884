# Requests and errors per minute.
#
#   tel-archive cat --archive arc --type http |
#     jq -s -r -f /usr/local/share/teltools/jq/requests-per-minute.jq
map(select(.type == "http"))
| group_by(.ts_ms / 60000 | floor)[]
| [(.[0].ts_ms / 60000 | floor * 60 | todate), length,
   (map(select(.status == null or .status >= 500)) | length)] | @tsv
