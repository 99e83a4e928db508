#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace mesh::simulator {

/// The HelloWorld and Sleep samples (istio-facts 9) in namespace `sample`, labelled for the revision. `versions`: which
/// of helloworld-v1 and -v2 to deploy.
std::vector<nlohmann::json> sample_objects(const std::string& revision, const std::set<std::string>& versions,
                                           const std::string& ns = "sample");

}  // namespace mesh::simulator
