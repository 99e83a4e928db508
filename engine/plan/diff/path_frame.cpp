#include "engine/plan/diff/path_frame.h"

#include <algorithm>

namespace mesh {

FieldPath to_path(const PathFrame& frame) {
  FieldPath path;
  for (const PathFrame* at = &frame; at->above != nullptr; at = at->above) {
    if (at->list_key != nullptr) {
      path.emplace_back(ListKey{*at->list_key});
    } else if (at->set_value != nullptr) {
      path.emplace_back(SetValue{*at->set_value});
    } else {
      path.emplace_back(FieldName{std::string(at->name)});
    }
  }
  std::reverse(path.begin(), path.end());
  return path;
}

bool stands_at(const PathFrame& frame, const FieldPath& path) {
  const PathFrame* at = &frame;
  for (auto element = path.rbegin(); element != path.rend(); ++element, at = at->above) {
    if (at->above == nullptr) return false;
    if (const auto* field = std::get_if<FieldName>(&*element)) {
      if (at->list_key != nullptr || at->set_value != nullptr || at->name != field->name) return false;
    } else if (const auto* key = std::get_if<ListKey>(&*element)) {
      if (at->list_key == nullptr || *at->list_key != key->key) return false;
    } else if (at->set_value == nullptr || *at->set_value != std::get<SetValue>(*element).value) {
      return false;
    }
  }
  return at->above == nullptr;
}

bool is_immutable(const PathFrame& frame) {
  for (const PathFrame* at = &frame; at != nullptr; at = at->above) {
    if (at->schema != nullptr && at->schema->immutable) return true;
  }
  return false;
}

}  // namespace mesh
