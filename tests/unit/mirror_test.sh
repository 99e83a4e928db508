#!/usr/bin/env bash
# Every tests/unit/FOLDER/NAME_test.cpp tests engine/FOLDER/NAME or providers/FOLDER/NAME, or a part of it when NAME goes on
# behind the source's name (kubeconfig_errors_test.cpp). Its suites begin with the name of that source, or of another of
# the folder, in CamelCase, so that `ctest -R RequestSender` runs the tests of request_sender. `mirror_test.sh --self-test` shows that a stray test is found.
set -euo pipefail

camel_case() { sed -E 's/(^|_)([a-z])/\u\2/g' <<<"$1"; }

# unit_of ROOT LAYER NAME: the longest source name in the layer with which NAME begins; nothing when there is none.
unit_of() {
  local name="$3" side
  while [[ -n "$name" ]]; do
    for side in engine providers; do
      [[ -e "$1/$side/$2/$name.h" || -e "$1/$side/$2/$name.cpp" ]] && echo "$name" && return
    done
    [[ "$name" == *_* ]] || return 0
    name="${name%_*}"
  done
}

# begins_with_unit ROOT LAYER SUITE
begins_with_unit() {
  local source
  for source in "$1"/{engine,providers}/"$2"/*.{h,cpp}; do
    [[ -e "$source" && "$3" == "$(camel_case "$(basename "${source%.*}")")"* ]] && return
  done
  return 1
}

check_tree() {
  local root="$1" problems=0 file layer name unit suite
  while IFS= read -r file; do
    layer="$(dirname "${file#tests/unit/}")"
    name="$(basename "$file" _test.cpp)"
    unit="$(unit_of "$root" "$layer" "$name")"
    if [[ -z "$unit" ]]; then
      echo "$file: no source of that name in engine/$layer or providers/$layer"
      problems=1
      continue
    fi
    while IFS= read -r suite; do
      begins_with_unit "$root" "$layer" "$suite" && continue
      echo "$file: the suite $suite does not begin with the name of a source in $layer, such as $(camel_case "$unit")"
      problems=1
    done < <(sed -nE 's/^TEST(_F|_P)?\((\w+),.*/\2/p' "$root/$file" | sort -u)
  done < <(cd "$root" && find tests/unit -name '*_test.cpp' | LC_ALL=C sort)
  return "$problems"
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ "${1:-}" == --self-test ]]; then
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/engine/plan" "$scratch/tests/unit/plan" "$scratch/tests/unit/load"
  touch "$scratch/engine/plan/make_plan.cpp"
  echo 'TEST(MakePlanGolden, text) {' >"$scratch/tests/unit/plan/make_plan_golden_test.cpp"
  echo 'TEST_F(Planning, text) {' >"$scratch/tests/unit/plan/make_plan_test.cpp"
  echo 'TEST(Order, text) {' >"$scratch/tests/unit/plan/order_test.cpp"
  echo 'TEST(MakePlan, text) {' >"$scratch/tests/unit/load/make_plan_test.cpp"
  found="$(check_tree "$scratch" || true)"
  [[ "$(wc -l <<<"$found")" -eq 3 && "$found" != *golden* ]] || {
    echo "stray tests were not all found:"
    echo "$found"
    exit 1
  }
  exit 0
fi
check_tree "$here"
