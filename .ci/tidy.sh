#!/usr/bin/env bash
# clang-tidy over the sources of engine/ and providers/, as build/release compiles them: eight as one, so that what they
# include is read once. The static analyzer, half of the time, leaves the simulator out: nothing of it touches a real
# cluster, and the sanitizers run its tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Clang reads no precompiled headers of g++.
commands="$(mktemp -d)"
trap 'rm -rf "$commands"' EXIT
sed -E 's/ (-Winvalid-pch|-fpch-preprocess|-include [^ ]*cmake_pch\.hxx)//g' build/release/compile_commands.json \
  >"$commands/compile_commands.json"

# units PATTERN: the sources that the compiler is given, without tests and what CMake generates for itself.
units() { jq -r '.[].file' "$commands/compile_commands.json" | grep -E '/(engine|providers)/' | grep -vE '_tests\.dir/' | grep -E "$1" | sort; }

tidy() { # tidy CHECKS UNIT...
  local checks="$1"
  shift
  printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet --checks="-bugprone-suspicious-include$checks" -p "$commands" \
    --header-filter='(engine|providers)/.*\.(h|cpp)$' --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-overlength-strings 2>&1 |
    { grep -v -E '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' || true; }
}

mapfile -t simulator < <(units '/simulator/')
mapfile -t others < <(units '' | grep -v '/simulator/')
failed=0
tidy "" "${others[@]}" || failed=1
tidy ",-clang-analyzer-*" "${simulator[@]}" || failed=1
exit "$failed"
