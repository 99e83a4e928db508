#include "providers/simulator/faults/load_faults.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/base/suggest.h"
#include "providers/simulator/faults/fault_fields.h"

namespace mesh::simulator {
namespace {

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const FaultField& field : fault_fields()) keys.emplace_back(field.key);
  return keys;
}

const FaultField* field_of(std::string_view key) {
  const auto& fields = fault_fields();
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FaultField& one) { return key == one.key; });
  return found == fields.end() ? nullptr : &*found;
}

Diagnostic unknown_key(const std::string& key) {
  return {.code = Code::unknown_field,
          .summary = "unknown field",
          .cause = fmt::format("`{}` is not a field of a fault", key),
          .hint = did_you_mean(key, known_keys())};
}

Diagnostic bad_value(const FaultField& field, const std::string& text) {
  const bool kind = std::string_view(field.key) == "kind";
  return {.code = Code::invalid_value,
          .summary = "invalid value",
          .cause = fmt::format("`{}` is not a value of `{}`", text, field.key),
          .hint = kind ? did_you_mean(text, fault_words()) : fmt::format("write {}", field.takes)};
}

Diagnostic no_kind() {
  return {.code = Code::missing_field,
          .summary = "missing field",
          .cause = "a fault needs `kind`",
          .hint = did_you_mean("", fault_words())};
}

/// Fields that say nothing for the fault's kind are slips.
std::optional<Diagnostic> idle_field(const Fault& fault, const std::string& key) {
  const bool of_request = key == "verb" || key == "resource" || key == "user_agent" || key == "skip" || key == "count";
  const bool delay = key == "delay" && fault.kind != FaultKind::slow && fault.kind != FaultKind::too_many_requests &&
                     fault.kind != FaultKind::load_balancer_slow;
  const bool message = key == "message" && fault.kind != FaultKind::admission && fault.kind != FaultKind::forbidden;
  if ((fault.of_requests() || !of_request) && !delay && !message) return std::nullopt;
  return Diagnostic{.code = Code::conflicting_fields,
                    .summary = "field has no meaning here",
                    .cause = fmt::format("`{}` says nothing for a fault of kind `{}`", key, to_string(fault.kind)),
                    .hint = fmt::format("remove `{}`, or choose another kind", key)};
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  std::vector<Fault> faults(const toml::table& document) {
    std::vector<Fault> found;
    for (const auto& [key, node] : document) {
      if (key.str() != "fault") {
        add(key.source(), {.code = Code::unknown_field,
                           .summary = "unknown field",
                           .cause = fmt::format("`{}` is not a field of a file of faults", key.str()),
                           .hint = "write one `[[fault]]` per fault"});
      } else if (const toml::array* tables = node.as_array(); tables && tables->is_homogeneous<toml::table>()) {
        for (const auto& table : *tables) found.push_back(fault(*table.as_table()));
      } else {
        add(key.source(), {.code = Code::wrong_type,
                           .summary = "wrong type",
                           .cause = "`fault` is not a list of tables",
                           .hint = "write `[[fault]]`, in two pairs of brackets"});
      }
    }
    return found;
  }

  Diagnostics take() {
    std::stable_sort(problems_.begin(), problems_.end(), [](const Diagnostic& a, const Diagnostic& b) {
      return std::tie(a.at->line, a.at->column) < std::tie(b.at->line, b.at->column);
    });
    return std::move(problems_);
  }

 private:
  void add(const toml::source_region& at, Diagnostic problem) {
    problem.at = Position{name_, at.begin.line, at.begin.column};
    problems_.push_back(std::move(problem));
  }

  Fault fault(const toml::table& table) {
    Fault made;
    bool kind = false;
    for (const auto& [key, node] : table) {
      const FaultField* field = field_of(key.str());
      if (field == nullptr) {
        add(key.source(), unknown_key(std::string(key.str())));
        continue;
      }
      const auto text = text_of(*field, node);
      if (text && !field->set(made, *text)) add(node.source(), bad_value(*field, *text));
      kind = kind || key.str() == "kind";
    }
    if (!kind) add(table.source(), no_kind());
    for (const auto& [key, node] : table) {
      if (auto problem = idle_field(made, std::string(key.str())); problem && kind) add(key.source(), *problem);
      if (key.str() != "id" || made.id.empty()) continue;
      if (std::find(ids_.begin(), ids_.end(), made.id) != ids_.end()) {
        add(node.source(), {.code = Code::duplicate_id,
                            .summary = "two faults have one id",
                            .cause = fmt::format("`{}` is the id of an earlier fault", made.id),
                            .hint = "choose another, or leave it out"});
      }
      ids_.push_back(made.id);
    }
    return made;
  }

  /// The value as the field's setter takes it; reports one of a wrong type.
  std::optional<std::string> text_of(const FaultField& field, const toml::node& node) {
    if (field.type == FieldType::text || field.type == FieldType::duration) {
      if (const auto* text = node.as_string()) return text->get();
    } else if (const auto* number = node.as_integer()) {
      return std::to_string(number->get());
    } else if (const auto* real = node.as_floating_point(); real && field.type == FieldType::number) {
      return fmt::format("{}", real->get());
    }
    add(node.source(), {.code = Code::wrong_type,
                        .summary = "wrong type",
                        .cause = fmt::format("`{}` cannot hold this", field.key),
                        .hint = fmt::format("write {}", field.takes)});
    return std::nullopt;
  }

  const std::string name_;
  Diagnostics problems_;
  std::vector<std::string> ids_;
};

