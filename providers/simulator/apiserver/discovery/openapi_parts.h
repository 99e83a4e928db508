#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "providers/simulator/apimachinery/schema/schema.h"
#include "providers/simulator/apiserver/registry/registry.h"

// The pieces of the OpenAPI documents.
namespace mesh::simulator {

enum class OpenApi { v2, v3 };

/// Collects the schemas of a document: named structures stand once and are referred to.
class SchemaWriter {
 public:
  explicit SchemaWriter(OpenApi dialect) : dialect_(dialect) {}

  /// Adds a served kind, marked with x-kubernetes-group-version-kind.
  void add_kind(const ResourceInfo& resource, const VersionInfo& version);
  /// Name to schema: v2's definitions, v3's components.schemas.
  nlohmann::json take() { return std::move(written_); }

 private:
  nlohmann::json type_of(const Schema& schema);
  nlohmann::json scalar_of(Schema::Scalar scalar) const;
  nlohmann::json structure_of(const Schema& schema);
  nlohmann::json field_of(const Field& field);
  nlohmann::json reference(const Schema& schema);
  std::string name_of(const Schema& schema);

  OpenApi dialect_;
  nlohmann::json written_ = nlohmann::json::object();
  std::map<const Schema*, std::string> names_;
  std::set<std::string> taken_;
  std::set<const Schema*> open_;  // structures without a name that are being written
};

/// {path: {get, post, put, patch, delete}}: methods with their query parameters and kinds.
nlohmann::json openapi_paths(const ResourceInfo& resource, const std::string& version, OpenApi dialect);

/// A document of version 2 as gnostic's openapi.v2.Document in protobuf, which kubectl reads.
std::string gnostic_document(const nlohmann::json& document);

}  // namespace mesh::simulator
