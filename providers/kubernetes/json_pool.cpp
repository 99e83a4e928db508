#include "providers/kubernetes/json_pool.h"

#include <utility>

namespace mesh::kubernetes {

std::optional<Shared<nlohmann::json>> JsonPool::parse(std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(text); found != known_.end()) return found->second;
  }
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return known_.try_emplace(std::string(text), std::move(value)).first->second;
}

}  // namespace mesh::kubernetes
