#pragma once

#include <string>
#include <string_view>

namespace mesh::simulator {

/// What a request asks for, read from its method, path and query as the API server does for authorization and audit.
struct RequestFacts {
  /// get, list, watch, create, update, patch, delete, deletecollection; for paths that are no resource: the method in
  /// lower case.
  std::string verb;
  /// Path and query, below the cluster's prefix.
  std::string uri;
  /// Empty for the core group.
  std::string group;
  std::string version;
  /// Empty: not a resource, such as /version.
  std::string resource;
  std::string subresource;
  std::string ns;
  std::string name;
  std::string user_agent;

  bool operator==(const RequestFacts&) const = default;
  bool writes() const;
};

/// `uri`: path and query as they stand in the request line, below the cluster's prefix.
RequestFacts request_facts(std::string_view method, std::string_view uri);

}  // namespace mesh::simulator
