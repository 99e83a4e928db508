#include "providers/simulator/apiserver/handlers/maker.h"

#include "providers/simulator/apimachinery/managedfields/managers.h"
#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apimachinery/serializer/decode.h"

namespace mesh::simulator {

using nlohmann::json;

json with_maker(const Write& write, json body) {
  const auto sent = decode_object(write, body.dump(), FieldValidation::ignore);
  if (!sent || !body.is_object()) return body;
  const json owned = track_update(write, nullptr, sent->object);
  json& metadata = body["metadata"];
  if (!metadata.is_object()) metadata = json::object();
  metadata.erase("managedFields");
  if (const json& managers = managed_fields_of(owned); !managers.is_null()) metadata["managedFields"] = managers;
  return body;
}

}  // namespace mesh::simulator
