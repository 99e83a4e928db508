#include "providers/simulator/apiserver/authorization/reviews.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/authorization/authorize.h"
#include "providers/simulator/apiserver/printers/time_text.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

struct Problem {
  std::string field, message;
};

Reply bad_request(const std::string& message) { return failure_reply(400, "BadRequest", message); }

/// 422 as the validation of these kinds words it: without kind and name.
Reply invalid_review(const std::vector<Problem>& problems) {
  json causes = json::array();
  std::vector<std::string> texts;
  for (const Problem& one : problems) {
    const std::string message = "Invalid value: " + one.message;
    causes.push_back({{"reason", "FieldValueInvalid"}, {"message", message}, {"field", one.field}});
    texts.push_back(one.field + ": " + message);
  }
  const std::string all = texts.size() == 1 ? texts.front() : fmt::format("[{}]", fmt::join(texts, ", "));
  return failure_reply(422, "Invalid", ".authorization.k8s.io \"\" is invalid: " + all,
                       {{"group", "authorization.k8s.io"}, {"causes", causes}});
}

std::string path_value(const json& attributes) {
  return json{{"Path", text_at(attributes, "path")}, {"Verb", text_at(attributes, "verb")}}.dump();
}

/// Metadata in the order in which the server writes it.
std::string metadata_text(const json& metadata) {
  nlohmann::ordered_json text;
  for (const auto& [key, value] : metadata.items()) {
    if (key != "managedFields") text[key] = value;
  }
  for (const json& entry : metadata.value("managedFields", json::array())) {
    nlohmann::ordered_json one;
    for (const char* key : {"manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"}) {
      if (entry.contains(key)) one[key] = entry.at(key);
    }
    text["managedFields"].push_back(std::move(one));
  }
  return text.dump();
}

std::vector<Problem> problems_of(const json& spec, const std::string& kind, const std::string& ns) {
  std::vector<Problem> found;
  const bool resource = spec.contains("resourceAttributes") && !spec["resourceAttributes"].is_null();
  const bool path = spec.contains("nonResourceAttributes") && !spec["nonResourceAttributes"].is_null();
  if (resource && path) {
    found.push_back({"spec.nonResourceAttributes", path_value(spec["nonResourceAttributes"]) +
                                                       ": cannot be specified in combination with resourceAttributes"});
  }
  if (!resource && !path) {
    found.push_back({"spec.resourceAttributes",
                     "null: exactly one of nonResourceAttributes or resourceAttributes must be specified"});
    return found;
  }
  const bool self = kind == "SelfSubjectAccessReview";
  if (!self && text_at(spec, "user").empty() && texts_at(spec, "groups").empty()) {
    found.push_back({"spec.user", "\"\": at least one of user or group must be specified"});
  }
  if (kind != "LocalSubjectAccessReview") return found;
  if (path) {
    found.push_back({"spec.nonResourceAttributes",
                     path_value(spec["nonResourceAttributes"]) + ": disallowed on this kind of request"});
  } else if (const std::string stated = text_at(spec["resourceAttributes"], "namespace"); stated != ns) {
    found.push_back(
        {"spec.resourceAttributes.namespace", fmt::format("\"{}\": must match metadata.namespace", stated)});
  }
  return found;
}

RequestInfo question_of(const json& spec) {
  RequestInfo info;
  const json resource = spec.value("resourceAttributes", json());
  info.resource_request = resource.is_object();
  const json& from = info.resource_request ? resource : spec.at("nonResourceAttributes");
  info.verb = text_at(from, "verb");
  info.path = text_at(from, "path");
  info.group = text_at(from, "group");
  info.version = text_at(from, "version");
  info.ns = text_at(from, "namespace");
  info.resource = text_at(from, "resource");
  info.subresource = text_at(from, "subresource");
  info.name = text_at(from, "name");
  return info;
}

User subject_of(const json& spec) {
  User user{text_at(spec, "user"), text_at(spec, "uid"), texts_at(spec, "groups"), {}};
  const json extra = spec.value("extra", json::object());
  for (const auto& [key, values] : extra.items()) {
    if (values.is_array()) user.extra[key] = values.get<std::vector<std::string>>();
  }
  return user;
}

