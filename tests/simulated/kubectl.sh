#!/usr/bin/env bash
# Prints the path of a kubectl: $KUBECTL, or one that is built from its Go modules (kubectl/go.mod), once.
# Exit code 77: it cannot be built here; stderr says what is missing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/mesh-kubectl"

missing() {
  printf 'kubectl.sh: %s\n' "$1" >&2
  exit 77
}

# build PATH: from its modules, while no other run does the same.
build() {
  local go scratch
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [[ ! -e "$1" ]] || return 0
  go="$("$here/../realcluster/toolchain.sh")" || exit
  echo "kubectl.sh: building kubectl; this happens once and takes minutes" >&2
  scratch="$(mktemp "$cache/make.XXXXXX")"
  (cd "$here/kubectl" && GOTOOLCHAIN=local GOWORK=off GO111MODULE=on CGO_ENABLED=0 PATH="${go%/*}:$PATH" \
    nice go build -trimpath -buildvcs=false -ldflags "-s -w $(stamp)" -o "$scratch" . >&2) || {
    rm -f "$scratch"
    missing "kubectl cannot be built from its Go modules: does GOPROXY name a proxy that is reachable?"
  }
  chmod 755 "$scratch"
  mv "$scratch" "$1"
}

# The version that `kubectl version` reports.
stamp() {
  local version
  version="v1.$(awk '$1 == "k8s.io/kubectl" { sub(/^v0[.]/, "", $2); print $2 }' "$here/kubectl/go.mod")"
  echo "-X k8s.io/component-base/version.gitVersion=$version"
}

if [[ -n "${KUBECTL:-}" ]]; then
  echo "$KUBECTL"
  exit
fi
made="$cache/kubectl-$(cat "$here/kubectl/"* "${BASH_SOURCE[0]}" | sha256sum | cut -c 1-16)"
[[ -e "$made" ]] || build "$made"
echo "$made"
