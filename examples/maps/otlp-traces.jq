# Traces in OTLP's JSON form, one TracesData (or ExportTraceServiceRequest) a
# line, as the OpenTelemetry Collector's file exporter writes them, to spans.
#
#   tel-ingest --db tel.db traces.jsonl \
#     --map /usr/local/share/teltools/maps/otlp-traces.jq
#
# One span event a span: ts_ms (its start), trace_id, span_id, parent_span_id,
# name, kind, service, scope, duration_ms, status, status_message, attributes.
# The attributes are a plain object; it also has "resource" (the attributes of the
# resource except service.name), "span.events" and "span.links", if there are any.
# Integers of more than 15 digits stay text, because a number would change its value.
# Trace state, flags, counts of dropped items and unknown fields are omitted, as the
# specification demands. A line may have at most 10000 spans; the collector's batches
# are smaller.

# fixed64 is a decimal text. Times of today as numbers never get here: they are beyond
# 2^53 and would change their value, so tel-ingest refuses the line.
def digits: "0000000000" + (. // "0" | tostring);

def ms: digits | .[:-6] | tonumber;

# Seconds and nanoseconds separately, because a double cannot hold both exactly.
def duration_ms($from; $until):
  ($from | digits) as $a | ($until | digits) as $b
  | (($b[:-9] | tonumber) - ($a[:-9] | tonumber)) * 1000
    + (($b[-9:] | tonumber) - ($a[-9:] | tonumber)) / 1000000;

def id($len; $name):
  if . == null or . == "" then null
  elif type == "string" and length == $len then ascii_downcase
  else error("\($name): must be \($len) hexadecimal digits")
  end;

def word($words; $prefix):
  if type == "number" then $words[.] // $words[0]
  elif type == "string"
  then (ltrimstr($prefix) | ascii_downcase) as $word
    | if $words | index($word) then $word else $words[0] end
  else $words[0]
  end;

def plain:
  def object: reduce .[] as $pair ({}; . + {($pair.key // ""): ($pair.value | plain)});
  if . == null then null
  elif has("stringValue") then .stringValue
  elif has("boolValue") then .boolValue
  elif has("intValue")
  then .intValue
    | if type == "string" and length <= 15 then tonumber else . end
  elif has("doubleValue") then .doubleValue
  elif has("arrayValue") then [.arrayValue.values // [] | .[] | plain]
  elif has("kvlistValue") then .kvlistValue.values // [] | object
  elif has("bytesValue") then .bytesValue
  else null
  end;

def attributes:
  reduce (. // [])[] as $pair ({}; . + {($pair.key // ""): ($pair.value | plain)});

def unless_empty: if length == 0 then null else . end;

def present: with_entries(select(.value != null));

def span($resource; $scope):
  {
    type: "span",
    ts_ms: (.startTimeUnixNano | ms),
    trace_id: (.traceId | id(32; "traceId")),
    span_id: (.spanId | id(16; "spanId")),
    parent_span_id: (.parentSpanId | id(16; "parentSpanId")),
    name: (.name // ""),
    kind: (.kind | word(["unspecified", "internal", "server", "client",
                         "producer", "consumer"]; "SPAN_KIND_")),
    service: ($resource["service.name"] | if . == null then . else "\(.)" end),
    scope: ($scope | unless_empty),
    duration_ms: (if .endTimeUnixNano // 0 | tonumber == 0 then null
                  else duration_ms(.startTimeUnixNano; .endTimeUnixNano) end),
    status: (.status.code | word(["unset", "ok", "error"]; "STATUS_CODE_")),
    status_message: (.status.message // "" | unless_empty),
    attributes: ((.attributes | attributes) + ({
      resource: ($resource | del(.["service.name"]) | unless_empty),
      "span.events": ([.events // [] | .[]
        | {name: (.name // ""), ts_ms: (.timeUnixNano | ms),
           attributes: (.attributes | attributes)}] | unless_empty),
      "span.links": ([.links // [] | .[]
        | {trace_id: (.traceId | id(32; "traceId")),
           span_id: (.spanId | id(16; "spanId")),
           attributes: (.attributes | attributes)}] | unless_empty)
    } | present) | unless_empty)
  }
  | present;

if type != "object" then error("not TracesData: no object")
elif has("resourceSpans") | not
then if . == {} then empty else error("not TracesData: no resourceSpans") end
else .resourceSpans // [] | .[]
  | (.resource.attributes | attributes) as $resource
  | .scopeSpans // [] | .[]
  | (.scope.name // "") as $scope
  | .spans // [] | .[]
  | span($resource; $scope)
end
