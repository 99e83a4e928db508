#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/authentication/user.h"
#include "providers/simulator/apiserver/request/json_response.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// POST of a SelfSubjectAccessReview, SelfSubjectRulesReview or SelfSubjectReview: 201 with `review`, which is decoded,
/// and the answer in its status. Errors: 400, 422.
Answer answer_review(nlohmann::json review, const User& user, const Objects& objects);

}  // namespace mesh::simulator
