# The systemd journal, `journalctl -o json`, to log events.
#
#   journalctl -o json --all --follow |
#     tel-ingest --db tel.db --map /usr/local/share/teltools/maps/journald.jq
#
# One log event an entry: ts_ms (when the journal received it), level, program,
# message; the other fields become attributes with their own names (_PID,
# _SYSTEMD_UNIT, _HOSTNAME, _BOOT_ID ...), except the cursor and the sequence number,
# which are positions in that journal. Without --all, journalctl omits fields of more
# than 4096 bytes: such a message is "".
#
# Priorities (syslog(3)): 0 to 3 error, 4 warning, 5 and 6 info, 7 debug; none is
# info.

# Bytes of UTF-8 to text; other bytes become U+FFFD. journalctl writes a field as
# bytes if it contains a control character, such as the escape of a colour.
def decode:
  def settle: if .rest > 0 then .out += [65533] | .rest = 0 else . end;
  reduce .[] as $byte ({out: [], rest: 0, code: 0, min: 0};
    if $byte < 128 then settle | .out += [$byte]
    elif $byte < 192
    then if .rest == 0 then .out += [65533]
      else .code = .code * 64 + $byte - 128 | .rest -= 1
        | if .rest > 0 then .
          elif .code < .min or .code > 1114111
            or (.code >= 55296 and .code <= 57343)
          then .out += [65533]
          else .out += [.code]
          end
      end
    elif $byte < 224 then settle | .rest = 1 | .code = $byte - 192 | .min = 128
    elif $byte < 240 then settle | .rest = 2 | .code = $byte - 224 | .min = 2048
    elif $byte < 248 then settle | .rest = 3 | .code = $byte - 240 | .min = 65536
    else settle | .out += [65533]
    end)
  | settle | .out | implode;

# A field that came more than once is an array of such texts or bytes.
def text:
  if type == "string" then .
  elif type == "array"
  then if length > 0 and all(type == "number") then decode
    else map(text) | join("\n") end
  elif . == null then ""
  else tojson
  end;

def level:
  if . == null then "info"
  else text | {"0": "error", "1": "error", "2": "error", "3": "error",
               "4": "warning", "7": "debug"}[.] // "info"
  end;

if type != "object" or (.__REALTIME_TIMESTAMP | type != "string")
then error("not an entry of journalctl -o json: no __REALTIME_TIMESTAMP")
else {
    type: "log",
    ts_ms: ("0000" + .__REALTIME_TIMESTAMP | .[:-3] | tonumber),
    level: (.PRIORITY | level),
    program: (.SYSLOG_IDENTIFIER // ._COMM // ._SYSTEMD_UNIT // null),
    message: (.MESSAGE | text),
    attributes: (del(.__REALTIME_TIMESTAMP, .PRIORITY, .MESSAGE,
        .SYSLOG_IDENTIFIER, .__CURSOR, .__SEQNUM, .__SEQNUM_ID,
        .__MONOTONIC_TIMESTAMP)
      | map_values(if . == null then null else text end))
  }
  | if .program == null then del(.program) else .program |= text end
end
