#pragma once

#include <string>

#include "engine/base/position.h"

namespace mesh::kubernetes {

/// A text of a kubeconfig and where it stands. Empty: not given.
struct Located {
  std::string value = {};
  Position at = {};

  bool operator==(const Located&) const = default;
};

}  // namespace mesh::kubernetes
