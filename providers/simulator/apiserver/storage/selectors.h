#pragma once

#include <set>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/storage/stored.h"

namespace mesh::simulator {

/// ?labelSelector=, in all its forms: k, !k, k=v, k==v, k!=v, k in (a,b), k notin (a,b), k>1, k<1, joined by commas.
class LabelSelector {
 public:
  /// Errors: 400 with the words of k8s.io/apimachinery/pkg/labels.
  static ApiResult<LabelSelector> parse(const std::string& text);

  bool matches(const Stored& object) const;
  bool empty() const { return requirements_.empty(); }

  enum class Operator { exists, absent, in, not_in, equal, not_equal, greater, less };
  struct Requirement {
    std::string key;
    Operator op = Operator::exists;
    std::set<std::string> values;
  };

 private:
  std::vector<Requirement> requirements_;
};

/// ?fieldSelector=: k=v, k==v, k!=v, joined by commas; a backslash escapes.
class FieldSelector {
 public:
  /// Errors: 400, also for fields that objects of this resource cannot be selected by.
  static ApiResult<FieldSelector> parse(const std::string& text, const std::string& resource, bool custom = false);

  bool matches(const Stored& object) const;
  bool empty() const { return terms_.empty(); }
  /// The name that `metadata.name=` asks for; empty when it does not.
  std::string name() const;

 private:
  struct Term {
    std::string field;
    std::string value;
    bool equal = true;
  };
  std::vector<Term> terms_;
};

/// Both, as a list or watch carries them.
struct Selection {
  LabelSelector labels;
  FieldSelector fields;
  bool matches(const Stored& object) const { return labels.matches(object) && fields.matches(object); }
  bool empty() const { return labels.empty() && fields.empty(); }
};

}  // namespace mesh::simulator
