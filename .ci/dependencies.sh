#!/usr/bin/env bash
# Installs what building and testing need and the machine lacks: Debian 12 packages. Does nothing, and needs no rights,
# when all is there. Go is not among them: tests/realcluster/ sees to its own.
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache pkg-config git curl jq python3 python3-yaml openssl
  libcurl4-openssl-dev libssl-dev libgit2-dev libtomlplusplus-dev libyaml-cpp-dev libyaml-dev nlohmann-json3-dev
  libfmt-dev libcli11-dev libexpected-dev libmimalloc-dev libsimdjson-dev libspdlog-dev
  libboost1.81-dev libnghttp2-dev zlib1g-dev
  libgtest-dev libgmock-dev libvalijson-dev librapidcheck-dev libbenchmark-dev libcpp-httplib-dev
)
# --tests: what a suite of tests/run.sh needs beyond the build; --checks: that, and the tools of the checks.
[[ "${1:-}" != --tests && "${1:-}" != --checks ]] || packages+=(openssh-server openssh-client iptables iproute2 python3-pip)
[[ "${1:-}" != --checks ]] || packages+=(clang-format clang-tidy shellcheck clang libclang-rt-14-dev)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ "$(id -u)" -ne 0 ]]; then
  command -v sudo >/dev/null || {
    echo "These Debian packages are missing: ${missing[*]}" >&2
    echo "Install them as root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "Installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
