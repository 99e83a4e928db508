#include "providers/simulator/apiserver/request/protobuf.h"

#include <chrono>
#include <map>
#include <stdexcept>
#include <string_view>

#include "engine/base/digest.h"
#include "engine/base/time.h"
#include "providers/simulator/apiserver/registry/served_data.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Thrown for bytes that are no such message; caught by json_of_protobuf.
struct Malformed : std::runtime_error {
  Malformed() : std::runtime_error("malformed message of protocol buffers") {}
};

/// A field on the wire: a number, or bytes.
struct Item {
  std::uint64_t field = 0;
  std::uint64_t number = 0;
  std::string_view bytes;
};

class Wire {
 public:
  explicit Wire(std::string_view rest) : rest_(rest) {}
  bool empty() const { return rest_.empty(); }

  Item next() {
    const std::uint64_t tag = varint();
    Item item{.field = tag >> 3U, .number = 0, .bytes = {}};
    switch (tag & 7U) {
      case 0:
        item.number = varint();
        break;
      case 2:
        item.bytes = take(varint());
        break;
      default:
        throw Malformed();
    }
    return item;
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) throw Malformed();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    throw Malformed();
  }
  std::string_view rest_;
};

/// What data/protobuf.json says, by message and by "apiVersion kind".
struct Messages {
  std::map<std::string, json, std::less<>> by_name;
  std::map<std::string, std::string, std::less<>> by_kind;
};

Messages read_messages() {
  Messages messages;
  for (const json& one : served_data("protobuf")) {
    const std::string name = one.at("name");
    messages.by_name[name] = one.at("fields");
    if (one.contains("kind")) messages.by_kind[one.at("kind")] = name;
  }
  return messages;
}

const Messages& messages() {
  static const Messages all = read_messages();
  return all;
}

json read_message(std::string_view bytes, const std::string& name);

json time_of(std::string_view bytes) {
  std::int64_t seconds = 0;
  for (Wire wire(bytes); !wire.empty();) {
    const Item item = wire.next();
    if (item.field == 1) seconds = static_cast<std::int64_t>(item.number);
  }
  if (seconds == 0) return nullptr;
  return rfc3339(std::chrono::system_clock::time_point(std::chrono::seconds(seconds)));
}

json int_or_text(std::string_view bytes) {
  json made = 0;
  for (Wire wire(bytes); !wire.empty();) {
    const Item item = wire.next();
    if (item.field == 2 && made.is_number()) made = static_cast<std::int32_t>(item.number);
    if (item.field == 1 && item.number == 1) made = "";
    if (item.field == 3 && made.is_string()) made = std::string(item.bytes);
  }
  return made;
}

/// The one member of types that wrap something else.
std::string only_text(std::string_view bytes) {
  std::string text;
  for (Wire wire(bytes); !wire.empty();) {
    const Item item = wire.next();
    if (item.field == 1) text = std::string(item.bytes);
  }
  return text;
}

json value_of(const Item& item, const std::string& type) {
  if (type == "s") return std::string(item.bytes);
  if (type == "i") return static_cast<std::int64_t>(item.number);
  if (type == "b") return item.number != 0;
  if (type == "y") return base64_encode(item.bytes);
  if (type == "Time") return time_of(item.bytes);
  if (type == "Quantity") return only_text(item.bytes);
  if (type == "IntOrString") return int_or_text(item.bytes);
  if (type == "FieldsV1") return json::parse(only_text(item.bytes));
  return read_message(item.bytes, type);
}

void read_entry(json& map, const Item& item, const std::string& type) {
  std::string key;
  json value = type == "s" ? json("") : json::object();
  for (Wire wire(item.bytes); !wire.empty();) {
    const Item part = wire.next();
    if (part.field == 1) key = std::string(part.bytes);
    if (part.field == 2) value = value_of(part, type);
  }
  map[key] = std::move(value);
}

/// What Go leaves out of JSON: zero values of what is no pointer.
bool is_zero(const json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.is_null() || value == 0 || value == false || (value.is_structured() && value.empty());
}

json read_message(std::string_view bytes, const std::string& name) {
  const json& fields = messages().by_name.at(name);
  json made = json::object();
  for (Wire wire(bytes); !wire.empty();) {
    const Item item = wire.next();
    const auto field = fields.find(std::to_string(item.field));
    if (field == fields.end()) continue;
    const std::string key = field->at(0);
    const std::string type = field->at(1);
    const std::string flags = field->at(2);
    if (flags.find('*') != std::string::npos) {
      made[key].push_back(value_of(item, type));
    } else if (flags.find('%') != std::string::npos) {
      read_entry(made[key], item, type);
    } else if (flags.find('=') != std::string::npos) {
      made.update(value_of(item, type));
    } else if (json value = value_of(item, type); flags == "?" || !is_zero(value)) {
      made[key] = std::move(value);
    }
  }
  return made;
}

/// The envelope runtime.Unknown: {1: {1: apiVersion, 2: kind}, 2: raw}.
json read_envelope(std::string_view bytes) {
  std::string api_version;
  std::string kind;
  std::string_view raw;
  for (Wire wire(bytes); !wire.empty();) {
    const Item item = wire.next();
    if (item.field == 2) raw = item.bytes;
    if (item.field != 1) continue;
    for (Wire type(item.bytes); !type.empty();) {
      const Item part = type.next();
      if (part.field == 1) api_version = std::string(part.bytes);
      if (part.field == 2) kind = std::string(part.bytes);
    }
  }
  const auto known = messages().by_kind.find(api_version + " " + kind);
  if (known == messages().by_kind.end()) throw Malformed();
  json object = read_message(raw, known->second);
  object["apiVersion"] = api_version;
  object["kind"] = kind;
  return object;
}

}  // namespace

std::optional<json> json_of_protobuf(const std::string& body) {
  constexpr std::string_view magic("k8s\0", 4);
  if (!body.starts_with(magic)) return std::nullopt;
  try {
    return read_envelope(std::string_view(body).substr(magic.size()));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace mesh::simulator
