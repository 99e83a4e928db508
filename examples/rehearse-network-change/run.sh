#!/usr/bin/env bash
# A network gets another name, which the injector does not know: the rehearsal shows what would break, before any apply.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

mesh apply --auto-approve >/dev/null 2>&1
sed -i 's/network = "azure1"/network = "azure-west"/' mesh.toml
show mesh plan --rehearse --skip-check network-injector
