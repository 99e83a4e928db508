#pragma once

#include <string>

#include "engine/base/result.h"
#include "providers/kubernetes/kubeconfig/access.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh::kubernetes {

/// Takes one context (empty: the current one) out of a kubeconfig, checks what belongs to it and reads the files that
/// it names. All problems at once; warnings go to `warnings`. Errors: unknown_context, kubeconfig_invalid,
/// legacy_auth_provider, file_not_readable, credential_invalid, insecure_tls (credentials over plain HTTP).
Result<Access> resolve_context(const Kubeconfig& config, const std::string& context, const ReadFile& read,
                               Diagnostics& warnings);

}  // namespace mesh::kubernetes
