#!/usr/bin/env bash
# A cluster gets another name in the spec. mesh knows it by its uid: the gateway stays, only the remote Secrets move.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

mesh apply --auto-approve >/dev/null 2>&1
# The id is what istiod was installed with, so it stays.
sed -i 's/^\[cluster.c1\]/[cluster.berlin]\nid = "cn-acme-fleet-global-c1"/' mesh.toml
show mesh plan
show mesh apply --auto-approve
show mesh plan --detailed-exitcode
