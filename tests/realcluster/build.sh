# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets "here"
# Sourced by run.sh: finds or builds the programs. Everything that is built is
# kept outside the tree, under a key made from what it is built of.

cache="${XDG_CACHE_HOME:-$HOME/.cache}/mesh-realcluster"

say() { printf 'realcluster: %s\n' "$*" >&2; }

# key NAME PATH...: NAME with a digest of the module's versions, of this file and
# of the sources PATH.
key() {
  local name="$1"
  shift
  printf '%s-%s' "$name" "$(cd "$here" &&
    find go.mod go.sum build.sh toolchain.sh "$@" -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c 1-16)"
}

# compile PACKAGE OUTPUT
compile() {
  local go version minor stamp definitions
  go="$("$here/toolchain.sh")" || return
  version="$(awk '$1 == "k8s.io/kubernetes" && $2 != "=>" { print $2; exit }' "$here/go.mod")"
  minor="${version#v1.}"
  stamp=k8s.io/component-base/version
  local run=(env "PATH=${go%/*}:$PATH" GOTOOLCHAIN=local GOWORK=off GO111MODULE=on CGO_ENABLED=0)
  # Listing downloads what the package needs, and only that.
  if ! (cd "$here" && "${run[@]}" go list -deps "$1" >/dev/null && "${run[@]}" go mod download istio.io/api) \
    2> >(grep -v '^go: downloading' >&2); then
    say "the Go modules for $1 cannot be had; the messages are above"
    say "to do: does GOPROXY name a proxy that is reachable, and is there disk space?"
    return 77
  fi
  if [[ -n "${3:-}" ]]; then
    definitions="$(cd "$here" && "${run[@]}" go list -m -f '{{.Dir}}' istio.io/api)/kubernetes/customresourcedefinitions.gen.yaml"
    install -m 644 "$definitions" "$3" || return 70
  fi
  (cd "$here" && nice "${run[@]}" go build -trimpath -buildvcs=false -o "$2" -ldflags "-s -w \
    -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=${minor%%.*} -X $stamp.gitTreeState=clean" "$1") || {
    say "building $1 failed; the messages are above"
    return 70
  }
}

# cached KEY FUNCTION: has FUNCTION fill a directory, unless that happened before.
# Sets "made" to the directory.
cached() {
  made="$cache/$1"
  if [[ -d "$made" ]]; then
    touch "$made"
    return
  fi
  mkdir -p "$cache"
  (
    flock 9
    [[ -d "$made" ]] && exit # another run made it while we waited
    scratch="$(mktemp -d "$cache/build.XXXXXX")"
    # shellcheck disable=SC2064  # the name as it is now
    trap "rm -rf '$scratch'" EXIT
    "$2" "$scratch" || exit
    chmod 755 "$scratch"
    mv -T "$scratch" "$made"
    # What nothing has used for a month is of versions long gone.
    find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
  ) 9>"$cache/build.lock"
}

make_supervisor() {
  say "building the supervisor"
  compile ./cmd/realcluster "$1/realcluster" "$1/crds.yaml"
}

make_controlplane() {
  say "building etcd, kube-apiserver and kube-controller-manager; this happens once and takes minutes"
  compile ./cmd/controlplane "$1/controlplane" || return
  for name in etcd kube-apiserver kube-controller-manager; do
    ln -s controlplane "$1/$name"
  done
}

make_kcm() {
  say "building kube-controller-manager, which \$KUBEBUILDER_ASSETS lacks; this happens once and takes minutes"
  compile ./cmd/kcm "$1/kube-controller-manager"
}

# prepare sets supervisor (with its flags) to what starts the control planes.
prepare() {
  local etcd apiserver controllers assets="${KUBEBUILDER_ASSETS:-}"
  cached "$(key realcluster cmd/realcluster internal embed.go fake_istiod.yaml audit_policy.yaml)" make_supervisor || return
  supervisor=("$made/realcluster" up --crds "$made/crds.yaml")
  if [[ -n "$assets" && ! (-x "$assets/etcd" && -x "$assets/kube-apiserver") ]]; then
    say "KUBEBUILDER_ASSETS=$assets does not have etcd and kube-apiserver: using own ones"
    assets=""
  fi
  if [[ -z "$assets" ]]; then
    cached "$(key controlplane cmd/controlplane)" make_controlplane || return
    etcd="$made/etcd" apiserver="$made/kube-apiserver" controllers="$made/kube-controller-manager"
  else
    etcd="$assets/etcd" apiserver="$assets/kube-apiserver" controllers="$assets/kube-controller-manager"
    if [[ ! -x "$controllers" ]]; then
      cached "$(key kcm cmd/kcm)" make_kcm || return
      controllers="$made/kube-controller-manager"
    fi
  fi
  supervisor+=(--etcd "$etcd" --kube-apiserver "$apiserver" --kube-controller-manager "$controllers")
}