Reply answer_access(const std::string& kind, json answer, const std::string& ns, const User& user,
                    const Objects& objects) {
  const json& spec = answer["spec"];
  auto problems = problems_of(spec, kind, ns);
  json metadata = answer["metadata"];
  metadata.erase("creationTimestamp");  // sent as null by clients written in Go
  if (kind == "LocalSubjectAccessReview") metadata.erase("namespace");
  const bool named = metadata.size() > metadata.count("managedFields");
  if (named) problems.push_back({"metadata", metadata_text(metadata) + ": must be empty"});
  if (!problems.empty()) return invalid_review(problems);
  const bool self = kind == "SelfSubjectAccessReview";
  const Decision decision = authorize(self ? user : subject_of(spec), question_of(spec), objects);
  answer["status"] = {{"allowed", decision.allowed}};
  if (!decision.reason.empty()) answer["status"]["reason"] = decision.reason;
  if (!ns.empty()) answer["metadata"]["namespace"] = ns;
  return json_reply(answer, 201);
}

Reply answer_rules(json answer, const User& user, const Objects& objects) {
  const std::string ns = text_at(answer["spec"], "namespace");
  if (ns.empty()) return bad_request("no namespace on request");
  const Rights rights = rights_of(user, ns, objects);
  json resources = json::array();
  json paths = json::array();
  for (const Granted& one : rights.rules) {
    json rule = to_json(one.rule);
    if (!one.rule.resources.empty()) {
      rule.erase("nonResourceURLs");
      resources.push_back(std::move(rule));
    } else if (!one.rule.paths.empty()) {
      paths.push_back(std::move(rule));
    }
  }
  answer["spec"] = json::object();
  answer["status"] = {{"resourceRules", resources}, {"nonResourceRules", paths}, {"incomplete", false}};
  if (!rights.errors.empty()) answer["status"]["evaluationError"] = fmt::format("{}", fmt::join(rights.errors, ", "));
  return json_reply(answer, 201);
}

json user_info(const User& user) {
  json info = json::object();
  if (!user.name.empty()) info["username"] = user.name;
  if (!user.uid.empty()) info["uid"] = user.uid;
  if (!user.groups.empty()) info["groups"] = user.groups;
  if (!user.extra.empty()) info["extra"] = user.extra;
  return info;
}

Reply answer_token(json answer, const Authentication& by) {
  const std::string token = text_at(answer["spec"], "token");
  if (token.empty()) return bad_request("token is required for TokenReview in authentication");
  const TokenFinding found = review_token(token, texts_at(answer["spec"], "audiences"), by);
  json status = {{"user", user_info(found.user)}};
  if (found.error.empty()) {
    status["authenticated"] = true;
    status["audiences"] = found.audiences;
  } else {
    status["error"] = found.error;
  }
  answer["status"] = std::move(status);
  return json_reply(answer, 201);
}

}  // namespace

Reply answer_review(const ResourceInfo& resource, const std::string& version, const std::string& ns, const json& body,
                    const User& user, const Authentication& by) {
  Write write;
  write.group = resource.group;
  write.version = version;
  write.kind = resource.kind;
  write.resource = resource.plural;
  const auto decoded = decode_object(write, body.dump(), FieldValidation::ignore);
  if (!decoded) {
    const ApiError& error = decoded.error();
    return failure_reply(error.code, error.reason, error.message, error.details);
  }
  json answer = {{"kind", resource.kind}, {"apiVersion", resource.api_version(version)}};
  answer["metadata"] = decoded->object.value("metadata", json::object());
  answer["spec"] = decoded->object.value("spec", json::object());
  if (resource.kind == "TokenReview") return answer_token(std::move(answer), by);
  if (resource.kind == "SelfSubjectRulesReview") return answer_rules(std::move(answer), user, by.objects);
  if (resource.kind == "SelfSubjectReview") {
    answer.erase("spec");
    answer["metadata"] = {{"creationTimestamp", utc_text(by.now)}};
    answer["status"] = {{"userInfo", user_info(user)}};
    return json_reply(answer, 201);
  }
  return answer_access(resource.kind, std::move(answer), ns, user, by.objects);
}

}  // namespace mesh::simulator
