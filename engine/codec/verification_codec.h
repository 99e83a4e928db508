#pragma once

#include <string>

#include "engine/model/checks/verification.h"

namespace mesh {

inline constexpr const char* verify_format = "mesh.verify/v1";

/// The document mesh.verify/v1.
std::string encode_verification(const Verification& verification);

/// JUnit XML, as CI servers read it: a suite per calling cluster, a case per expected version.
std::string encode_verification_junit(const Verification& verification);

/// `not_injected`, `network`, …
const char* to_string(PathFault fault);

}  // namespace mesh
