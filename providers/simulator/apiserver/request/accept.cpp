#include "providers/simulator/apiserver/request/accept.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

namespace mesh::simulator {
namespace {

struct Clause {
  std::string type, subtype;
  std::map<std::string, std::string> parameters;
  double q = 1;
};

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

Clause clause_of(const std::string& text) {
  const auto parts = split(text, ';');
  Clause clause;
  const auto slash = parts[0].find('/');
  clause.type = parts[0].substr(0, slash);
  clause.subtype = slash == std::string::npos ? "*" : parts[0].substr(slash + 1);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    if (equals == std::string::npos) continue;
    const std::string key = trimmed(parts[i].substr(0, equals));
    const std::string value = trimmed(parts[i].substr(equals + 1));
    if (key == "q") {
      clause.q = std::strtod(value.c_str(), nullptr);
    } else {
      clause.parameters[key] = value;
    }
  }
  return clause;
}

/// By q, as they came within one q, then the more definite ones (goautoneg).
std::vector<Clause> clauses_of(const std::string& accept) {
  std::vector<Clause> clauses;
  for (const std::string& text : split(accept, ',')) {
    if (!text.empty()) clauses.push_back(clause_of(text));
  }
  const auto wide = [](const Clause& clause) { return (clause.type == "*" ? 2 : 0) + (clause.subtype == "*" ? 1 : 0); };
  std::ranges::stable_sort(
      clauses, [&](const Clause& a, const Clause& b) { return a.q != b.q ? a.q > b.q : wide(a) < wide(b); });
  return clauses;
}

std::string parameter(const Clause& clause, const char* name) {
  const auto found = clause.parameters.find(name);
  return found == clause.parameters.end() ? "" : found->second;
}

/// Whether JSON or YAML fits the clause; sets which.
bool media_type(const Clause& clause, Accepted& accepted) {
  if (clause.type != "application" && clause.type != "*") return false;
  accepted.yaml = clause.subtype == "yaml";
  if (accepted.yaml) accepted.content_type = "application/yaml";
  return accepted.yaml || clause.subtype == "json" || (clause.subtype == "*" && clause.type == "*");
}

bool form(const Clause& clause, FormsAllowed forms, Accepted& accepted) {
  const std::string as = parameter(clause, "as");
  if (as.empty()) return true;
  const std::string version = parameter(clause, "v");
  if (forms == FormsAllowed::no || parameter(clause, "g") != "meta.k8s.io") return false;
  if (version != "v1" && version != "v1beta1") return false;
  accepted.version = version;
  if (as == "Table") accepted.form = Form::table;
  if (as == "PartialObjectMetadata") accepted.form = Form::partial;
  if (as == "PartialObjectMetadataList") accepted.form = Form::partial_list;
  return accepted.form != Form::object;
}

Reply indented(int code, const std::string& reason, const std::string& message) {
  Reply reply;
  reply.status = code;
  reply.body = failure_status(code, reason, message).dump(2);
  return reply;
}

}  // namespace

std::optional<Accepted> negotiate(const std::string& accept, FormsAllowed forms) {
  if (trimmed(accept).empty()) return Accepted{};
  for (const Clause& clause : clauses_of(accept)) {
    Accepted accepted;
    if (media_type(clause, accepted) && form(clause, forms, accepted)) return accepted;
  }
  return std::nullopt;
}

Reply unacceptable_reply(const std::string& accept) {
  // Two layers of the real server refuse: one looks at the media types alone, the other at what they ask for.
  for (const Clause& clause : clauses_of(accept)) {
    Accepted accepted;
    if (media_type(clause, accepted)) {
      return indented(406, "NotAcceptable",
                      "only the following media types are accepted: application/json, application/yaml, "
                      "application/vnd.kubernetes.protobuf");
    }
  }
  Reply reply;
  reply.status = 406;
  reply.body = failure_status(406, "NotAcceptable",
                              "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
                              "application/vnd.kubernetes.protobuf",
                              nlohmann::json::object())
                   .dump(2);
  return reply;
}

std::optional<std::string> aggregated_discovery(const std::string& accept) {
  for (const Clause& clause : clauses_of(accept)) {
    const std::string as = parameter(clause, "as");
    if (clause.type != "application" || clause.subtype != "json") {
      Accepted any;
      if (as.empty() && media_type(clause, any)) return std::nullopt;
      continue;
    }
    if (as.empty()) return std::nullopt;
    const std::string version = parameter(clause, "v");
    if (as == "APIGroupDiscoveryList" && parameter(clause, "g") == "apidiscovery.k8s.io" &&
        (version == "v2" || version == "v2beta1")) {
      return version;
    }
  }
  return std::nullopt;
}

}  // namespace mesh::simulator
