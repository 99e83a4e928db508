#!/usr/bin/env bash
# Builds one preset, set-up included: .ci/build.sh release|debug|asan|tsan|fuzz [TARGET...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset="${1:?name a preset: release, debug, asan, tsan or fuzz}"
shift
.ci/dependencies.sh
options=()
# Without the two sloppinesses ccache keeps nothing that uses precompiled headers.
command -v ccache >/dev/null &&
  options+=("-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_SLOPPINESS=pch_defines,time_macros;ccache")
[[ "${CI:-}" != true ]] || options+=(-DMESH_WERROR=ON)
cmake --preset "$preset" "${options[@]}" >"/tmp/mesh-configure.$$" || {
  cat "/tmp/mesh-configure.$$" >&2
  exit 1
}
rm -f "/tmp/mesh-configure.$$"
targets=()
[[ $# -eq 0 ]] || targets=(--target "$@")
cmake --build --preset "$preset" "${targets[@]}"
