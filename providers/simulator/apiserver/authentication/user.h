#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace mesh::simulator {

/// Who asks.
struct User {
  std::string name, uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
  bool in_group(const std::string& group) const { return std::ranges::find(groups, group) != groups.end(); }
  bool operator==(const User&) const = default;
};

/// The administrator: of system:masters.
inline User admin_user() { return {"kubernetes-admin", "", {"system:masters", "system:authenticated"}, {}}; }

/// Who shows no credential.
inline User anonymous_user() { return {"system:anonymous", "", {"system:unauthenticated"}, {}}; }

}  // namespace mesh::simulator
