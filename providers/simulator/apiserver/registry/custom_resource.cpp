#include "providers/simulator/apiserver/registry/custom_resource.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "engine/base/lower_case.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// v1beta2 as {stability, 1, 2}: greater is newer. Source: version.CompareKubeAwareVersionStrings.
std::tuple<int, int, int> rank(const std::string& version) {
  const auto number = [](const std::string& text, std::size_t& at) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (error != std::errc()) return -1;
    at = static_cast<std::size_t>(end - text.data());
    return value;
  };
  std::size_t at = 1;
  if (version.empty() || version[0] != 'v') return {-1, 0, 0};
  const int major = number(version, at);
  if (major < 0) return {-1, 0, 0};
  if (at == version.size()) return {2, major, 0};
  const bool alpha = version.compare(at, 5, "alpha") == 0;
  if (!alpha && version.compare(at, 4, "beta") != 0) return {-1, 0, 0};
  at += alpha ? 5 : 4;
  const int minor = number(version, at);
  if (minor < 0 || at != version.size()) return {-1, 0, 0};
  return {alpha ? 0 : 1, major, minor};
}

VersionInfo version_of(const json& version) {
  VersionInfo made;
  made.name = version.value("name", "");
  made.status = at(version, {"subresources", "status"}) != nullptr;
  return made;
}

ResourceInfo read_definition(const json& definition) {
  const json& spec = definition.at("spec");
  const json& names = spec.at("names");
  ResourceInfo made;
  made.custom = true;
  made.group = spec.at("group");
  made.kind = names.at("kind");
  made.plural = names.at("plural");
  made.singular = names.value("singular", lower_case(made.kind));
  made.list_kind = names.value("listKind", made.kind + "List");
  made.short_names = names.value("shortNames", std::vector<std::string>{});
  made.categories = names.value("categories", std::vector<std::string>{});
  made.namespaced = spec.value("scope", "Namespaced") == "Namespaced";
  // The order in which apiextensions lists them.
  made.verbs = {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"};
  for (const json& version : spec.at("versions")) {
    if (version.value("storage", false)) made.storage_version = version.value("name", "");
    if (version.value("served", true)) made.versions.push_back(version_of(version));
  }
  std::ranges::stable_sort(made.versions, newer_version, &VersionInfo::name);
  if (std::ranges::any_of(made.versions, &VersionInfo::status)) {
    made.subresources.push_back({"status", "", "", made.kind, {"get", "patch", "update"}});
  }
  return made;
}

}  // namespace

bool newer_version(const std::string& a, const std::string& b) {
  const auto left = rank(a);
  const auto right = rank(b);
  if (left != right) return left > right;
  return std::get<0>(left) < 0 && a < b;
}

std::optional<ResourceInfo> custom_resource(const json& definition) {
  try {
    ResourceInfo made = read_definition(definition);
    if (made.versions.empty() || made.storage_version.empty()) return std::nullopt;
    return made;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

json established_status(const json& definition, const std::string& now) {
  const json& names = definition.at("spec").at("names");
  json stored = json::array();
  for (const json& version : definition.at("spec").at("versions")) {
    if (version.value("storage", false)) stored.push_back(version.at("name"));
  }
  const auto condition = [&](const char* type, const char* reason, const char* message) {
    return json{
        {"type", type}, {"status", "True"}, {"lastTransitionTime", now}, {"reason", reason}, {"message", message}};
  };
  return {{"conditions",
           json::array({condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                        condition("Established", "InitialNamesAccepted", "the initial names have been accepted")})},
          {"acceptedNames", names},
          {"storedVersions", stored}};
}

}  // namespace mesh::simulator
