#!/usr/bin/env bash
# `cmake --install` puts a working mesh under a prefix.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

prefix="$(mktemp -d)"
trap 'rm -rf "$prefix"' EXIT
cmake --install "build/${MESH_PRESET:-release}" --prefix "$prefix" >/dev/null
cd "$prefix"
[[ "$(bin/mesh version | head -n 1)" == "mesh "* ]]
# A program beside it: it is found there.
[[ "$(bin/mesh sim --help | head -n 1)" == "Simulated clusters"* ]]
bin/mesh schema | jq -e '."$schema"' >/dev/null
# Only the two programs and their documents: no test library, no header.
find . -type f | LC_ALL=C sort | tee "$prefix/list" >&2
! grep -vE '^\./(bin/mesh(-sim)?|share/(doc/)?mesh/.*|list)$' "$prefix/list"
