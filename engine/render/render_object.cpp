#include "engine/render/render_object.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/render/value_text.h"

namespace mesh {
namespace {

/// An object to create shows so many facts; the plan's JSON has them all.
constexpr std::size_t most_facts = 12;
constexpr std::size_t widest_path = 56;

struct Line {
  std::string_view sign = {};
  Ink ink = Ink::plain;
  std::string path = {};
  std::string value = {};
  std::vector<std::string> below = {};
};

std::string side(const FieldChange& field, const std::optional<nlohmann::json>& value) {
  if (field.sensitive) return "(sensitive)";
  return value ? value_text(*value) : "(absent)";
}

std::string owner_line(const FieldOwner& owner) {
  return fmt::format("taken over from {}{}", printable(owner.manager),
                     owner.time ? fmt::format(", {}", printable(*owner.time)) : "");
}

Line line_of(const FieldChange& field) {
  const bool before = field.sensitive ? field.before_present : field.before.has_value();
  const bool after = field.known_after_apply || (field.sensitive ? field.after_present : field.after.has_value());
  const std::string new_value = field.known_after_apply ? "(known after apply)" : side(field, field.after);
  Line line{.path = printable(to_string(field.path))};
  if (!before) {
    line.sign = symbol(Operation::create);
    line.ink = ink_of(Operation::create);
    line.value = new_value;
  } else if (!after) {
    line.sign = symbol(Operation::delete_);
    line.ink = ink_of(Operation::delete_);
    line.value = side(field, field.before);
  } else {
    line.sign = symbol(Operation::update);
    line.ink = ink_of(Operation::update);
    const bool same = field.sensitive || (field.before == field.after && !field.known_after_apply);
    line.value = same ? new_value : fmt::format("{} -> {}", side(field, field.before), new_value);
    if (!same && field.before && field.after && !field.sensitive && !field.known_after_apply) {
      const auto [old_text, new_text] = value_texts(*field.before, *field.after);
      line.value = fmt::format("{} -> {}", old_text, new_text);
    }
  }
  for (const FieldOwner& owner : field.owned_by) line.below.push_back(owner_line(owner));
  return line;
}

/// A value that is owned as one (a list of rules) is shown by what differs inside.
void add_lines(const FieldChange& field, std::vector<Line>& lines) {
  const bool inside = !field.sensitive && !field.known_after_apply && field.before && field.after &&
                      field.before->is_structured() && field.after->is_structured();
  lines.push_back(line_of(field));
  if (!inside || *field.before == *field.after) return;
  std::vector<std::string> owners = std::move(lines.back().below);
  lines.pop_back();
  for (const Difference& one : differences(*field.before, *field.after)) {
    lines.push_back(line_of({.path = {}, .before = one.before, .after = one.after}));
    lines.back().path = printable(to_string(field.path) + one.path);
  }
  lines.back().below = std::move(owners);
}

std::string written(const std::vector<Line>& lines, const Paint& paint) {
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, std::min(line.path.size(), widest_path));
  std::string text;
  for (const Line& line : lines) {
    const std::string sign = line.sign.empty() ? "" : paint(line.ink, line.sign) + " ";
    text += fmt::format("          {}{:<{}} {}\n", sign, line.path + ":", width + 1, line.value);
    for (const std::string& below : line.below) {
      text += fmt::format("              {}\n", paint(Ink::yellow, below));
    }
  }
  return text;
}

const FieldChange* find_field(const std::vector<FieldChange>& fields, const std::string& path) {
  const auto it =
      std::find_if(fields.begin(), fields.end(), [&](const FieldChange& one) { return to_string(one.path) == path; });
  return it == fields.end() ? nullptr : &*it;
}

/// Facts of a new object, with a word for values that are not in the plan.
std::string facts(const ObjectChange& change, const nlohmann::json& body, const Paint& paint) {
  std::vector<Line> lines;
  const auto found = facts_of(body);
  for (const auto& [path, value] : found) {
    // One line more costs no more than the line that says so.
    if (lines.size() == most_facts && found.size() > most_facts + 1) break;
    const FieldChange* field = find_field(change.fields, path);
    const bool data = is_secret_field(change.id.kind, path.substr(0, path.find_first_of(".[")));
    // Rights are shown to the last word.
    std::string text = path.starts_with("rules[") ? value_text(value, std::string::npos) : value_text(value);
    if (data || (field != nullptr && field->sensitive)) {
      text = "(sensitive)";
    } else if (field != nullptr && field->known_after_apply) {
      text = "(known after apply)";
    }
    lines.push_back({.path = printable(path), .value = std::move(text)});
  }
  std::string text = written(lines, paint);
  if (lines.size() < found.size()) {
    text +=
        fmt::format("          {}\n", paint(Ink::dim, fmt::format("… {} more fields", found.size() - lines.size())));
  }
  return text;
}

}  // namespace

std::string render_object(const ObjectChange& change, const Paint& paint) {
  const Operation operation = operation_of(change);
  if (operation == Operation::unchanged) return {};
  std::string text =
      fmt::format("      {} {}", paint(ink_of(operation), symbol(operation)), printable(to_string(change.id)));
  if (const auto* replace = std::get_if<ReplaceObject>(&change.what); replace != nullptr && !replace->why.empty()) {
    text += fmt::format(": {}", printable(replace->why));
  }
  text += '\n';
  if (operation == Operation::delete_) return text;
  if (const auto* create = std::get_if<CreateObject>(&change.what)) return text + facts(change, create->body, paint);
  std::vector<Line> lines;
  for (const FieldChange& field : change.fields) add_lines(field, lines);
  return text + written(lines, paint);
}

}  // namespace mesh
