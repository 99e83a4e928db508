#include "engine/model/checks/right.h"

namespace mesh {

std::string to_string(const Right& right) {
  std::string text = right.verb + " " + right.resource;
  if (!right.group.empty()) text += "." + right.group;
  if (!right.ns.empty()) text += " in " + right.ns;
  return text;
}

}  // namespace mesh
