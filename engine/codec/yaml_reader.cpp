#include "engine/codec/yaml_reader.h"

#include <fmt/format.h>
#include <yaml.h>

#include <memory>
#include <utility>

#include "engine/base/foreign_json.h"

namespace mesh {
namespace {

/// A scalar without quotes, by the JSON schema of YAML 1.2; everything else is a string.
nlohmann::json plain(const std::string& text) {
  if (text.empty() || text == "null" || text == "~") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  const bool numeric = (text.front() >= '0' && text.front() <= '9') || text.front() == '-';
  if (numeric) {
    nlohmann::json number = foreign_json_or_discarded(text);
    if (number.is_number()) return number;
  }
  return text;
}

/// What stands in the way, thrown within this file.
struct Refused {
  yaml_mark_t mark = {};
  std::string cause = {};
};

class Event {
 public:
  explicit Event(yaml_parser_t& parser) {
    if (yaml_parser_parse(&parser, &event_) == 0) {
      throw Refused{parser.problem_mark, parser.problem == nullptr ? "it cannot be read" : parser.problem};
    }
  }
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  yaml_event_type_t type() const { return event_.type; }
  const yaml_mark_t& mark() const { return event_.start_mark; }
  std::string text() const {
    const auto& scalar = event_.data.scalar;
    return {reinterpret_cast<const char*>(scalar.value), scalar.length};
  }
  /// Neither quoted nor tagged.
  bool is_plain() const { return event_.data.scalar.plain_implicit != 0; }

 private:
  yaml_event_t event_ = {};
};

/// Kubernetes' objects are shallower, and a file of a thousand brackets must not use up the stack.
constexpr int deepest = 200;

class Reader {
 public:
  explicit Reader(const std::string& text) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  nlohmann::json document() {
    next();  // the stream
    if (next() == YAML_STREAM_END_EVENT) return nullptr;
    nlohmann::json value = value_of(Event(parser_), 0);
    next();  // the document's end
    if (const Event more(parser_); more.type() != YAML_STREAM_END_EVENT) {
      throw Refused{more.mark(), "a second document begins"};
    }
    return value;
  }

 private:
  yaml_event_type_t next() { return Event(parser_).type(); }

  nlohmann::json value_of(const Event& event, int depth) {
    if (depth > deepest) throw Refused{event.mark(), fmt::format("nested deeper than {}", deepest)};
    switch (event.type()) {
      case YAML_SCALAR_EVENT:
        return event.is_plain() ? plain(event.text()) : nlohmann::json(event.text());
      case YAML_SEQUENCE_START_EVENT:
        return list(depth);
      case YAML_MAPPING_START_EVENT:
        return map(depth);
      default:
        throw Refused{event.mark(), "there is an alias here, which mesh never writes"};
    }
  }

  nlohmann::json list(int depth) {
    nlohmann::json made = nlohmann::json::array();
    for (;;) {
      const Event item(parser_);
      if (item.type() == YAML_SEQUENCE_END_EVENT) return made;
      made.push_back(value_of(item, depth + 1));
    }
  }

  nlohmann::json map(int depth) {
    nlohmann::json made = nlohmann::json::object();
    for (;;) {
      const Event key(parser_);
      if (key.type() == YAML_MAPPING_END_EVENT) return made;
      if (key.type() != YAML_SCALAR_EVENT) throw Refused{key.mark(), "a key is not a string"};
      const auto [entry, is_new] = made.emplace(key.text(), nullptr);
      if (!is_new) throw Refused{key.mark(), fmt::format("`{}` is there twice", entry.key())};
      *entry = value_of(Event(parser_), depth + 1);
    }
  }

  yaml_parser_t parser_ = {};
};

}  // namespace

Result<nlohmann::json> parse_yaml(const std::string& text, const std::string& file_name) {
  try {
    return Reader(text).document();
  } catch (const Refused& refused) {
    // libyaml counts from 0.
    return failure(Diagnostic{.code = Code::snapshot_invalid,
                              .at = Position{file_name, refused.mark.line + 1, refused.mark.column + 1},
                              .summary = "file of a snapshot is not valid YAML",
                              .cause = refused.cause,
                              .hint = "the state repository was changed by something else than mesh"});
  }
}

}  // namespace mesh
