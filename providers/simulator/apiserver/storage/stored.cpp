#include "providers/simulator/apiserver/storage/stored.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "providers/simulator/apiserver/storage/field_labels.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

const std::string* value_of(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  return found == pairs.end() ? nullptr : &found->second;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<Owner> owners_of(const json& metadata) {
  std::vector<Owner> owners;
  const auto references = metadata.find("ownerReferences");
  if (references == metadata.end() || !references->is_array()) return owners;
  for (const json& entry : *references) {
    if (!entry.is_object()) continue;
    const auto blocks = entry.find("blockOwnerDeletion");
    owners.push_back({.api_version = text_of(entry, "apiVersion"),
                      .kind = text_of(entry, "kind"),
                      .name = text_of(entry, "name"),
                      .uid = text_of(entry, "uid"),
                      .blocks_deletion = blocks != entry.end() && blocks->is_boolean() && blocks->get<bool>()});
  }
  return owners;
}

// Writes the members one by one, so that it is known where "metadata" stands.
void write_text(const json& object, Stored& stored) {
  stored.text = "{";
  for (const auto& [key, value] : object.items()) {
    if (stored.text.size() > 1) stored.text += ',';
    stored.text += json(key).dump();
    stored.text += ':';
    const std::size_t at = stored.text.size();
    stored.text += value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (key == "metadata") {
      stored.metadata_at = at;
      stored.metadata_size = stored.text.size() - at;
    }
  }
  stored.text += '}';
  stored.text.shrink_to_fit();
}

void read_head(const json& metadata, Stored& stored) {
  stored.ns = text_of(metadata, "namespace");
  stored.name = text_of(metadata, "name");
  stored.uid = text_of(metadata, "uid");
  stored.deleting = metadata.contains("deletionTimestamp");
  stored.owners = owners_of(metadata);
  if (const auto labels = metadata.find("labels"); labels != metadata.end() && labels->is_object()) {
    for (const auto& [key, value] : labels->items()) {
      stored.labels.emplace_back(key, value.is_string() ? value.get<std::string>() : std::string());
    }
  }
  if (const auto finalizers = metadata.find("finalizers"); finalizers != metadata.end() && finalizers->is_array()) {
    for (const json& finalizer : *finalizers) {
      if (finalizer.is_string()) stored.finalizers.push_back(finalizer.get<std::string>());
    }
  }
}

}  // namespace

json Stored::json() const {
  nlohmann::json object = nlohmann::json::parse(text);
  object["apiVersion"] = api_version;
  object["kind"] = kind;
  return object;
}

const std::string* Stored::label(std::string_view key) const { return value_of(labels, key); }
const std::string* Stored::field(std::string_view key) const { return value_of(fields, key); }

bool Stored::has_finalizer(std::string_view finalizer) const {
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

StoredPtr make_stored(const std::string& resource, json object, std::uint64_t version) {
  auto stored = std::make_shared<Stored>();
  stored->resource = resource;
  stored->kind = text_of(object, "kind");
  stored->api_version = text_of(object, "apiVersion");
  stored->version = version;
  object.erase("kind");
  object.erase("apiVersion");
  json& metadata = object["metadata"];
  if (version == 0) {
    metadata.erase("resourceVersion");
  } else {
    metadata["resourceVersion"] = std::to_string(version);
  }
  read_head(metadata, *stored);
  stored->fields = selectable_fields(resource, object);
  write_text(object, *stored);
  return stored;
}

StoredPtr with_version(const Stored& stored, std::uint64_t version) {
  auto copy = std::make_shared<Stored>(stored);
  json metadata = json::parse(stored.metadata());
  metadata["resourceVersion"] = std::to_string(version);
  const std::string text = metadata.dump(-1, ' ', false, json::error_handler_t::replace);
  copy->text.replace(copy->metadata_at, copy->metadata_size, text);
  copy->metadata_size = text.size();
  copy->version = version;
  return copy;
}

}  // namespace mesh::simulator
