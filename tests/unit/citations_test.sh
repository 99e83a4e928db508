#!/usr/bin/env bash
# Resolves the citations in comments and texts: `(istio-facts 5.2)` and `(kubernetes-facts 2.4, 3.1)` name headings of
# providers/istio/FACTS.md and providers/kubernetes/FACTS.md. A Markdown file that is named, and a source that a text names,
# exist in the repository. `citations_test.sh --self-test` shows that a wrong citation is found.
set -euo pipefail

# matches ROOT PATTERN: FILE:LINE:MATCH of each match in sources and texts, outside of golden folders.
matches() {
  (
    cd "$1"
    find . \( -name golden -o -name build -o -name .git \) -prune -o -type f ! -name citations_test.sh \
    -regextype egrep -regex '.*\.(h|cpp|py|sh|md|go|cmake|txt)' -print0 |
      { xargs -0 grep -noIHE "$2" || true; } | sed 's|^\./||'
  )
}

check_tree() {
  local root="$1" problems=0 file line match of number document
  declare -A headings=()
  for of in istio kubernetes; do
    while read -r number; do headings["$of $number"]=1; done \
      < <(sed -nE "s/^## $of-facts ([0-9.]+): .*/\1/p" "$root/providers/$of/FACTS.md")
  done
  while IFS=: read -r file line match; do
    of="${match%%-facts*}"
    for number in $(tr ',' ' ' <<<"${match#*-facts }"); do
      [[ -n "${headings["$of $number"]+known}" ]] && continue
      echo "$file:$line: $of-facts $number: providers/$of/FACTS.md has no such heading"
      problems=1
    done
  done < <(matches "$root" '(istio|kubernetes)-facts [0-9]+(\.[0-9]+)?(, [0-9]+(\.[0-9]+)?)*')
  while IFS=: read -r file line match; do
    echo "$file:$line: $match: cite a heading of a FACTS.md"
    problems=1
  done < <(matches "$root" '[( ]F[ §]+[0-9]+(\.[0-9]+)?[),]')
  while IFS=: read -r file line match; do
    document="${match##*/}"
    [[ -n "$(find "$root" -name "$document" -not -path '*/build/*' -print -quit)" ]] && continue
    echo "$file:$line: $match is not in the repository"
    problems=1
  done < <(matches "$root" '[A-Za-z][A-Za-z0-9_/-]*\.md\b')
  # A source in backquotes in a text: the path, or the end of one.
  # shellcheck disable=SC2016
  while IFS=: read -r file line match; do
    [[ "$file" == *.md ]] || continue
    match="${match//\`/}"
    [[ -n "$(find "$root" -path "*/$match" -not -path '*/build/*' -print -quit)" ]] && continue
    echo "$file:$line: $match is not in the repository"
    problems=1
  done < <(matches "$root" '`(engine|providers|tests|apiserver|apimachinery|controllers|istio|pods|server|faults|objects)/[a-z_/]+\.(h|cpp)`')
  return "$problems"
}

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ "${1:-}" == --self-test ]]; then
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/providers/istio" "$scratch/providers/kubernetes"
  printf '## istio-facts 2: networks\n## istio-facts 5.1: Secrets\n' >"$scratch/providers/istio/FACTS.md"
  echo '## kubernetes-facts 2.4: removals' >"$scratch/providers/kubernetes/FACTS.md"
  echo '// Known (istio-facts 5.1, 2; kubernetes-facts 2.4), in FACTS.md.' >"$scratch/providers/good.h"
  echo '// Unknown (istio-facts 5.1, 5.2; kubernetes-facts 5.1), old (F 5.2), see plans/lost.md.' >"$scratch/providers/bad.h"
  # shellcheck disable=SC2016  # backquotes of Markdown
  echo 'See `providers/good.h`, `controllers/lost.cpp`.' >"$scratch/providers/good.md"
  found="$(check_tree "$scratch" || true)"
  [[ "$(wc -l <<<"$found")" -eq 5 && "$found" != *good.h* ]] || {
    echo "wrong citations were not all found:"
    echo "$found"
    exit 1
  }
  exit 0
fi
check_tree "$here"
