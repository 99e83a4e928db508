#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mesh::simulator {

/// An entry of metadata.ownerReferences, as far as garbage collection reads it.
struct Owner {
  std::string kind;
  std::string name;
  std::string uid;
  bool blocks_deletion = false;
};

/// An object in the store: its text, and what is asked about often. Never changes; a write makes another one.
struct Stored {
  /// Group and plural, as "deployments.apps" or "secrets".
  std::string resource;
  std::string kind;
  /// In which `text` is written.
  std::string api_version;
  std::string ns;
  std::string name;
  std::string uid;
  std::uint64_t version = 0;
  std::vector<std::pair<std::string, std::string>> labels;
  /// Values for field selectors besides metadata.name and metadata.namespace.
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<Owner> owners;
  std::vector<std::string> finalizers;
  bool deleting = false;
  /// Compact JSON in the storage version, keys in alphabetical order, without apiVersion and kind.
  std::string text;
  /// Where the value of "metadata" stands in `text`.
  std::size_t metadata_at = 0;
  std::size_t metadata_size = 0;

  /// The whole object, with apiVersion and kind.
  nlohmann::json json() const;
  std::string_view metadata() const { return std::string_view(text).substr(metadata_at, metadata_size); }
  /// Empty when there is no such label.
  const std::string* label(std::string_view key) const;
  const std::string* field(std::string_view key) const;
  bool has_finalizer(std::string_view finalizer) const;
};

using StoredPtr = std::shared_ptr<const Stored>;

/// `object` has apiVersion, kind and metadata; its resourceVersion is replaced; 0 takes it away.
StoredPtr make_stored(const std::string& resource, nlohmann::json object, std::uint64_t version);
/// The same object with another resourceVersion.
StoredPtr with_version(const Stored& stored, std::uint64_t version);

/// A change of the store, as controllers see it.
struct ObjectEvent {
  enum class Type { added, modified, deleted };
  Type type = Type::added;
  /// The object after the change; for `deleted` its last state with the version of the deletion.
  StoredPtr object;
  /// The object before; none for `added`.
  StoredPtr before;
};

}  // namespace mesh::simulator
