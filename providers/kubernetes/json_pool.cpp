#include "providers/kubernetes/json_pool.h"

#include <simdjson.h>

#include <utility>

#include "engine/base/foreign_json.h"

namespace mesh::kubernetes {
namespace {

namespace dom = simdjson::dom;

nlohmann::json built(const dom::element& element) {
  switch (element.type()) {
    case dom::element_type::OBJECT: {
      nlohmann::json object = nlohmann::json::object();
      for (const auto& [key, value] : dom::object(element)) object[std::string(key)] = built(value);
      return object;
    }
    case dom::element_type::ARRAY: {
      nlohmann::json array = nlohmann::json::array();
      for (const dom::element value : dom::array(element)) array.push_back(built(value));
      return array;
    }
    case dom::element_type::STRING:
      return std::string_view(element);
    case dom::element_type::INT64:
      // nlohmann's own parser makes all that have no sign unsigned.
      if (const std::int64_t number(element); number < 0) return number;
      return static_cast<std::uint64_t>(std::int64_t(element));
    case dom::element_type::UINT64:
      return std::uint64_t(element);
    case dom::element_type::DOUBLE:
      return double(element);
    case dom::element_type::BOOL:
      return bool(element);
    case dom::element_type::NULL_VALUE:
      break;
  }
  return nullptr;
}

}  // namespace

std::optional<Shared<nlohmann::json>> JsonPool::parse(std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(text); found != known_.end()) return found->second;
  }
  if (!is_within_depth(text, JsonLimits().depth)) return std::nullopt;
  thread_local dom::parser parser;
  dom::element element;
  if (parser.parse(text.data(), text.size()).get(element) != simdjson::SUCCESS) return std::nullopt;
  nlohmann::json value = built(element);
  const std::lock_guard lock(mutex_);
  return known_.try_emplace(std::string(text), std::move(value)).first->second;
}

}  // namespace mesh::kubernetes
