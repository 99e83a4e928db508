#pragma once

#include <vector>

#include "engine/model/checks/remote_credential.h"
#include "engine/model/object.h"

namespace mesh::istio {

/// What may be told of the kubeconfigs in remote Secrets, one for each key. The only place where `mesh check` looks
/// into them: data, tokens, passwords and keys are wiped before it returns (what parsers and the HTTP answer held is
/// freed, not wiped), and no text of the answer comes from a credential.
std::vector<RemoteCredential> judge_credentials(std::vector<Object> secrets);

}  // namespace mesh::istio
