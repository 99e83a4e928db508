#include "providers/simulator/fields/schema.h"

namespace mesh::simulator {

const Field* Schema::find(std::string_view field) const {
  const auto at = fields.find(field);
  return at == fields.end() ? nullptr : &at->second;
}

const Schema* schema_of(const std::string&, const std::string&, const std::string&) { return nullptr; }

}  // namespace mesh::simulator
