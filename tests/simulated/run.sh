#!/usr/bin/env bash
# Runs a command beside simulated clusters, with the command line and the environment of tests/realcluster/run.sh.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: run.sh [OPTION...] -- COMMAND...

Starts simulated clusters c1 to cN (`mesh sim run`), runs COMMAND, and exits with
its exit code. $MESH_BIN is the program; mesh-sim is beside it.

  --clusters N              how many (1)
  --dir DIR                 where files go (a fresh directory)
  --lb [c2=]ip|hostname|none   what a LoadBalancer Service gets (ip); may be repeated
  --istiod REV              an istiod of this revision in each cluster (none)
  --cluster-id-prefix P     put before the cluster's name to make its id
  --help                    this text

COMMAND finds MESH_TEST_DIR, MESH_TEST_CLUSTERS and MESH_TEST_CTL as beside real
ones, and MESH_TEST_BED=simulated.
TEXT
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mesh=("${MESH_BIN:?names the program}" sim run --platform kubernetes)
istiod=none
prefix=""
while [[ $# -gt 0 ]]; do
  case "$1" in
    --clusters | --dir | --lb | --seed | --delay) mesh+=("$1" "${2:?$1 needs a value}") && shift 2 ;;
    --istiod) istiod="${2:?--istiod needs a value}" && shift 2 ;;
    --cluster-id-prefix) prefix="${2?--cluster-id-prefix needs a value}" && shift 2 ;;
    --help | -h) usage && exit ;;
    --) shift && break ;;
    *) echo "simulated/run.sh: what is $1? See run.sh --help" >&2 && exit 64 ;;
  esac
done
[[ $# -gt 0 ]] || { echo "simulated/run.sh: no command after --" >&2 && exit 64; }

export MESH_TEST_CTL="$here/ctl" MESH_TEST_BED=simulated
exec "${mesh[@]}" --istiod "$istiod" --cluster-id-prefix "$prefix" -- "$@"
