# SPDX-License-Identifier: ISC
# What makes some of the refused lines right.
if .type == "http" and .host == null then . + {host: "mended", role: "landing", method: "GET"}
elif .type == "http" and .method == 7 then .method = "GET"
else . end
