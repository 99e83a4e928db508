#!/usr/bin/env bash
# Joins a GKE on VMware cluster and an attached EKS cluster, and shows that a second plan is empty.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

show mesh validate
show mesh plan
show mesh apply --auto-approve
show mesh plan --detailed-exitcode