Diagnostic explain(const toml::parse_error& error, const std::string& name) {
  const std::string what(error.description());
  const bool twice = what.find("cannot redefine existing") != std::string::npos;
  return {.code = twice ? Code::duplicate_key : Code::syntax_error,
          .at = Position{name, error.source().begin.line, error.source().begin.column},
          .summary = twice ? "key is defined twice" : "not valid TOML",
          .cause = what,
          .hint = twice ? "keep one of the two, or begin another `[[fault]]`"
                        : "one `key = value` or `[[fault]]` per line; strings are in quotes"};
}

}  // namespace

Result<std::vector<Fault>> load_faults(const std::string& name, const std::string& bytes) {
  try {
    const toml::table document = toml::parse(std::string_view(bytes), name);
    Reader reader(name);
    auto found = reader.faults(document);
    if (Diagnostics problems = reader.take(); !problems.empty()) return failure(std::move(problems));
    return found;
  } catch (const toml::parse_error& error) {
    return failure(explain(error, name));
  }
}

Result<Fault> fault_of_words(const std::vector<std::string>& words) {
  Fault made;
  Diagnostics problems;
  std::vector<std::string> seen;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const FaultField* field = field_of(key);
    if (equals == std::string::npos || field == nullptr) {
      problems.push_back(unknown_key(key));
    } else if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      problems.push_back({.code = Code::duplicate_key,
                          .summary = "key is defined twice",
                          .cause = fmt::format("`{}` is given more than once", key),
                          .hint = "keep one of the two"});
    } else if (!field->set(made, word.substr(equals + 1))) {
      problems.push_back(bad_value(*field, word.substr(equals + 1)));
    }
    seen.push_back(key);
  }
  const bool kind = std::find(seen.begin(), seen.end(), "kind") != seen.end();
  if (!kind) problems.push_back(no_kind());
  for (const std::string& key : seen) {
    if (auto problem = idle_field(made, key); problem && kind) problems.push_back(*problem);
  }
  if (!problems.empty()) return failure(std::move(problems));
  return made;
}

std::vector<std::string> words_of(const Fault& fault) {
  std::vector<std::string> words;
  const Fault usual;
  for (const FaultField& field : fault_fields()) {
    const std::string text = field.get(fault);
    if (text == field.get(usual) && std::string_view(field.key) != "kind") continue;
    words.push_back(fmt::format("{}={}", field.key, text));
  }
  return words;
}

}  // namespace mesh::simulator
