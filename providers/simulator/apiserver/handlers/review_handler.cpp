#include "providers/simulator/apiserver/handlers/review_handler.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/apiserver/authorization/reviews.h"
#include "providers/simulator/apiserver/request/write_options.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

/// The body, read as `write` says.
ApiResult<json> decoded_body(const Exchange& exchange, const Write& write, const WriteOptions& options) {
  const bool yaml = exchange.header("content-type").find("yaml") != std::string::npos;
  auto decoded = decode_object(write, exchange.request.body, options.validation, yaml);
  if (!decoded) return tl::unexpected(decoded.error());
  return std::move(decoded->object);
}

}  // namespace

Answer create_token(Cluster& cluster, Exchange& exchange) {
  const auto options = write_options(exchange, WriteKind::create);
  if (!options) return tl::unexpected(options.error());
  Write write = write_of(exchange, *options, cluster.now_text());
  write.group = "authentication.k8s.io";
  write.kind = "TokenRequest";
  const auto body = decoded_body(exchange, write, *options);
  if (!body) return tl::unexpected(body.error());
  const std::string name = name_of(*body);
  if (!name.empty() && name != exchange.info.name) {
    return tl::unexpected(
        invalid(write.group, write.kind, exchange.info.name,
                {{"FieldValueInvalid",
                  fmt::format("Invalid value: \"{}\": must match the service account name if specified", name),
                  "metadata.name"}}));
  }
  return token_request(cluster.signer, cluster.store, exchange.info.ns, exchange.info.name, *body,
                       cluster.settings.clock->wall());
}

Answer create_review(Cluster& cluster, Exchange& exchange) {
  if (exchange.request.method != "POST") return tl::unexpected(method_not_allowed());
  const auto options = write_options(exchange, WriteKind::create);
  if (!options) return tl::unexpected(options.error());
  const auto body = decoded_body(exchange, write_of(exchange, *options, cluster.now_text()), *options);
  if (!body) return tl::unexpected(body.error());
  json review = {{"kind", exchange.resource->kind},
                 {"apiVersion", exchange.api_version()},
                 {"metadata", body->value("metadata", json::object())},
                 {"spec", body->value("spec", json::object())}};
  if (exchange.resource->kind == "SelfSubjectReview") {
    review.erase("spec");
    review["metadata"] = {{"creationTimestamp", cluster.now_text()}};
  }
  return answer_review(std::move(review), exchange.user, cluster.store);
}

}  // namespace mesh::simulator
