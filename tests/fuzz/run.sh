#!/usr/bin/env bash
# Builds the fuzzers and runs each for so many seconds, two at a time: tests/fuzz/run.sh [SECONDS]
# A finding is kept as build/fuzz/findings/NAME-…; it is repeated by `build/fuzz/bin/NAME_fuzz FILE`.
# Exit code 77: clang or its libFuzzer is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds="${1:-60}"
probe="$(mktemp -d)"
trap 'rm -rf "$probe"' EXIT
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >"$probe/probe.cpp"
clang++ -fsanitize=fuzzer "$probe/probe.cpp" -o "$probe/probe" 2>"$probe/why" || {
  echo "fuzz/run.sh: clang++ has no libFuzzer here (Debian: clang, libclang-rt-14-dev): $(head -1 "$probe/why")" >&2
  exit 77
}
.ci/build.sh fuzz fuzzers

out=build/fuzz
mkdir -p "$out/findings"

# seeds NAME FILE...: a corpus of these files, and of those that were written for this fuzzer.
seeds() {
  local name="$1" number=0 file
  shift
  mkdir -p "$out/corpus/$name"
  for file in "$@" "tests/fuzz/seeds/$name"/*; do
    [[ ! -f "$file" ]] || cp "$file" "$out/corpus/$name/seed-$((number++))"
  done
}

mapfile -t specs < <(find tests/golden examples -name '*.toml' | LC_ALL=C sort)
mapfile -t kubeconfigs < <(find tests/golden -name '*kubeconfig.yaml' | LC_ALL=C sort)
mapfile -t plans < <(find tests/golden -name plan.json | LC_ALL=C sort)
mapfile -t answers < <(find tests/golden -name live.json | LC_ALL=C sort)
seeds spec "${specs[@]}"
seeds kubeconfig "${kubeconfigs[@]}"
seeds plan "${plans[@]}"
seeds snapshot
seeds answer "${answers[@]}"
seeds exec_credential

fuzz() {
  local name="$1"
  "$out/bin/${name}_fuzz" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$out/findings/$name-" "$out/corpus/$name" >"$out/$name.log" 2>&1 || {
    echo "$name: found something; $out/$name.log ends with:"
    tail -40 "$out/$name.log"
    return 1
  }
  echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log") texts in $seconds s"
}
export -f fuzz
export out seconds
printf '%s\n' spec kubeconfig plan snapshot answer exec_credential | xargs -P 2 -I '{}' bash -c 'fuzz {}'
