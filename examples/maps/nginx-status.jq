# Status of NGINX Plus (the JSON of its status module, one document a line) to
# observations.
#
#   while sleep 10; do curl -s http://127.0.0.1:8080/status; echo; done |
#     tel-ingest --db tel.db --source nginx \
#       --map /usr/local/share/teltools/maps/nginx-status.jq
#
# Many observations a line, all with the document's own time. Names that end in
# _total are counters since nginx was started: the rate is the difference of two
# observations with the same labels. The others are gauges.
#
# - nginx_connections_*, nginx_ssl_*, nginx_requests_*: no labels
# - nginx_zone_*: label zone; responses also class (2xx ...)
# - nginx_peer_*: labels upstream, peer; the outcome of nginx_peer_up is the state
# - nginx_cache_*: label cache; answers also status (hit, miss ...)
# - nginx_stream_zone_*, nginx_stream_peer_*: the same for TCP and UDP
#
# What the document lacks is omitted. (nginx without Plus has no such document.)

def measure($name; $labels; value):
  value as $value
  | select($value | type == "number")
  | {name: $name, value: $value, labels: $labels};

def traffic($name; $labels):
  measure($name + "_received_bytes_total"; $labels; .received),
  measure($name + "_sent_bytes_total"; $labels; .sent);

def responses($name; $labels):
  .responses // {} | to_entries[] | select(.key != "total")
  | measure($name + "_responses_total"; $labels + {class: .key}; .value);

def server:
  measure("nginx_connections_accepted_total"; {}; .connections.accepted),
  measure("nginx_connections_dropped_total"; {}; .connections.dropped),
  measure("nginx_connections_active"; {}; .connections.active),
  measure("nginx_connections_idle"; {}; .connections.idle),
  measure("nginx_ssl_handshakes_total"; {}; .ssl.handshakes),
  measure("nginx_ssl_handshakes_failed_total"; {}; .ssl.handshakes_failed),
  measure("nginx_ssl_session_reuses_total"; {}; .ssl.session_reuses),
  measure("nginx_requests_total"; {}; .requests.total),
  measure("nginx_requests_current"; {}; .requests.current),
  measure("nginx_processes_respawned_total"; {}; .processes.respawned);

def zone($name; $labels):
  measure($name + "_processing"; $labels; .processing),
  measure($name + "_requests_total"; $labels; .requests),
  measure($name + "_connections_total"; $labels; .connections),
  measure($name + "_discarded_total"; $labels; .discarded),
  responses($name; $labels),
  traffic($name; $labels);

def peer($name; $labels):
  (select(.state != null)
   | {name: ($name + "_up"), value: (if .state == "up" then 1 else 0 end),
      outcome: .state, labels: $labels}),
  measure($name + "_active"; $labels; .active),
  measure($name + "_requests_total"; $labels; .requests),
  measure($name + "_connections_total"; $labels; .connections),
  responses($name; $labels),
  measure($name + "_fails_total"; $labels; .fails),
  measure($name + "_unavailable_total"; $labels; .unavail),
  measure($name + "_checks_total"; $labels; .health_checks.checks),
  measure($name + "_checks_failed_total"; $labels; .health_checks.fails),
  measure($name + "_unhealthy_total"; $labels; .health_checks.unhealthy),
  measure($name + "_connect_time_ms"; $labels; .connect_time),
  measure($name + "_first_byte_time_ms"; $labels; .first_byte_time),
  measure($name + "_header_time_ms"; $labels; .header_time),
  measure($name + "_response_time_ms"; $labels; .response_time),
  measure($name + "_downtime_ms_total"; $labels; .downtime),
  traffic($name; $labels);

def cache($labels):
  measure("nginx_cache_size_bytes"; $labels; .size),
  measure("nginx_cache_max_size_bytes"; $labels; .max_size),
  (to_entries[] | select(.value | type == "object")
   | ($labels + {status: .key}) as $labels
   | .value
   | measure("nginx_cache_responses_total"; $labels; .responses),
     measure("nginx_cache_bytes_total"; $labels; .bytes),
     measure("nginx_cache_responses_written_total"; $labels; .responses_written),
     measure("nginx_cache_bytes_written_total"; $labels; .bytes_written));

def zones($name):
  .server_zones // {} | to_entries[] | {zone: .key} as $labels
  | .value | zone($name + "_zone"; $labels);

# Before version 6 an upstream was the array of its peers.
def peers($name):
  .upstreams // {} | to_entries[] | .key as $upstream
  | .value | (if type == "array" then . else .peers // [] end)[]
  | {upstream: $upstream, peer: (.name // .server // "\(.id)")} as $labels
  | peer($name + "_peer"; $labels);

if type != "object" or (.timestamp | type != "number")
then error("not a status document of NGINX Plus: no timestamp")
else .timestamp as $ts_ms
  | server,
    zones("nginx"), peers("nginx"),
    (.caches // {} | to_entries[] | {cache: .key} as $labels
     | .value | cache($labels)),
    (.stream // {} | zones("nginx_stream"), peers("nginx_stream"))
  | {type: "observation", ts_ms: $ts_ms} + .
end
