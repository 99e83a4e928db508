#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic_code.h"
#include "engine/base/position.h"

namespace mesh {

enum class Severity { error, warning };

/// One problem, told so that a person can mend it. Never holds a credential.
struct Diagnostic {
  Code code = Code::internal;
  Severity severity = Severity::error;
  /// Place in a file, when there is one.
  std::optional<Position> at = std::nullopt;
  /// Place in the world: `cluster dc1` or `cluster dc1: Service istio-system/istio-eastwestgateway`. May be empty.
  std::string where = {};
  /// Constant words, no user data.
  std::string summary = {};
  /// The concrete values that make it a problem.
  std::string cause = {};
  /// An edit or a command that mends it; empty when none is known.
  std::string hint = {};

  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// The name of a code as users and JSON see it, e.g. `unknown_field`.
std::string_view to_string(Code code);

bool has_errors(const Diagnostics& diagnostics);
void append(Diagnostics& to, Diagnostics more);
/// Appends those that are not there yet: one reason may be met by many.
void append_new(Diagnostics& to, const Diagnostics& more);

}  // namespace mesh
