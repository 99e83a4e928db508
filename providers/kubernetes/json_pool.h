#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/shared.h"

namespace mesh::kubernetes {

/// Values by their text, each parsed and kept once: the remote Secret of one cluster stands in all others, and what
/// field managers own is the same for most objects of a kind. Safe for any thread.
class JsonPool {
 public:
  /// The value that the text stands for; none: it is not JSON.
  std::optional<Shared<nlohmann::json>> parse(std::string_view text);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::mutex mutex_;
  std::unordered_map<std::string, Shared<nlohmann::json>, Hash, std::equal_to<>> known_;
};

}  // namespace mesh::kubernetes
