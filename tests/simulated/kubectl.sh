#!/usr/bin/env bash
# Prints the path of a kubectl, and gets it when it is not there: kubectl.sh debian|current
#   debian    that of Debian's package kubernetes-client, unpacked but not installed when the machine does not have it
#   current   $KUBECTL, or one built from its Go modules (kubectl/go.mod), once
# Exit code 77: not to be had here; stderr says what is missing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/mesh-kubectl"

missing() {
  printf 'kubectl.sh: %s\n' "$1" >&2
  exit 77
}

# keep DIR COMMAND...: runs COMMAND with an empty directory as its last argument, which then becomes DIR.
keep() {
  local target="$1"
  shift
  [[ ! -d "$target" ]] || return 0
  mkdir -p "$cache"
  (
    flock 9
    [[ ! -d "$target" ]] || exit 0
    scratch="$(mktemp -d "$cache/make.XXXXXX")"
    # shellcheck disable=SC2064  # the name as it is now
    trap "rm -rf '$scratch'" EXIT
    "$@" "$scratch" || exit
    chmod 755 "$scratch"
    mv -T "$scratch" "$target"
  ) 9>"$cache/lock"
}

unpack() {
  (cd "$1" && apt-get -qq download kubernetes-client >&2 && dpkg-deb -x ./*.deb . && rm ./*.deb) ||
    missing "Debian's package kubernetes-client cannot be fetched: are the package lists there (apt-get update)?"
}

build() {
  local go
  go="$("$here/../realcluster/toolchain.sh")" || exit
  echo "kubectl.sh: building kubectl; this happens once and takes minutes" >&2
  (cd "$here/kubectl" && GOTOOLCHAIN=local GOWORK=off GO111MODULE=on CGO_ENABLED=0 PATH="${go%/*}:$PATH" \
    nice go build -trimpath -buildvcs=false -ldflags "-s -w $(stamp)" -o "$1/kubectl" . >&2) ||
    missing "kubectl cannot be built from its Go modules: does GOPROXY name a proxy that is reachable?"
}

# The version that `kubectl version` tells.
stamp() {
  local version
  version="v1.$(awk '$1 == "k8s.io/kubectl" { sub(/^v0[.]/, "", $2); print $2 }' "$here/kubectl/go.mod")"
  echo "-X k8s.io/component-base/version.gitVersion=$version"
}

case "${1:-}" in
  debian)
    if dpkg-query -W -f='${Status}\n' kubernetes-client 2>/dev/null | grep -q '^install ok installed$'; then
      echo /usr/bin/kubectl
      exit
    fi
    type -P apt-get dpkg-deb >/dev/null || missing "this is no Debian"
    keep "$cache/debian" unpack
    echo "$cache/debian/usr/bin/kubectl"
    ;;
  current)
    if [[ -n "${KUBECTL:-}" ]]; then
      echo "$KUBECTL"
      exit
    fi
    made="$cache/current-$(cat "$here/kubectl/"* "${BASH_SOURCE[0]}" | sha256sum | cut -c 1-16)"
    keep "$made" build
    echo "$made/kubectl"
    ;;
  *)
    echo "usage: kubectl.sh debian|current" >&2
    exit 64
    ;;
esac
