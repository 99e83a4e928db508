#!/usr/bin/env bash
# Runs the differential test: tests/differential/run.sh [--real-against-real] [OPTION of differential.py...]
# With --real-against-real two real API servers are compared, which shows what the comparison itself does wrong.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tests="$(dirname "$here")"

python=python3
"$python" -c 'import yaml' 2>/dev/null || python=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1
"$python" "$here/harness_test.py" --quiet

if [[ "${1:-}" == --real-against-real ]]; then
  shift
  # shellcheck disable=SC2016  # expanded by the inner shell
  exec "$tests/realcluster/run.sh" --clusters 2 -- bash -c \
    'exec "$0" "$1" "$MESH_TEST_DIR/c1.kubeconfig" "$MESH_TEST_DIR/c2.kubeconfig" "${@:2}"' "$python" "$here/differential.py" "$@"
fi

# shellcheck disable=SC2016
exec "$tests/realcluster/run.sh" --clusters 1 -- bash -c '
  export REAL_KUBECONFIG="$MESH_TEST_DIR/c1.kubeconfig"
  exec "$1" --clusters 1 -- bash -c '\''exec "$0" "$1" "$REAL_KUBECONFIG" "$MESH_TEST_DIR/c1.kubeconfig" "${@:2}"'\'' "${@:2}"
  ' bash "$tests/simulated/run.sh" "$python" "$here/differential.py" "$@"
