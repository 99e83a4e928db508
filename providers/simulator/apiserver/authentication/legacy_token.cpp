#include "providers/simulator/apiserver/authentication/legacy_token.h"

#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr const char* last_used = "kubernetes.io/legacy-token-last-used";

/// The claims of a Secret's token; nothing when the request came with anything else.
std::optional<json> legacy_claims(const Cluster& cluster, const ApiRequest& request) {
  const std::string token = bearer_token(request);
  if (token.empty() || cluster.tokens.contains(token)) return std::nullopt;
  auto claims = cluster.signer.verify(token);
  if (!claims || text(*claims, {"iss"}) != legacy_issuer) return std::nullopt;
  return claims;
}

}  // namespace

void note_token_use(Cluster& cluster, const ApiRequest& request) {
  const auto claims = legacy_claims(cluster, request);
  if (!claims) return;
  const std::string now = cluster.now_text();
  const std::string today = now.substr(0, now.find('T'));
  const std::lock_guard lock(cluster.writing);
  const StoredPtr secret = cluster.store.find("secrets", text(*claims, {"kubernetes.io/serviceaccount/namespace"}),
                                              text(*claims, {"kubernetes.io/serviceaccount/secret.name"}));
  if (!secret) return;
  const std::string* label = secret->label(last_used);
  if (label != nullptr && *label == today) return;
  const json before = secret->json();
  json after = before;
  after["metadata"]["labels"][last_used] = today;
  const Write write{.group = "",
                    .version = "v1",
                    .kind = "Secret",
                    .resource = "secrets",
                    .subresource = "",
                    .manager = "kube-apiserver",
                    .time = now};
  cluster.store.put("secrets", track_update(write, before, std::move(after)));
}

}  // namespace mesh::simulator
