#include "providers/kubernetes/metadata_page.h"

#include <simdjson.h>

#include <string_view>
#include <utility>

namespace mesh::kubernetes {
namespace {

namespace ondemand = simdjson::ondemand;

std::string text_of(ondemand::value value) { return std::string(std::string_view(value.get_string())); }

std::string_view raw_text(ondemand::value value) {
  switch (value.type()) {
    case ondemand::json_type::object:
      return ondemand::object(value.get_object()).raw_json();
    case ondemand::json_type::array:
      return ondemand::array(value.get_array()).raw_json();
    default:
      return value.raw_json_token();
  }
}

/// Throws simdjson_error where the text is not what is expected.
class PageReader {
 public:
  PageReader(const ObjectId& id, JsonPool& pool) : id_(id), pool_(pool) {}

  Page read(ondemand::document& document) {
    Page page;
    for (ondemand::field field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      if (key == "kind") {
        if (std::string_view(field.value().get_string()) != "PartialObjectMetadataList") refuse();
      } else if (key == "metadata") {
        read_metadata(field.value(), page);
      } else if (key == "items") {
        for (ondemand::value item : field.value().get_array()) page.objects.push_back(read_item(item));
      }
    }
    return page;
  }

 private:
  [[noreturn]] static void refuse() { throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE); }

  static void read_metadata(ondemand::value metadata, Page& page) {
    for (ondemand::field field : metadata.get_object()) {
      const std::string_view key = field.unescaped_key();
      if (key == "resourceVersion") page.resource_version = text_of(field.value());
      if (key == "continue") page.continue_token = text_of(field.value());
    }
  }

  Object read_item(ondemand::value item) {
    Object object{.id = {.api_version = id_.api_version, .kind = id_.kind}, .metadata_only = true};
    text_ = R"({"apiVersion":")" + id_.api_version + R"(","kind":")" + id_.kind + R"(","metadata":{)";
    for (ondemand::field field : item.get_object()) {
      const std::string_view key = field.unescaped_key();
      if (key == "metadata") {
        read_metadata_of(field.value(), object);
      } else if (key != "apiVersion" && key != "kind") {
        refuse();
      }
    }
    if (object.id.name.empty()) refuse();
    // The content of a Secret may stand there: nothing to keep (kubernetes-facts 3.2).
    if (text_.find(last_applied_annotation) != std::string::npos) refuse();
    if (text_.back() == ',') text_.pop_back();
    object.body = parsed(text_ += "}}");
    return object;
  }

  void read_metadata_of(ondemand::value metadata, Object& object) {
    for (ondemand::field field : metadata.get_object()) {
      const std::string_view key = field.unescaped_key();
      if (key == "creationTimestamp") continue;
      ondemand::value value = field.value();
      if (key == "uid") {
        object.uid = text_of(value);
      } else if (key == "resourceVersion") {
        object.resource_version = text_of(value);
      } else if (key == "managedFields") {
        for (ondemand::value entry : value.get_array()) object.managers.push_back(read_entry(entry));
      } else {
        if (key.find_first_of("\"\\") != std::string_view::npos) refuse();
        const std::string_view raw = raw_text(value);
        if (key == "name") object.id.name = unquoted(raw);
        if (key == "namespace") object.id.ns = unquoted(raw);
        text_.append(1, '"').append(key).append("\":").append(raw).append(1, ',');
      }
    }
  }

  /// Names hold nothing that JSON escapes.
  static std::string unquoted(std::string_view raw) {
    const std::size_t end = raw.rfind('"');
    if (raw.size() < 2 || raw.front() != '"' || end == 0 || raw.find('\\') != std::string_view::npos) refuse();
    return std::string(raw.substr(1, end - 1));
  }

  ManagedFields read_entry(ondemand::value entry) {
    ManagedFields made;
    made.fields = nlohmann::json::object();
    for (ondemand::field field : entry.get_object()) {
      const std::string_view key = field.unescaped_key();
      ondemand::value value = field.value();
      if (key == "manager") made.manager = text_of(value);
      if (key == "operation") made.operation = text_of(value);
      if (key == "subresource") made.subresource = text_of(value);
      if (key == "time") made.time = text_of(value);
      if (key == "fieldsV1") made.fields = parsed(ondemand::object(value.get_object()).raw_json());
    }
    return made;
  }

  Shared<nlohmann::json> parsed(std::string_view text) {
    auto value = pool_.parse(text);
    if (!value) refuse();
    return std::move(*value);
  }

  const ObjectId& id_;
  JsonPool& pool_;
  /// The object being read, as its body will be.
  std::string text_;
};

}  // namespace

std::optional<Page> parse_metadata_page(std::string& body, const ObjectId& id, JsonPool& pool) {
  thread_local ondemand::parser parser;
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  try {
    ondemand::document document = parser.iterate(body.data(), body.size(), body.capacity());
    return PageReader(id, pool).read(document);
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
}

}  // namespace mesh::kubernetes
