#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/model/plan.h"

namespace mesh {

inline constexpr const char* plan_format = "mesh.plan/v1";

/// The document mesh.plan/v1: everything of the plan, keys in snake_case, absent values as null, stable order.
/// decode_plan(encode_plan(p)) is p. Never holds a sensitive value, nor a value of a Secret's data.
std::string encode_plan(const Plan& plan);

/// Errors: plan_invalid (each wrong or missing field by its JSON pointer; another format by name), syntax_error with
/// line and column, duplicate_key.
Result<Plan> decode_plan(const std::string& bytes, const std::string& file_name);

}  // namespace mesh
