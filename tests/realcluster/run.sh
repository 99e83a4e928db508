#!/usr/bin/env bash
# Runs a command beside real Kubernetes control planes on loopback.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: run.sh [OPTION...] -- COMMAND...
       run.sh [--istio] --build-only

Starts Kubernetes control planes c1 to cN (etcd, kube-apiserver and
kube-controller-manager each), runs COMMAND, takes everything down, and exits
with COMMAND's exit code.

  --clusters N          how many (1)
  --dir DIR             where files go (a fresh directory, removed after success)
  --start-timeout TIME  give up when they do not serve by then (3m)
  --grace TIME          from a signal until COMMAND is killed (10s)
  --build-only          prepare everything, start nothing
  --help                this text

What plays kubelet and cloud. A value may be for one cluster, as c2=VALUE, and
options may be repeated; the ConfigMap kube-system/realcluster changes them live:
  --lb ip|hostname|none            what a LoadBalancer Service gets (ip)
  --lb-delay TIME                  and after how long (200ms)
  --deployments available|never    whether new pods become ready (available)

A real mesh instead: istiod, injection, pods and Envoys that run, in namespaces of
their own, from which nothing of the outside can be reached:
  --istio               install Istio, with --istiod's revision (asm-1233-2)

A faked istiod; a value may be for one cluster here too:
  --istiod REV          install it with this revision, such as asm-1233-2
  --istiod-version V    version of its images (1.23.3-asm.2)
  --mesh-id ID          (proj-123456789012)
  --trust-domain NAME   (acme-fleet.svc.id.goog)
  --cluster-id ID       (the cluster's name: c1, c2 ...)
  --cluster-id-prefix P put before the cluster's name
  --network NAME        (the cluster's name)

COMMAND finds in its environment:
  MESH_TEST_DIR         has c1.kubeconfig to cN.kubeconfig (administrator),
                        logs/cN.*.log, and logs/cN.audit.log: all requests
  MESH_TEST_CLUSTERS    N
  MESH_TEST_SPEC        with --istio: a mesh.toml of all clusters
  MESH_TEST_CTL         a program: ctl status
                        ctl stop|start|restart|pause|resume c2 (its API server)
                        ctl set c2 lb=none lb-delay=1s deployments=never
                        ctl user c2 NAME [GROUP...]: prints a kubeconfig of a
                        user who has the rights that RBAC gives, none at first

Exit codes beside COMMAND's: 64 wrong usage, 70 building failed, 75 the control
planes did not start, 77 something needed is not to be had here (stderr names it).
TEXT
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source-path=SCRIPTDIR source=build.sh
source "$here/build.sh"

build_only=""
istio=""
arguments=()
while [[ $# -gt 0 && "$1" != -- ]]; do
  case "$1" in
    --help | -h)
      usage
      exit
      ;;
    --build-only) build_only=yes ;;
    --istio) istio=yes ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

prepare || exit
[[ -z "$istio" ]] || prepare_istio || exit
[[ -z "$build_only" ]] || exit 0
# The supervisor takes this process over, so that signals reach it directly.
exec "${supervisor[@]}" "${arguments[@]}" "$@"
