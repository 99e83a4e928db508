#pragma once

#include <set>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/storage/stored.h"

namespace mesh::simulator {

/// ?labelSelector=: k, !k, k=v, k==v, k!=v, k in (a,b), k notin (a,b), joined by commas.
class LabelSelector {
 public:
  /// Errors: 400.
  static ApiResult<LabelSelector> parse(const std::string& text);
  bool matches(const Stored& object) const;
  bool empty() const { return requirements_.empty(); }

 private:
  /// The label is there and, if `any_value` does not hold, its value is one of these; `negated`: it is not so.
  struct Requirement {
    std::string key;
    std::set<std::string> values;
    bool any_value = false;
    bool negated = false;
  };
  static bool read(const std::string& term, Requirement& requirement);

  std::vector<Requirement> requirements_;
};

}  // namespace mesh::simulator
