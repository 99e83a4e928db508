#pragma once

#include <string>

namespace mesh::simulator {

/// One write as the API server sees it: what is written, through which subresource, by whom, when.
struct Write {
  std::string group;
  /// Version of the request's path.
  std::string version;
  std::string kind;
  /// Plural, for messages: "deployments".
  std::string resource;
  /// "", "status", "scale" …
  std::string subresource;
  /// Field manager; never empty: the caller fills in the default from the User-Agent.
  std::string manager;
  /// RFC 3339 in UTC, whole seconds: "2026-11-22T13:00:00Z".
  std::string time;
  /// Server-side apply alone: take conflicting fields over.
  bool force = false;
};

/// "v1" or "apps/v1".
inline std::string api_version(const Write& write) {
  return write.group.empty() ? write.version : write.group + "/" + write.version;
}

}  // namespace mesh::simulator
