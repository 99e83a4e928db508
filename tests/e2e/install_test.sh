#!/usr/bin/env bash
# `cmake --install` puts a working mesh under a prefix.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

prefix="$(mktemp -d)"
trap 'rm -rf "$prefix"' EXIT
cmake --install "build/${MESH_PRESET:-release}" --prefix "$prefix" >/dev/null
cd "$prefix"
[[ "$(bin/mesh version | head -n 1)" == "mesh "* ]]
bin/mesh schema | jq -e '."$schema"' >/dev/null
# Only the program and its documents: no test library, no header.
find . -type f | LC_ALL=C sort | tee "$prefix/list" >&2
! grep -vE '^\./(bin/mesh|share/(doc/)?mesh/.*|list)$' "$prefix/list"
