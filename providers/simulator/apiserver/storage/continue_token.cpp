#include "providers/simulator/apiserver/storage/continue_token.h"

#include <nlohmann/json.hpp>

#include "engine/base/digest.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

std::string encode_continue(const ContinueToken& token) {
  return base64_encode(json{{"v", "meta.k8s.io/v1"}, {"rv", token.version}, {"start", token.after}}.dump());
}

ApiResult<ContinueToken> decode_continue(const std::string& encoded) {
  const auto plain = base64_decode(encoded);
  const json token = json::parse(plain.value_or(""), nullptr, false);
  ContinueToken decoded{.version = number(token, {"rv"}), .after = text(token, {"start"})};
  if (decoded.version != 0 && !decoded.after.empty()) return decoded;
  return tl::unexpected(bad_request("invalid continue token: continue key is not valid"));
}

}  // namespace mesh::simulator
