#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/managedfields/write.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// Brings a value into its stored form, as a round trip through the server's types does: unknown members and nulls go,
/// empty ones go or stay as their type says, quantities become canonical. The value fits the schema already.
void normalize(const Schema& schema, nlohmann::json& value);

/// A new object of the kind that nobody has filled in yet: what an update of nothing is compared with.
nlohmann::json empty_object(const Write& write);

/// The kind's schema; of an unknown kind one that knows apiVersion, kind and metadata and keeps all else.
const Schema& schema_for(const Write& write);

/// An RFC 3339 time as the server stores it: in UTC, in whole seconds or (micro) with six digits. What is none stays.
std::string stored_time(const std::string& text, bool micro);

}  // namespace mesh::simulator
