#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/request/reply.h"

// Small helpers that the files of this layer share.
namespace mesh::simulator {

/// The text of a member; "" when there is none or it is no text.
inline std::string text_at(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The texts of a member that is a list; others are left out.
inline std::vector<std::string> texts_at(const nlohmann::json& object, const char* key) {
  std::vector<std::string> texts;
  if (!object.is_object() || !object.contains(key) || !object.at(key).is_array()) return texts;
  for (const nlohmann::json& item : object.at(key)) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// "services", "deployments.apps".
inline std::string qualified(const std::string& resource, const std::string& group) {
  return group.empty() ? resource : resource + "." + group;
}

/// 400: the body is of another kind than the path takes.
inline Reply wrong_kind(const nlohmann::json& body, const std::string& desired) {
  const std::string kind = text_at(body, "kind");
  const std::string version = text_at(body, "apiVersion");
  return failure_reply(
      400, "BadRequest",
      fmt::format("{0} in version \"{1}\" cannot be handled as a {2}: no kind \"{0}\" is registered for "
                  "version \"{1}\" in scheme \"pkg/runtime/scheme.go:111\"",
                  kind, version.substr(version.find('/') + 1), desired));
}

}  // namespace mesh::simulator
