#include "providers/simulator/apiserver/request/delete_options.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/request/write_options.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

std::optional<Propagation> propagation_of(const std::string& text) {
  if (text == "Foreground") return Propagation::foreground;
  if (text == "Background") return Propagation::background;
  if (text == "Orphan") return Propagation::orphan;
  return std::nullopt;
}

/// The query's parameters in the shape of the object.
ApiResult<json> from_query(const Exchange& exchange) {
  json object = json::object();
  for (const auto& [key, value] : exchange.request.query) {
    if (key == "dryRun") object["dryRun"].push_back(value);
    if (key == "propagationPolicy" && !value.empty()) object[key] = value;
    if (key == "orphanDependents") object[key] = exchange.flag("orphanDependents");
  }
  const auto grace = exchange.integer("gracePeriodSeconds");
  if (!grace) return tl::unexpected(grace.error());
  if (*grace) object["gracePeriodSeconds"] = **grace;
  return object;
}

ApiResult<json> from_body(const Exchange& exchange) {
  const bool yaml = exchange.header("content-type").find("yaml") != std::string::npos;
  auto body = parse_body(exchange.request.body, yaml);
  if (!body) return body;
  if (!body->is_object()) return tl::unexpected(bad_request("couldn't get version/kind; json parse error"));
  const std::string kind = body->value("kind", "DeleteOptions");
  if (kind == "DeleteOptions") return body;
  return tl::unexpected(bad_request(
      fmt::format("no kind \"{}\" is registered for version \"{}\"", kind, body->value("apiVersion", "v1"))));
}

std::vector<Cause> problems_of(const json& object) {
  std::vector<Cause> causes;
  const std::string policy = text(object, {"propagationPolicy"});
  if (!policy.empty() && object.contains("orphanDependents")) {
    causes.push_back(
        {"FieldValueInvalid",
         fmt::format("Invalid value: \"{}\": orphanDependents and deletionPropagation cannot be both set", policy),
         "propagationPolicy"});
  }
  if (!policy.empty() && !propagation_of(policy)) {
    causes.push_back(
        {"FieldValueNotSupported",
         fmt::format("Unsupported value: \"{}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                     policy),
         "propagationPolicy"});
  }
  if (auto problem = dry_run_problem(items(object, {"dryRun"}))) causes.push_back(std::move(*problem));
  return causes;
}

}  // namespace

ApiResult<DeleteOptions> delete_options(const Exchange& exchange) {
  const auto object = exchange.request.body.empty() ? from_query(exchange) : from_body(exchange);
  if (!object) return tl::unexpected(object.error());
  if (const auto causes = problems_of(*object); !causes.empty()) {
    return tl::unexpected(invalid("meta.k8s.io", "DeleteOptions", "", causes));
  }
  DeleteOptions options;
  options.dry_run = !items(*object, {"dryRun"}).empty();
  options.propagation = propagation_of(text(*object, {"propagationPolicy"}));
  if (const json* orphan = at(*object, {"orphanDependents"}); orphan != nullptr && orphan->is_boolean()) {
    options.propagation = orphan->get<bool>() ? Propagation::orphan : Propagation::background;
  }
  if (const json* grace = at(*object, {"gracePeriodSeconds"}); grace != nullptr && grace->is_number_integer()) {
    options.grace_seconds = grace->get<std::int64_t>();
  }
  options.uid = text(*object, {"preconditions", "uid"});
  options.version = text(*object, {"preconditions", "resourceVersion"});
  return options;
}

}  // namespace mesh::simulator
