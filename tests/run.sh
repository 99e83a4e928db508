#!/usr/bin/env bash
# Runs every test, set-up included: tests/run.sh [--long] [NAME-PART...]
# With a part of a suite's name only the suites that match it run. --long runs other suites: those that continuous integration
# has no time for. Says at the end what did not run, and why; with CI=true that is a failure, except where the machine allows
# no network namespaces. End-to-end tests run in an order of chance, whose seed they print: MESH_TEST_ORDER_SEED=N repeats it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

preset="${MESH_PRESET:-release}"
long=""
[[ "${1:-}" != --long ]] || { long=yes && shift; }
choice=("$@")
passed=0
failed=()
not_run=()
lacking=()

chosen() {
  [[ ${#choice[@]} -eq 0 ]] && return 0
  local part
  for part in "${choice[@]}"; do [[ "$1" == *"$part"* ]] && return 0; done
  return 1
}

# suite NAME COMMAND...: exit code 77 means that something the suite needs is not to be had here; 78 that this machine does
# not let anybody have networks of their own, which no script can install.
suite() {
  local name="$1" code=0
  shift
  chosen "$name" || return 0
  echo "== $name"
  "$@" || code=$?
  case "$code" in
    0) passed=$((passed + 1)) ;;
    78) lacking+=("$name: this machine allows no network namespaces, see its output above") ;;
    77) not_run+=("$name: what it needs is not to be had here, see its output above") ;;
    *) failed+=("$name (exit $code)") ;;
  esac
}

# end_to_end FILE BED-OPTIONS...: one file of tests/e2e beside real API servers.
end_to_end() {
  local file="$1"
  shift
  tests/realcluster/run.sh "$@" -- env PYTHONPATH=tests/e2e PYTHONDONTWRITEBYTECODE=1 "$python" "tests/e2e/$file" -v
}

# end_to_end_simulated FILE BED-OPTIONS...: the same beside simulated ones.
end_to_end_simulated() {
  local file="$1"
  shift
  tests/simulated/run.sh "$@" -- env PYTHONPATH=tests/e2e PYTHONDONTWRITEBYTECODE=1 "$python" "tests/e2e/$file" -v
}

# on_mesh FILE BED-OPTIONS...: the same beside a mesh of real istiods and Envoys.
on_mesh() {
  local file="$1" namespaces=0
  shift
  tests/realcluster/namespaces.sh || namespaces=$?
  [[ "$namespaces" -ne 77 ]] || return 78
  KUBECTL="$(tests/simulated/kubectl.sh)" || return
  export KUBECTL
  end_to_end "$file" --istio --cluster-id-prefix cn-acme-fleet-global- "$@"
}

# unit_tests: with sanitizers where CI=true.
unit_tests() {
  local chosen_preset="$preset"
  if [[ "${CI:-}" == true ]]; then
    chosen_preset=asan
    .ci/build.sh asan unit_tests || return
  fi
  ctest --preset "$chosen_preset" --output-on-failure -j2
}

# kubectl_suite: kubectl against a simulated cluster.
kubectl_suite() {
  KUBECTL="$(tests/simulated/kubectl.sh)" || return
  export KUBECTL
  end_to_end_simulated kubectl_test.py --clusters 1 --istiod asm-1233-2
}

# The package python3-yaml belongs to Debian's Python, which need not be the first in PATH.
python=python3
"$python" -c 'import yaml' 2>/dev/null || python=/usr/bin/python3

.ci/dependencies.sh --tests || exit 1
# Of a released mesh continuous integration needs the programs alone: it runs the unit tests once, with sanitizers.
targets=()
[[ "${CI:-}" != true ]] || targets=(programs)
.ci/build.sh "$preset" "${targets[@]}" || exit 1
MESH_BIN="$PWD/build/$preset/bin/mesh"
export MESH_BIN
bed=(--istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-)

