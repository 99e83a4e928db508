#pragma once

#include <string>

#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// "secrets" or "deployments.apps".
inline std::string resource_text(const ResourceName& name) {
  return name.group.empty() ? name.plural : name.plural + "." + name.group;
}

/// The inverse.
inline ResourceName resource_name(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return {"", text};
  return {text.substr(dot + 1), text.substr(0, dot)};
}

}  // namespace mesh::simulator
