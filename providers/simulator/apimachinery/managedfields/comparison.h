#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/managedfields/field_set.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

struct Comparison {
  FieldSet added;
  FieldSet removed;
  FieldSet modified;
};
Comparison compare_values(const Schema& schema, const nlohmann::json& before, const nlohmann::json& after);

}  // namespace mesh::simulator
