#!/usr/bin/env bash
# Reads every #include of engine/ and providers/ and fails on one that the layer rule does not allow. The rule is the table
# below, the same as in engine/ARCHITECTURE.md. `include_rule_test.sh --self-test` shows that a wrong include is found.
set -euo pipefail

declare -A sees=(
  [engine/base]=""
  [engine/model]="engine/base"
  [engine/load]="engine/base engine/model"
  [engine/schemas]="engine/base"
  [engine/plan]="engine/base engine/model"
  [engine/codec]="engine/base engine/model"
  [engine/render]="engine/base engine/model"
  [engine/port]="engine/base engine/model"
  [engine/jobs]="engine/base engine/model engine/port"
  [engine/refresh]="engine/base engine/model engine/port engine/jobs"
  [engine/apply]="engine/base engine/model engine/port engine/jobs"
  [engine/state]="engine/base engine/model engine/port engine/codec engine/jobs"
  [providers/platform]="engine/base engine/model"
  [providers/kubernetes]="engine/base engine/model engine/port engine/jobs"
  [providers/istio]="engine/base engine/model engine/port engine/jobs providers/kubernetes"
  [providers/simulator]="engine/base engine/model engine/port engine/jobs engine/schemas"
  [engine/rehearse]="engine/base engine/model engine/port engine/jobs engine/plan engine/refresh engine/apply providers/kubernetes providers/istio providers/simulator"
  # All but engine/cli.
  [engine/workspace]="engine/base engine/model engine/schemas engine/load engine/plan engine/codec engine/render engine/port engine/jobs engine/refresh engine/apply engine/state providers/platform providers/kubernetes providers/istio"
  [engine/cli]="*"
)
# Third-party headers that may stand in any .h file. Others only in one that no header and no other layer includes.
header_libraries='^(nlohmann/json\.hpp|nlohmann/json_fwd\.hpp|tl/expected\.hpp|fmt/[a-z]+\.h)$'

# Those that may, because only .cpp files of their own layer, and other such headers of it, include them.
private_headers=(" providers/kubernetes/transport/transfer.h " " providers/kubernetes/kubeconfig/yaml_map.h " " engine/state/git_handle.h "
  " providers/simulator/server/waker.h " " providers/simulator/server/session.h " " providers/simulator/server/http2.h "
  " providers/simulator/server/exec_stream.h ")

check_tree() {
  local root="$1" problems=0 file layer include target line shown_to user
  while IFS= read -r file; do
    layer="$(cut -d/ -f1-2 <<<"$file")"
    if [[ -z "${sees[$layer]+known}" ]]; then
      echo "$file:1: layer $layer is not in the rule: add its row here and in engine/ARCHITECTURE.md"
      problems=1
      continue
    fi
    while IFS=: read -r line include; do
      target="$(cut -d/ -f1-2 <<<"$include")"
      [[ "$target" == "$layer" || "${sees[$layer]}" == "*" ]] && continue
      case "$include" in
        engine/* | providers/*)
          [[ " ${sees[$layer]} " == *" $target "* ]] || {
            echo "$file:$line: $layer may not include $include"
            problems=1
          }
          ;;
      esac
    done < <(grep -nE '^#include "' "$root/$file" | sed -E 's/^([0-9]+):#include "([^"]*)".*/\1:\2/')
    [[ "$file" == *.h ]] || continue
    while IFS=: read -r line include; do
      [[ "$include" == */* || "$include" == git2.h ]] || continue
      [[ "$include" =~ $header_libraries || "$include" == sys/* ]] && continue
      shown_to=""
      while IFS= read -r user; do
        [[ "$user" == "$layer"/*.cpp || "${private_headers[*]}" == *" $user "* ]] || shown_to+=" $user"
      done < <(cd "$root" && { grep -rlF "#include \"$file\"" engine providers || true; })
      if [[ -n "$shown_to" || "${private_headers[*]}" != *" $file "* ]]; then
        echo "$file:$line: a header may not show the library of <$include>; keep it in the .cpp"
        problems=1
      fi
    done < <(grep -nE '^#include <' "$root/$file" | sed -E 's/^([0-9]+):#include <([^>]*)>.*/\1:\2/')
  done < <(cd "$root" && find engine providers -name '*.h' -o -name '*.cpp' | LC_ALL=C sort)
  return "$problems"
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ "${1:-}" == --self-test ]]; then
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/engine/plan" "$scratch/providers/istio" "$scratch/engine/new"
  echo '#include "engine/port/clock.h"' >"$scratch/engine/plan/bad.cpp"
  echo '#include <curl/curl.h>' >"$scratch/providers/istio/bad.h"
  echo >"$scratch/engine/new/a.cpp"
  found="$(check_tree "$scratch" || true)"
  [[ "$(wc -l <<<"$found")" -eq 3 ]] || {
    echo "wrong includes were not all found:"
    echo "$found"
    exit 1
  }
  exit 0
fi
check_tree "$here"
