#include "providers/kubernetes/kubeconfig/exec_plugin.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto credential = mesh::kubernetes::parse_exec_credential(std::string(mesh::fuzz::text_of(data, size)),
                                                                  "client.authentication.k8s.io/v1", "plugin");
  if (!credential) mesh::fuzz::require_printable(credential.error());
  return 0;
}
