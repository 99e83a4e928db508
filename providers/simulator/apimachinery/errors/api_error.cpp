#include "providers/simulator/apimachinery/errors/api_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::string qualified(const std::string& name, const std::string& group) {
  return group.empty() ? name : name + "." + group;
}

json causes_json(const std::vector<Cause>& causes) {
  json list = json::array();
  for (const Cause& cause : causes)
    list.push_back({{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}});
  return list;
}

/// One problem stands as it is, more in brackets, equal ones once.
std::string joined(const std::vector<Cause>& causes) {
  std::vector<std::string> texts;
  for (const Cause& cause : causes) {
    std::string text = cause.field.empty() ? cause.message : cause.field + ": " + cause.message;
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
  }
  return texts.size() == 1 ? texts.front() : fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace

json to_status(const ApiError& error) {
  json status = {{"kind", "Status"},    {"apiVersion", "v1"},       {"metadata", json::object()},
                 {"status", "Failure"}, {"message", error.message}, {"code", error.code}};
  if (!error.reason.empty()) status["reason"] = error.reason;
  if (!error.details.is_null()) status["details"] = error.details;
  return status;
}

ApiError bad_request(std::string message) {
  return {.code = 400, .reason = "BadRequest", .message = std::move(message), .details = nullptr};
}

ApiError internal_error(std::string message) {
  return {.code = 500, .reason = "", .message = std::move(message), .details = nullptr};
}

ApiError invalid(const std::string& group, const std::string& kind, const std::string& name,
                 const std::vector<Cause>& causes) {
  json details = json::object();
  if (!name.empty()) details["name"] = name;
  if (!group.empty()) details["group"] = group;
  if (!kind.empty()) details["kind"] = kind;
  if (!causes.empty()) details["causes"] = causes_json(causes);
  std::string message = fmt::format("{} \"{}\" is invalid", qualified(kind, group), name);
  if (!causes.empty()) message += ": " + joined(causes);
  return {.code = 422, .reason = "Invalid", .message = std::move(message), .details = std::move(details)};
}

ApiError conflict(const std::string& group, const std::string& resource, const std::string& name,
                  const std::string& why) {
  json details = {{"name", name}, {"kind", resource}};
  if (!group.empty()) details["group"] = group;
  return {
      .code = 409,
      .reason = "Conflict",
      .message = fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", qualified(resource, group), name, why),
      .details = std::move(details)};
}

}  // namespace mesh::simulator
