#!/usr/bin/env bash
# clang-tidy over the sources of engine/ and providers/: .ci/tidy.sh [FILE...]. The static analyzer, half of the time,
# leaves the simulator out: nothing of it touches a real cluster, and the sanitizers run its tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ $# -gt 0 ]]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files 'engine/*.cpp' 'providers/*.cpp')
fi

# Clang reads no precompiled headers of g++; without any, it sees too that each source includes what it uses.
commands="$(mktemp -d)"
trap 'rm -rf "$commands"' EXIT
sed -E 's/ (-Winvalid-pch|-include [^ ]*cmake_pch\.hxx)//g' build/release/compile_commands.json >"$commands/compile_commands.json"

tidy() { # tidy CHECKS FILE...
  local checks="$1"
  shift
  [[ $# -gt 0 ]] || return 0
  printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy --quiet --checks="$checks" -p "$commands" \
    --extra-arg=-Wno-unknown-warning-option 2>&1 |
    { grep -v -E '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' || true; }
}

simulator=() others=()
for file in "${files[@]}"; do
  if [[ "$file" == providers/simulator/* ]]; then simulator+=("$file"); else others+=("$file"); fi
done
failed=0
tidy "" "${others[@]}" || failed=1
tidy "-clang-analyzer-*" "${simulator[@]}" || failed=1
exit "$failed"
