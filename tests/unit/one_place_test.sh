#!/usr/bin/env bash
# What must be done in one place, because done elsewhere it would lack that place's limits: fails where engine/ or providers/
# (but for the simulator, which reads only what it is given) does it itself. `one_place_test.sh --self-test` shows that it
# finds what is wrong.
set -euo pipefail

# pattern (as grep -E takes it) | files that may | what to use instead
rules=(
  'json::parse\(|json::accept\(|sax_parse\(|ondemand::parser|dom::parser|engine/base/foreign_json.cpp engine/codec/json_text.cpp engine/workspace/spdlog_log.cpp providers/kubernetes/json_pool.cpp providers/kubernetes/metadata_page.cpp engine/render/render_spec.cpp providers/istio/istiod_memory.cpp|parse_foreign_json: it limits depth and size'
  'YAML::Load|yaml_parser_initialize|providers/kubernetes/kubeconfig/kubeconfig.cpp providers/istio/checks/mesh_config.cpp engine/codec/yaml_reader.cpp|one of these readers: they limit depth and aliases'
  'std::j?thread\(|std::j?thread [a-z_]+\(|vector<std::j?thread>|launch::async,|engine/jobs/workers.cpp engine/jobs/workers.h engine/cli/sim/sim_command.cpp|engine/jobs/workers.h: it goes on where there are no more threads'
  'std::ifstream|engine/cli/sim|read_file of engine/jobs/files.h: it does not wait for ever'
)

check_tree() {
  local root="$1" problems=0 rule pattern may instead found file allowed one
  for rule in "${rules[@]}"; do
    instead="${rule##*|}"
    rule="${rule%|*}"
    may="${rule##*|}"
    pattern="${rule%|*}"
    while IFS= read -r found; do
      file="${found%%:*}"
      allowed=""
      for one in $may; do [[ "$file" != "$one"* ]] || allowed=yes; done
      [[ -n "$allowed" ]] || {
        echo "$found: use $instead"
        problems=1
      }
    done < <(cd "$root" && grep -rnoE "$pattern" engine providers --include='*.cpp' --include='*.h' |
      grep -v '^providers/simulator/' | LC_ALL=C sort)
  done
  return "$problems"
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ "${1:-}" == --self-test ]]; then
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/engine/plan" "$scratch/providers/simulator" "$scratch/engine/jobs"
  printf '%s\n' 'auto a = nlohmann::json::parse(text);' 'auto b = YAML::Load(text);' 'std::jthread worker([] {});' \
    'std::vector<std::jthread> workers;' 'std::ifstream file(path);' >"$scratch/engine/plan/bad.cpp"
  echo 'auto a = json::parse(text);' >"$scratch/providers/simulator/good.cpp"
  echo 'return std::jthread(work);' >"$scratch/engine/jobs/workers.cpp"
  found="$(check_tree "$scratch" || true)"
  [[ "$(wc -l <<<"$found")" -eq 5 ]] || {
    echo "what is done in the wrong place was not all found:"
    echo "$found"
    exit 1
  }
  exit 0
fi
check_tree "$here"
