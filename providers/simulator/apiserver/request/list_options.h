#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/storage/field_selector.h"
#include "providers/simulator/apiserver/storage/label_selector.h"

namespace mesh::simulator {

/// Both selectors, as a list or watch carries them.
struct Selection {
  LabelSelector labels;
  FieldSelector fields;
  bool matches(const Stored& object) const { return labels.matches(object) && fields.matches(object); }
  bool empty() const { return labels.empty() && fields.empty(); }
};

/// The query of a list or watch (ListOptions of meta.k8s.io).
struct ListOptions {
  Selection selection{};
  std::int64_t limit = 0;
  std::string continue_token{};
  std::string version{};
  std::string version_match{};
  bool bookmarks = false;
  std::optional<bool> initial_events{};
  std::optional<std::int64_t> timeout_seconds{};
};

/// Errors: 400 for what cannot be parsed, 422 for what does not fit together.
ApiResult<ListOptions> list_options(const Exchange& exchange);

}  // namespace mesh::simulator
