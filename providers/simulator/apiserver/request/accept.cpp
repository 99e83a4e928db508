#include "providers/simulator/apiserver/request/accept.h"

#include <algorithm>
#include <map>
#include <vector>

namespace mesh::simulator {
namespace {

/// One choice of an Accept header: {"", "application/json"}, {"as", "Table"} …
using Choice = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    std::string part = text.substr(at, end - at);
    std::erase(part, ' ');
    if (!part.empty()) parts.push_back(std::move(part));
    at = end + 1;
  }
  return parts;
}

std::vector<Choice> choices_of(const std::string& accept) {
  std::vector<Choice> choices;
  for (const std::string& text : split(accept, ',')) {
    Choice choice;
    for (const std::string& part : split(text, ';')) {
      const std::size_t equals = part.find('=');
      if (equals == std::string::npos) {
        choice[""] = part;
      } else {
        choice[part.substr(0, equals)] = part.substr(equals + 1);
      }
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

bool is_json(const Choice& choice) {
  const std::string& type = choice.at("");
  return type == "application/json" || type == "application/*" || type == "*/*";
}

std::optional<Form> form_of(Choice& choice) {
  const std::string as = choice["as"];
  if (as.empty()) return Form::object;
  if (choice["g"] != "meta.k8s.io" || choice["v"] != "v1") return std::nullopt;
  if (as == "Table") return Form::table;
  if (as == "PartialObjectMetadata") return Form::partial;
  if (as == "PartialObjectMetadataList") return Form::partial_list;
  return std::nullopt;
}

}  // namespace

std::optional<Form> negotiate(const std::string& accept) {
  std::vector<Choice> choices = choices_of(accept);
  if (choices.empty()) return Form::object;
  for (Choice& choice : choices) {
    if (!choice.contains("") || !is_json(choice)) continue;
    if (const auto form = form_of(choice)) return form;
  }
  return std::nullopt;
}

bool wants_aggregated_discovery(const std::string& accept) {
  std::vector<Choice> choices = choices_of(accept);
  return std::ranges::any_of(
      choices, [](Choice& choice) { return choice["as"] == "APIGroupDiscoveryList" && choice["v"] == "v2"; });
}

}  // namespace mesh::simulator
