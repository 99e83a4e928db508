#include "providers/simulator/apiserver/authorization/reviews.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// What a SelfSubjectAccessReview asks. Errors: 422 unless it is about exactly one thing.
ApiResult<RequestInfo> question_of(const json& review) {
  const json* resource = at(review, {"spec", "resourceAttributes"});
  const json* path = at(review, {"spec", "nonResourceAttributes"});
  const bool about_resource = resource != nullptr && resource->is_object();
  if (about_resource == (path != nullptr && path->is_object())) {
    return tl::unexpected(
        invalid("authorization.k8s.io", "", "",
                {{"FieldValueInvalid",
                  "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified",
                  about_resource ? "spec.nonResourceAttributes" : "spec.resourceAttributes"}}));
  }
  const json& from = about_resource ? *resource : *path;
  return RequestInfo{.resource_request = about_resource,
                     .verb = text(from, {"verb"}),
                     .path = text(from, {"path"}),
                     .group = text(from, {"group"}),
                     .version = text(from, {"version"}),
                     .ns = text(from, {"namespace"}),
                     .resource = text(from, {"resource"}),
                     .subresource = text(from, {"subresource"}),
                     .name = text(from, {"name"})};
}

/// {resourceRules, nonResourceRules, incomplete}.
json rules_status(const Rights& rights) {
  json resources = json::array();
  json paths = json::array();
  for (const Granted& one : rights.rules) {
    json rule = one.rule;
    if (!items(rule, {"resources"}).empty()) {
      rule.erase("nonResourceURLs");
      resources.push_back(std::move(rule));
    } else if (!items(rule, {"nonResourceURLs"}).empty()) {
      paths.push_back(std::move(rule));
    }
  }
  json status = {{"resourceRules", resources}, {"nonResourceRules", paths}, {"incomplete", false}};
  if (!rights.errors.empty()) status["evaluationError"] = fmt::format("{}", fmt::join(rights.errors, ", "));
  return status;
}

json user_info(const User& user) {
  json info = json::object();
  if (!user.name.empty()) info["username"] = user.name;
  if (!user.uid.empty()) info["uid"] = user.uid;
  if (!user.groups.empty()) info["groups"] = user.groups;
  if (!user.extra.empty()) info["extra"] = user.extra;
  return info;
}

}  // namespace

Answer answer_review(json review, const User& user, const Objects& objects) {
  const std::string kind = text(review, {"kind"});
  if (kind == "SelfSubjectReview") {
    review["status"] = {{"userInfo", user_info(user)}};
  } else if (kind == "SelfSubjectRulesReview") {
    const std::string ns = text(review, {"spec", "namespace"});
    if (ns.empty()) return tl::unexpected(bad_request("no namespace on request"));
    review["spec"] = json::object();
    review["status"] = rules_status(rights_of(user, ns, objects));
  } else {
    const auto question = question_of(review);
    if (!question) return tl::unexpected(question.error());
    const Decision decision = authorize(user, *question, objects);
    review["status"] = {{"allowed", decision.allowed}};
    if (!decision.reason.empty()) review["status"]["reason"] = decision.reason;
  }
  return json_response(review, 201);
}

}  // namespace mesh::simulator
