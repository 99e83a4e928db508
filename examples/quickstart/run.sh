#!/usr/bin/env bash
# The main job, set-up included: builds mesh, starts three simulated clusters, plans, applies, plans again, verifies that
# traffic crosses, shows the history, and takes everything down. With --real the clusters are real Kubernetes control planes on this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

case "${1:-}" in
  --inside) ;;
  --real)
    .ci/build.sh release mesh >&2
    exec tests/realcluster/run.sh --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global- \
      --network c1=dc1 --network c2=aws1 --network c3=azure1 --lb c2=hostname -- examples/quickstart/run.sh --inside --real
    ;;
  "")
    .ci/build.sh release mesh >&2
    exec build/release/bin/mesh sim run --spec examples/quickstart/mesh.toml -- examples/quickstart/run.sh --inside
    ;;
  *)
    echo "usage: run.sh [--real]" >&2
    exit 64
    ;;
esac

PATH="$PWD/build/release/bin:$PATH"
cp examples/quickstart/mesh.toml "$MESH_TEST_DIR/"
cd "$MESH_TEST_DIR"

show() {
  echo
  echo "\$ $*"
  "$@"
}
show mesh validate
show mesh plan
show mesh apply --auto-approve
show mesh plan --detailed-exitcode
# Nothing runs in the pods of control planes alone.
[[ "${2:-}" == --real ]] || show mesh verify
show mesh drift
show mesh history
