#include "engine/render/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/model/field_path.h"
#include "engine/model/object.h"
#include "engine/render/paint.h"

namespace mesh {
namespace {

/// What fits on one line beside its path.
constexpr std::size_t line_width = 70;

std::string flow(const nlohmann::json& value) {
  if (value.is_object()) {
    std::string text;
    for (const auto& [key, item] : value.items())
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, flow(item));
    return "{" + text + "}";
  }
  if (value.is_array()) {
    std::string text;
    for (const nlohmann::json& item : value) text += (text.empty() ? "" : ", ") + flow(item);
    return "[" + text + "]";
  }
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool inside_code_point(const std::string& text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80;
}

/// Whether every item is a map with a name of its own: then the name says more than the number.
bool named(const nlohmann::json& list) {
  return std::all_of(list.begin(), list.end(), [](const nlohmann::json& item) {
    return item.is_object() && item.contains("name") && item["name"].is_string();
  });
}

/// Stays on one line even if that has to be shortened: label after label or verb after verb tells a reader little.
bool kept_together(const std::string& path, const nlohmann::json& value) {
  const bool labels = value.is_object() && (path.ends_with("labels") || path.ends_with("matchLabels"));
  return (labels || value.is_array()) &&
         std::none_of(value.begin(), value.end(), [](const nlohmann::json& item) { return item.is_structured(); });
}

/// A right that is granted is read as one: nobody should have to put it together from three lines.
bool is_rule(const std::string& path) { return path.starts_with("rules[") && path.ends_with(']'); }

class Facts {
 public:
  void add(const std::string& path, const nlohmann::json& value) {
    const bool whole = !value.is_structured() || value.empty() || is_rule(path) || kept_together(path, value) ||
                       flow(value).size() <= line_width;
    if (whole) {
      found.emplace_back(path, value);
    } else if (value.is_object()) {
      for (const auto& [key, item] : value.items())
        add(path + to_string(FieldPath{FieldName{"x"}, FieldName{key}}).substr(1), item);
    } else {
      const bool by_name = named(value);
      for (std::size_t i = 0; i < value.size(); ++i) {
        add(fmt::format("{}[{}]", path, by_name ? value[i]["name"].get<std::string>() : std::to_string(i)), value[i]);
      }
    }
  }

  std::vector<std::pair<std::string, nlohmann::json>> found;
};

}  // namespace

std::string value_text(const nlohmann::json& value, std::size_t width) {
  std::string text = printable(flow(value));
  if (text.size() <= width || width == std::string::npos) return text;
  std::size_t head = width * 2 / 3;
  std::size_t tail = text.size() - (width - head - 1);
  while (inside_code_point(text, head)) --head;
  while (inside_code_point(text, tail)) ++tail;
  return text.substr(0, head) + "…" + text.substr(tail);
}

std::pair<std::string, std::string> value_texts(const nlohmann::json& before, const nlohmann::json& after) {
  std::pair<std::string, std::string> texts{value_text(before), value_text(after)};
  if (texts.first == texts.second && before != after) {
    texts = {printable(flow(before)), printable(flow(after))};
  }
  return texts;
}

std::vector<Difference> differences(const nlohmann::json& before, const nlohmann::json& after) {
  if (before == after) return {};
  std::vector<Difference> found;
  const auto below = [&](const std::string& step, const nlohmann::json* old_item, const nlohmann::json* new_item) {
    if (old_item != nullptr && new_item != nullptr) {
      for (Difference& one : differences(*old_item, *new_item)) {
        found.push_back({step + one.path, std::move(one.before), std::move(one.after)});
      }
      return;
    }
    Difference one{.path = step, .before = std::nullopt, .after = std::nullopt};
    if (old_item != nullptr) one.before = *old_item;
    if (new_item != nullptr) one.after = *new_item;
    found.push_back(std::move(one));
  };
  if (before.is_array() && after.is_array()) {
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      below(fmt::format("[{}]", i), i < before.size() ? &before[i] : nullptr, i < after.size() ? &after[i] : nullptr);
    }
    return found;
  }
  if (before.is_object() && after.is_object()) {
    nlohmann::json keys = before;
    keys.update(after);
    for (const auto& [key, unused] : keys.items()) {
      const auto old_item = before.find(key);
      const auto new_item = after.find(key);
      below(to_string(FieldPath{FieldName{"x"}, FieldName{key}}).substr(1),
            old_item == before.end() ? nullptr : &*old_item, new_item == after.end() ? nullptr : &*new_item);
    }
    return found;
  }
  return {{.path = {}, .before = before, .after = after}};
}

std::vector<std::pair<std::string, nlohmann::json>> facts_of(const nlohmann::json& body) {
  Facts facts;
  if (!body.is_object()) return {};
  for (const auto& [key, value] : body.items()) {
    if (key == "apiVersion" || key == "kind" || key == "metadata") continue;
    // One level is always taken apart, so that each line has a subject.
    if (value.is_object() && !value.empty()) {
      for (const auto& [inner, item] : value.items())
        facts.add(to_string(FieldPath{FieldName{key}, FieldName{inner}}), item);
    } else {
      facts.add(key, value);
    }
  }
  const auto metadata = body.find("metadata");
  if (metadata == body.end() || !metadata->is_object()) return std::move(facts.found);
  for (const auto& [key, value] : metadata->items()) {
    if (key == "name" || key == "namespace") continue;
    nlohmann::json rest = value;
    if (key == "labels" && rest.is_object()) {
      // Every object that mesh makes has these.
      rest.erase(managed_by_label);
      rest.erase(mesh_label);
      if (rest.empty()) continue;
    }
    facts.add("metadata." + key, rest);
  }
  return std::move(facts.found);
}

}  // namespace mesh
