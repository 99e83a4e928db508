#include "providers/simulator/apiserver/storage/stored.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "providers/simulator/apiserver/storage/field_labels.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

const std::string* value_of(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  return found == pairs.end() ? nullptr : &found->second;
}

std::vector<Owner> owners_of(const json& metadata) {
  std::vector<Owner> owners;
  for (const json& entry : items(metadata, {"ownerReferences"})) {
    const json* blocks = at(entry, {"blockOwnerDeletion"});
    owners.push_back({.kind = text(entry, {"kind"}),
                      .name = text(entry, {"name"}),
                      .uid = text(entry, {"uid"}),
                      .blocks_deletion = blocks != nullptr && *blocks == true});
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
  stored.ns = text(metadata, {"namespace"});
  stored.name = text(metadata, {"name"});
  stored.uid = text(metadata, {"uid"});
  stored.deleting = metadata.contains("deletionTimestamp");
  stored.owners = owners_of(metadata);
  if (const json* labels = at(metadata, {"labels"}); labels != nullptr && labels->is_object()) {
    for (const auto& [key, value] : labels->items()) stored.labels.emplace_back(key, text(value, {}));
  }
  for (const json& finalizer : items(metadata, {"finalizers"})) stored.finalizers.push_back(text(finalizer, {}));
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
  stored->kind = text(object, {"kind"});
  stored->api_version = text(object, {"apiVersion"});
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
  const std::string changed = metadata.dump(-1, ' ', false, json::error_handler_t::replace);
  copy->text.replace(copy->metadata_at, copy->metadata_size, changed);
  copy->metadata_size = changed.size();
  copy->version = version;
  return copy;
}

}  // namespace mesh::simulator
