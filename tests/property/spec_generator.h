#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace mesh::testing {

/// Random specs as JSON documents, from a seed. spec() gives one that every rule accepts; mutate() then breaks, or does
/// not break, one place of it. Nothing that it writes violates a rule between clusters unless a mutation does.
class SpecGenerator {
 public:
  explicit SpecGenerator(unsigned seed) : random_(seed) {}

  nlohmann::json spec();
  void mutate(nlohmann::json& document);

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

 private:
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  nlohmann::json gateway(bool cluster, bool fixed_address);
  nlohmann::json cluster(const std::string& name, const std::vector<std::string>& names, bool ca_service);
  nlohmann::json any_value();
  void mutate_text(std::string& text);

  std::mt19937 random_;
};

/// A fleet and a plain mesh that together have every field.
std::vector<nlohmann::json> full_specs();

/// Values at the edges of what the fields take, and values of every type.
std::vector<nlohmann::json> edge_values();

/// Every value inside the document but the document itself.
std::vector<nlohmann::json*> values_inside(nlohmann::json& document);

/// The document as TOML. Empty lists and tables are kept.
std::string to_toml(const nlohmann::json& document);

}  // namespace mesh::testing
