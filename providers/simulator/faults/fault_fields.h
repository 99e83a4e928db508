#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/simulator/faults/fault.h"

namespace mesh::simulator {

/// What TOML calls a value of a field.
enum class FieldType { text, duration, number, whole };

/// One field of a fault as users write it.
struct FaultField {
  const char* key;
  FieldType type;
  /// Sets the field from its text. False: no value for it.
  bool (*set)(Fault& fault, const std::string& text);
  /// The field as text.
  std::string (*get)(const Fault& fault);
  /// What it may hold, for hints.
  const char* takes;
};

const std::vector<FaultField>& fault_fields();

/// `500ms`, `2s`, `5m`, `1h`; a year at most.
std::optional<std::chrono::milliseconds> duration_of(std::string_view text);
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace mesh::simulator
