#include "providers/simulator/server/control.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "providers/simulator/faults/fault.h"
#include "providers/simulator/faults/load_faults.h"

namespace mesh::simulator {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view faults_path = "/control/faults";

ApiResponse json(const ordered_json& body, int status = 200) {
  ApiResponse response;
  response.status = status;
  response.body = body.dump() + "\n";
  return response;
}

ApiResponse problem(int status, const std::string& text) { return json({{"error", text}}, status); }

bool knows(const std::string& token, const ApiRequest& request) {
  const auto header = request.headers.find("authorization");
  if (header == request.headers.end()) return false;
  const std::string desired = "Bearer " + token;
  return header->second.size() == desired.size() &&
         CRYPTO_memcmp(header->second.data(), desired.data(), desired.size()) == 0;
}

ApiResponse listed(const FaultSet& faults) {
  ordered_json list = ordered_json::array();
  for (const auto& [fault, strikes] : faults.list()) {
    list.push_back({{"id", fault.id}, {"words", words_of(fault)}, {"strikes", strikes}});
  }
  return json({{"faults", list}});
}

ApiResponse added(FaultSet& faults, const std::vector<std::string>& clusters, const std::string& body) {
  const auto asked = nlohmann::json::parse(body, nullptr, false);
  if (!asked.is_object() || !asked.contains("words") || !asked["words"].is_array()) {
    return problem(400, "the body is no {\"words\": [KEY=VALUE…]}");
  }
  std::vector<std::string> words;
  for (const auto& word : asked["words"]) {
    if (!word.is_string()) return problem(400, "a word is not a text");
    words.push_back(word.get<std::string>());
  }
  auto fault = fault_of_words(words);
  if (!fault) {
    std::string text;
    for (const Diagnostic& one : fault.error()) text += fmt::format("{}{}", text.empty() ? "" : "; ", one.cause);
    return problem(400, text);
  }
  if (const auto why = without_target(*fault, clusters)) return problem(400, *why);
  const auto id = faults.add(std::move(*fault));
  return id ? json({{"id", *id}}) : problem(409, "a fault with that id is on");
}

}  // namespace

std::optional<std::string> without_target(const Fault& fault, const std::vector<std::string>& clusters) {
  for (const std::string& cluster : clusters) {
    if (covers(fault.cluster, cluster)) return std::nullopt;
  }
  constexpr std::size_t most = 10;
  std::string served;
  for (std::size_t i = 0; i < std::min(most, clusters.size()); ++i) served += (i == 0 ? "" : ", ") + clusters[i];
  if (clusters.size() > most) served += fmt::format(" and {} more", clusters.size() - most);
  return fmt::format("cluster: `{}` covers none of those that are served: {}", fault.cluster, served);
}

ApiResponse control(FaultSet& faults, const std::string& token, const std::vector<std::string>& clusters,
                    const ApiRequest& request) {
  if (!knows(token, request)) return problem(401, "the bearer token is not the one of control.json");
  const std::string_view path = request.path;
  if (path != faults_path && !path.starts_with("/control/faults/")) return problem(404, "no such thing to control");
  const std::string id(path.substr(std::min(path.size(), faults_path.size() + 1)));
  if (request.method == "GET" && id.empty()) return listed(faults);
  if (request.method == "POST" && id.empty()) return added(faults, clusters, request.body);
  if (request.method != "DELETE") return problem(405, "methods are GET, POST and DELETE");
  if (id.empty()) {
    faults.clear();
  } else if (!faults.remove(id)) {
    return problem(404, fmt::format("no fault `{}` is on", id));
  }
  return json(ordered_json::object());
}

}  // namespace mesh::simulator
