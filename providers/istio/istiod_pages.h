#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "providers/kubernetes/client.h"

// The debug pages of istiods, asked for by a command in their pods (istio-facts 9).
namespace mesh::istio {

/// The pods of all istiods of a cluster.
kubernetes::Read istiod_pods(const std::string& system_namespace);
/// Whether a command can be run in the pod: it runs and is not on its way out.
bool can_be_asked(const Object& pod);
/// The command that prints `/debug/PAGE`.
kubernetes::ExecRequest istiod_page(const ObjectId& pod, const std::string& page);
/// The page in what the command printed; pilot-discovery may write lines of its log before it. Nothing: there is none.
std::optional<nlohmann::json> parse_istiod_page(std::string_view printed);

}  // namespace mesh::istio
