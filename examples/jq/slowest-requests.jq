# The ten slowest requests of an archive.
#
#   tel-archive cat --archive arc --type http |
#     jq -s -r -f /usr/local/share/teltools/jq/slowest-requests.jq
map(select(.type == "http" and .elapsed_ms != null))
| sort_by(-.elapsed_ms)[:10][]
| [.elapsed_ms, .host, .method, .status // .error // "-"] | @tsv
