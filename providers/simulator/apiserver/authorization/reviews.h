#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/authentication/authenticate.h"
#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/apiserver/request/reply.h"

namespace mesh::simulator {

/// POST of a TokenReview, (Self|Local)SubjectAccessReview, SelfSubjectRulesReview or SelfSubjectReview: 201 with the
/// answer in status, or a Status. `ns` is the path's namespace, for LocalSubjectAccessReview.
Reply answer_review(const ResourceInfo& resource, const std::string& version, const std::string& ns,
                    const nlohmann::json& body, const User& user, const Authentication& by);

}  // namespace mesh::simulator
