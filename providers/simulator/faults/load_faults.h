#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "providers/simulator/faults/fault.h"

namespace mesh::simulator {

/// Reads a file of `[[fault]]` tables; `name` is what diagnostics call it. Errors: every problem in one go, in order of
/// position, each with line, column, cause and hint: syntax_error, duplicate_key, unknown_field, missing_field,
/// wrong_type, invalid_value, duplicate_id, conflicting_fields.
Result<std::vector<Fault>> load_faults(const std::string& name, const std::string& bytes);

/// The same fields as `KEY=VALUE` words of a command line. Errors: as above, without a place.
Result<Fault> fault_of_words(const std::vector<std::string>& words);

/// The words that make an equal fault, those that say what is so anyway left out.
std::vector<std::string> words_of(const Fault& fault);

}  // namespace mesh::simulator
