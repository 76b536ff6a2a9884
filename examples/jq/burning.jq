# Objectives that are missed or about to be, worst first.
#
#   slo-eval --db tel.db | jq -s -r -f burning.jq
map(select(.verdict == "breach" or .verdict == "warn"))
| sort_by(.budget_remaining_ratio // "0" | tonumber)[]
| [.verdict, .slo, .objective, (.group | tojson), "sli \(.sli)", "target \(.target)"] | @tsv
