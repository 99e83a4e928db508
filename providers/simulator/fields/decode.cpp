#include "providers/simulator/fields/decode.h"

namespace mesh::simulator {

ApiResult<Decoded> decode_object(const Write& write, const std::string& body, FieldValidation validation, bool yaml) {
  auto parsed = parse_body(body, yaml);
  if (!parsed) return tl::unexpected(parsed.error());
  return decode_object(write, std::move(*parsed), validation);
}

ApiResult<Decoded> decode_object(const Write&, nlohmann::json object, FieldValidation) {
  return Decoded{std::move(object), {}};
}

ApiResult<nlohmann::json> parse_body(const std::string& body, bool) {
  nlohmann::json parsed = nlohmann::json::parse(body, nullptr, false);
  if (parsed.is_discarded()) return tl::unexpected(bad_request("the body is no JSON"));
  return parsed;
}

}  // namespace mesh::simulator
