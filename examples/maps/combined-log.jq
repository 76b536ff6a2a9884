# Access logs in the common or combined format (Apache, nginx) to http events.
#
#   tel-ingest --db web.db access.log \
#     --map /usr/local/share/teltools/maps/combined-log.jq
#
# One http event a line: ts_ms, host, method, status, bytes. The log does not name the
# host that was requested, so `host` is the client's address. The path, the referrer,
# the user agent and anything after it, such as "$http_x_forwarded_for" in nginx's
# format `main`, are not stored. If the request line is not HTTP, such as bytes of TLS
# on a plain port, the method is "-".

def month: {Jan: 1, Feb: 2, Mar: 3, Apr: 4, May: 5, Jun: 6, Jul: 7, Aug: 8,
            Sep: 9, Oct: 10, Nov: 11, Dec: 12}[.];

# Days since the epoch of a date of the Gregorian calendar, by counting the
# leap days before it; jq's mktime knows no zone and its strptime needs a locale.
def days($year; $month; $day):
  (if $month <= 2 then $year - 1 else $year end) as $y
  | (if $month <= 2 then $month + 9 else $month - 3 end) as $m
  | ($y * 365 + ($y / 4 | floor) - ($y / 100 | floor) + ($y / 400 | floor)
     + ((153 * $m + 2) / 5 | floor) + $day - 1 - 719468);

def ts_ms:
  (days(.year | tonumber; .month | month; .day | tonumber) * 86400
   + (.hour | tonumber) * 3600 + (.minute | tonumber) * 60
   + (.second | tonumber)
   - (if .sign == "-" then -1 else 1 end)
     * ((.zone_hour | tonumber) * 3600 + (.zone_minute | tonumber) * 60))
  * 1000;

def combined:
  capture("^(?<client>[^ ]+) [^ ]+ .*?\\[(?<day>[0-9]{2})/(?<month>[A-Z][a-z]{2})/(?<year>[0-9]{4}):(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) (?<sign>[+-])(?<zone_hour>[0-9]{2})(?<zone_minute>[0-9]{2})\\] \"(?<request>(?:[^\"\\\\]|\\\\.)*)\" (?<status>[0-9]{3}) (?<bytes>[0-9]+|-)(?: \"(?<referrer>(?:[^\"\\\\]|\\\\.)*)\" \"(?<agent>(?:[^\"\\\\]|\\\\.)*)\")?")
  // error("not a line of the combined log format");

combined
| {
    type: "http",
    ts_ms: ts_ms,
    host: .client,
    role: "artifact",
    method: (.request + " " | split(" ")[0]
             | if test("^[A-Z]+$") then . else "-" end),
    status: (.status | tonumber),
    bytes: (if .bytes == "-" then 0 else .bytes | tonumber end)
  }
# nginx writes 000 when it sent no answer.
| if .status < 100 or .status > 599 then del(.status) else . end
