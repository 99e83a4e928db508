#include "providers/kubernetes/kubeconfig/resolve_context.h"
#include "tests/fuzz/fuzz.h"

namespace {

mesh::Result<std::string> no_file(const std::filesystem::path&) {
  return mesh::failure(mesh::Diagnostic{.code = mesh::Code::file_not_readable});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mesh;
  const auto config = kubernetes::parse_kubeconfig(fuzz::text_of(data, size), "kubeconfig");
  if (!config) {
    fuzz::require_printable(config.error());
    return 0;
  }
  const kubernetes::Kubeconfig merged = kubernetes::merge_kubeconfigs({*config, *config});
  for (const auto& context : merged.contexts) {
    Diagnostics warnings;
    const auto access = kubernetes::resolve_context(merged, context.name, no_file, warnings);
    fuzz::require_printable(access ? warnings : access.error());
  }
  return 0;
}