# summary: what ran and what did not; fails when a suite failed.
summary() {
  echo
  [[ ${#not_run[@]} -eq 0 ]] || printf 'not run: %s\n' "${not_run[@]}"
  [[ ${#lacking[@]} -eq 0 ]] || printf 'not run: %s\n' "${lacking[@]}"
  [[ ${#failed[@]} -eq 0 ]] || printf 'failed: %s\n' "${failed[@]}"
  if [[ "${CI:-}" == true ]]; then
    failed+=("${not_run[@]}")
    not_run=()
  fi
  echo "suites: $passed passed, ${#failed[@]} failed, $((${#not_run[@]} + ${#lacking[@]})) skipped"
  [[ ${#failed[@]} -eq 0 ]]
}

if [[ -n "$long" ]]; then
  suite long-istio-three-clusters on_mesh istio_test.py --clusters 3
  suite long-istio-host-name on_mesh istio_test.py --clusters 2 --lb c2=hostname
  suite long-traffic tests/differential/traffic.sh
  suite e2e-platforms-simulated end_to_end_simulated platforms_test.py --clusters 2 "${bed[@]}"
  suite e2e-life-simulated end_to_end_simulated life_test.py --clusters 3 "${bed[@]}"
  suite e2e-init end_to_end init_test.py --clusters 3 "${bed[@]}"
  suite long-fuzz tests/fuzz/run.sh 400
  suite e2e-verify-istio on_mesh istio_verify_test.py --clusters 2
  MESH_LONG=1 suite long-sweep end_to_end_simulated sweep_test.py --clusters 5 "${bed[@]}"
  summary
  exit
fi

suite include-rule bash -c 'tests/unit/include_rule_test.sh --self-test && tests/unit/include_rule_test.sh'
suite mirror bash -c 'tests/unit/mirror_test.sh --self-test && tests/unit/mirror_test.sh'
suite one-place bash -c 'tests/unit/one_place_test.sh --self-test && tests/unit/one_place_test.sh'
suite citations bash -c 'tests/unit/citations_test.sh --self-test && tests/unit/citations_test.sh'
suite unit unit_tests
suite command-line env PYTHONDONTWRITEBYTECODE=1 "$python" tests/e2e/command_line_test.py -v
suite install tests/e2e/install_test.sh
suite realcluster tests/realcluster/selftest.sh
suite client tests/realcluster/run.sh --clusters 1 -- "build/$preset/bin/client_realcluster_tests"
suite e2e-main-job end_to_end main_job_test.py --clusters 3 "${bed[@]}" --lb c2=hostname
suite e2e-platforms end_to_end platforms_test.py --clusters 2 "${bed[@]}"
suite e2e-life end_to_end life_test.py --clusters 3 "${bed[@]}"
suite e2e-admission end_to_end admission_test.py --clusters 1 "${bed[@]}"
suite e2e-fields end_to_end fields_test.py --clusters 2 "${bed[@]}"
suite e2e-wire end_to_end wire_test.py --clusters 2 "${bed[@]}"
suite e2e-remotes end_to_end remotes_test.py --clusters 1 "${bed[@]}"
# One seed, since the known differences are named case by case; any other: tests/differential/run.sh --seed N.
suite differential tests/differential/run.sh --seed 7
# Against what real istiods and Envoys showed; tests/run.sh --long asks them again.
suite traffic-recorded tests/differential/traffic.sh --recorded tests/differential/traffic_real.json
suite e2e-istio on_mesh istio_test.py --clusters 2
suite e2e-main-job-simulated end_to_end_simulated main_job_test.py --clusters 3 "${bed[@]}" --lb c2=hostname
suite e2e-init-simulated end_to_end_simulated init_test.py --clusters 3 "${bed[@]}"
suite e2e-rehearsal env PYTHONDONTWRITEBYTECODE=1 "$python" tests/e2e/rehearsal_test.py -v
suite sim env PYTHONDONTWRITEBYTECODE=1 "$python" tests/e2e/sim_test.py -v
suite e2e-locks end_to_end_simulated locks_test.py --clusters 3 "${bed[@]}"
suite e2e-sweep end_to_end_simulated sweep_test.py --clusters 5 "${bed[@]}"
suite e2e-faults end_to_end_simulated faults_test.py --clusters 3 "${bed[@]}"
suite e2e-check-trust end_to_end_simulated check_trust_test.py --clusters 3 "${bed[@]}"
suite e2e-check end_to_end_simulated check_test.py --clusters 3 "${bed[@]}"
suite e2e-check-effective end_to_end_simulated check_effective_test.py --clusters 3 "${bed[@]}"
suite e2e-outside end_to_end_simulated outside_test.py --clusters 3 "${bed[@]}"
suite e2e-canary end_to_end_simulated canary_test.py --clusters 3 "${bed[@]}"
suite e2e-verify end_to_end_simulated verify_test.py --clusters 3 "${bed[@]}"
suite kubectl kubectl_suite
suite examples tests/e2e/examples_test.sh
suite quickstart examples/quickstart/run.sh
suite fuzz tests/fuzz/run.sh 40
suite quickstart-real examples/quickstart/run.sh --real

summary
