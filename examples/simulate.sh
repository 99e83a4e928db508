# shellcheck shell=bash
# Sourced by the run.sh of each example: serves the clusters of its mesh.toml as simulated ones, runs it again beside them,
# in a fresh folder, and gives it:
#   show COMMAND...                  prints a command and runs it; an exit code that is not 0 is printed and does not end the example
#   send CLUSTER METHOD PATH [BODY]  what another client does to a cluster; query and content type are part of PATH and TYPE
# Build and programs: build/release, or those beside $MESH_BIN where that is set.
example="$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)"
root="$(cd "$example/../.." && pwd)"
bin="$root/build/release/bin"
if [[ -n "${MESH_BIN:-}" ]]; then bin="$(dirname "$MESH_BIN")"; fi

if [[ "${1:-}" != --inside ]]; then
  [[ -n "${MESH_BIN:-}" ]] || "$root/.ci/build.sh" release mesh >&2
  exec "$bin/mesh" sim run --spec "$example/mesh.toml" -- "$example/run.sh" --inside
fi

PATH="$bin:$PATH"
cp "$example/mesh.toml" "$MESH_TEST_DIR/"
cd "$MESH_TEST_DIR" || exit

show() {
  echo
  echo "\$ $*"
  "$@" 2>&1 || echo "(exit code $?)"
}

send() {
  local file="$1.kubeconfig"
  value() { awk -v key="$1:" '$1 == key { print $2; exit }' "$file"; }
  curl -sS --fail-with-body -o /dev/null --cacert <(value certificate-authority-data | base64 -d) \
    -H "Authorization: Bearer $(value token)" -H "Content-Type: ${TYPE:-application/merge-patch+json}" \
    -X "$2" --data-binary "${4:-}" "$(value server)$3"
}
