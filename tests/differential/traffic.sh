#!/usr/bin/env bash
# Runs the differential test of traffic: tests/differential/traffic.sh [OPTION of traffic.py...]
# A mesh of real istiods and Envoys beside a simulated one; with --recorded FILE the simulated one alone.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tests="$(dirname "$here")"

python=python3
"$python" -c 'import yaml' 2>/dev/null || python=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tests/e2e"
prefix=(--cluster-id-prefix cn-acme-fleet-global-)
simulated=("$tests/simulated/run.sh" --clusters 2 --istiod asm-1233-2 "${prefix[@]}" -- "$python" "$here/traffic.py" "$@")
case " $* " in *" --recorded "* | *" --list "*) exec "${simulated[@]}" ;; esac

namespaces=0
"$tests/realcluster/namespaces.sh" || namespaces=$?
[[ "$namespaces" -ne 77 ]] || exit 78
# shellcheck disable=SC2016  # expanded by the inner shell
exec "$tests/realcluster/run.sh" --istio --clusters 2 "${prefix[@]}" -- bash -c '
  export REAL_DIR="$MESH_TEST_DIR" REAL_CTL="$MESH_TEST_CTL" REAL_SPEC="$MESH_TEST_SPEC"
  unset MESH_TEST_SPEC
  exec "$@"' bash "${simulated[@]}"
