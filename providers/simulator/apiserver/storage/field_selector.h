#pragma once

#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/storage/stored.h"

namespace mesh::simulator {

/// ?fieldSelector=: k=v, k==v, k!=v, joined by commas. No value that the simulator has needs an escape.
class FieldSelector {
 public:
  /// Errors: 400, also for fields that objects of this resource cannot be selected by.
  static ApiResult<FieldSelector> parse(const std::string& text, const std::string& resource);
  bool matches(const Stored& object) const;
  bool empty() const { return terms_.empty(); }

 private:
  struct Term {
    std::string field;
    std::string value;
    bool equal = true;
  };
  std::vector<Term> terms_;
};

}  // namespace mesh::simulator
