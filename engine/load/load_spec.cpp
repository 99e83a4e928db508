#include "engine/load/load_spec.h"

#include "engine/base/digest.h"
#include "engine/load/fill_defaults.h"
#include "engine/load/parse_toml.h"
#include "engine/load/problems.h"
#include "engine/load/read_spec.h"
#include "engine/load/rules.h"

namespace mesh {

Result<Spec> load_spec(const SourceText& source, const PlatformSet& platforms) {
  const auto document = parse_toml(source);
  if (!document) return failure(document.error());
  Problems problems(source.name);
  const SpecDraft draft = read_spec(*document, problems);
  check_rules(draft, platforms, problems);
  if (!problems.empty()) return failure(problems.take());
  Spec spec = fill_defaults(draft, source.name, source.folder);
  spec.text = source.bytes;
  spec.digest = sha256_hex(source.bytes);
  return spec;
}

}  // namespace mesh
