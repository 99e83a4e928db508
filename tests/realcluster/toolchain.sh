#!/usr/bin/env bash
# Prints the path of a Go that can build this folder, and gets one if there is
# none. May be called from anywhere; says on stderr what it does.
#
#   GO="$(tests/realcluster/toolchain.sh)"
#
# Exit codes: 0 found or made, 77 not to be had here (stderr says what is missing).
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/mesh-realcluster"

# What go.mod asks for at least, and what is fetched when that is not there.
needed="$(awk '$1 == "go" { print $2 }' "$here/go.mod")"
fetched=1.26.8

say() { printf 'toolchain: %s\n' "$*" >&2; }

missing() {
  say "$1"
  say "to do: $2"
  exit 77
}

# fits GO: is it new enough? GOTOOLCHAIN=local asks for its own version, not for
# one that it would fetch.
fits() {
  local version
  version="$(cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null)" || return 1
  version="${version#go}"
  [[ "$(printf '%s\n' "$needed" "${version%% *}" | sort -V | head -n 1)" == "$needed" ]]
}

# candidates: the Gos of this machine.
candidates() {
  local candidate
  for candidate in "$(command -v go || true)" "$cache/go-$fetched/bin/go" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
    [[ ! -x "$candidate" ]] || echo "$candidate"
  done
}

# any_go DIR: some Go, however old: it only has to fetch a module.
any_go() {
  local found
  found="$(candidates | head -n 1)"
  if [[ -n "$found" ]]; then
    echo "$found"
  else
    debian_go "$1"
  fi
}

# debian_go DIR: unpacks Debian's Go into DIR; nothing is installed, so that it
# works without root too.
debian_go() {
  type -P apt-get dpkg-deb >/dev/null ||
    missing "there is no Go, and no apt-get to get one" "install Go $needed or newer and put it on PATH"
  if ! apt-cache show golang-go >/dev/null 2>&1 && [[ "$(id -u)" == 0 ]]; then
    say "reading the package lists"
    apt-get -qq update >&2 || true
  fi
  # golang-go depends on golang-VERSION-go, which holds the program.
  local package
  package="$(apt-cache depends golang-go 2>/dev/null | awk '/Depends: golang-[0-9.]+-go$/ { print $2; exit }')"
  [[ -n "$package" ]] ||
    missing "apt knows no golang-go" "run apt-get update as root, or install Go $needed or newer"
  say "getting Debian's $package, to fetch Go $fetched with"
  (cd "$1" && apt-get -qq -o APT::Sandbox::User=root download "$package" >&2) ||
    missing "apt-get could not download $package" "look at the message above; is a package mirror reachable?"
  dpkg-deb -x "$1"/golang-*.deb "$1/debian"
  echo "$1"/debian/usr/lib/go-*/bin/go
}

# fetch: the Go module proxy has toolchains as modules; go checks their sums.
fetch() {
  local arch scratch old module
  case "$(uname -m)" in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) missing "no Go is known for $(uname -m)" "install Go $needed or newer and put it on PATH" ;;
  esac
  scratch="$(mktemp -d "$cache/go.XXXXXX")"
  # shellcheck disable=SC2064  # the name as it is now
  trap "chmod -R u+w '$scratch'; rm -rf '$scratch'" EXIT
  old="$(any_go "$scratch")"
  module="golang.org/toolchain@v0.0.1-go$fetched.linux-$arch"
  say "fetching Go $fetched"
  (cd "$scratch" && GOTOOLCHAIN=local GOFLAGS=-modcacherw GOMODCACHE="$scratch/modules" GOROOT="${old%/bin/go}" \
    "$old" mod download "$module" >&2) ||
    missing "the Go module proxy did not give $module" "look at the message above; does GOPROXY name a proxy that is reachable?"
  # Modules carry no execute bits.
  chmod -R u+w "$scratch/modules/$module"
  chmod +x "$scratch/modules/$module"/bin/* "$scratch/modules/$module"/pkg/tool/*/*
  mv -T "$scratch/modules/$module" "$cache/go-$fetched"
}

while read -r go; do
  if fits "$go"; then
    echo "$go"
    exit
  fi
done < <(candidates)
mkdir -p "$cache"
exec 8>"$cache/go.lock"
flock 8
# Another run may have fetched it while we waited.
[[ -x "$cache/go-$fetched/bin/go" ]] || (fetch)
echo "$cache/go-$fetched/bin/go"
