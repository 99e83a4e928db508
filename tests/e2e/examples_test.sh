#!/usr/bin/env bash
# Runs each example beside the quickstart and holds its output against its output.txt: examples_test.sh [NAME...]
# $MESH_BIN is the program. MESH_UPDATE_GOLDEN=1 writes the files instead, which CI refuses.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

# What differs from run to run: times, addresses, digests, uids, how often something was tried. Progress of an apply has no fixed order.
settled() {
  sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g; s/127\.0\.0\.1:[0-9]+/127.0.0.1:PORT/g; s/\b[0-9a-f]{64}\b/DIGEST/g
    s/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/UID/g; s/\b[0-9a-f]{12}\b/COMMIT/g; s/(Send|Recv) failure/failure/g
    s/tried [0-9]+ times/tried N times/g; s/: (Operation|SSL|Connection|Failed)[a-z A-Z]*time[a-z A-Z0-9]*/: timeout/g' "$1" |
    grep -vE '^[a-z0-9]+/[a-z0-9/]+: (creating|updating|replacing|deleting|checking|waiting|trying|done|failed|skipped|stopped)'
}

failed=0 count=0
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
for example in examples/*/README.md; do
  folder="$(dirname "$example")"
  [[ $# -eq 0 || " $* " == *" ${folder#examples/} "* ]] || continue
  count=$((count + 1))
  if ! "$folder/run.sh" >"$scratch/output" 2>&1; then
    echo "$folder: run.sh failed"
    cat "$scratch/output"
    failed=1
  elif [[ "${MESH_UPDATE_GOLDEN:-}" == 1 && "${CI:-}" != true ]]; then
    cp "$scratch/output" "$folder/output.txt"
  elif ! diff -u <(settled "$folder/output.txt") <(settled "$scratch/output"); then
    echo "$folder: the output is not that of output.txt"
    failed=1
  else
    echo "$folder: ok"
  fi
done
[[ "$count" -gt 0 ]] || failed=1
exit "$failed"
