#include "engine/workspace/init/proposal_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh {

std::string cluster_key(const std::string& name, const std::string& key) {
  return fmt::format("cluster.{}.{}", name, key);
}

void add_source(SpecProposal& proposal, const std::string& key, std::string text) {
  proposal.remarks[key].push_back({.text = std::move(text)});
}

void add_doubt(SpecProposal& proposal, const std::string& key, std::string text) {
  proposal.remarks[key].push_back({.text = std::move(text), .doubt = true});
}

std::string most_common(const std::vector<std::string>& texts) {
  std::map<std::string, int> counts;
  for (const std::string& text : texts) {
    if (!text.empty()) ++counts[text];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::string() : most->first;
}

}  // namespace mesh
