#!/usr/bin/env bash
# A protected cluster leaves the spec: the plan is refused. Without protection its part and all traces of it are removed.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

mesh apply --auto-approve >/dev/null 2>&1
sed -i '/^\[cluster.c3\]/,$d' mesh.toml
show mesh plan

# The protection is kept in the state: a deleted line does not end it, a command does.
show mesh unprotect c3
show mesh plan
show mesh apply --auto-approve
show mesh plan --detailed-exitcode
