# Objectives that are missed, about to be, or burning, worst first. Those that allow no bad event
# have no budget to compare, and come before all others.
#
#   slo-eval --db tel.db | jq -s -r -f /usr/local/share/teltools/jq/burning.jq
map(select(.verdict == "breach" or .verdict == "warn" or any(.burn[]; .firing)))
| sort_by(.budget_remaining_ratio // -infinite)[]
| [.verdict, .slo, .objective, (.group | tojson), "sli \(.sli)", "target \(.target)"] | @tsv
