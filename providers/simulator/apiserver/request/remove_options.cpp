#include <fmt/format.h>
#include <charconv>

#include "providers/simulator/apiserver/request/options.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

std::optional<Propagation> propagation_of(const std::string& text) {
  if (text == "Foreground") return Propagation::foreground;
  if (text == "Background") return Propagation::background;
  if (text == "Orphan") return Propagation::orphan;
  return std::nullopt;
}

// The query's parameters in the shape of the object.
json from_query(const Exchange& exchange) {
  json object = json::object();
  for (const auto& [key, value] : exchange.request.query) {
    if (key == "dryRun") object["dryRun"].push_back(value);
    if (key == "propagationPolicy" && !value.empty()) object[key] = value;
    if (key == "orphanDependents") object[key] = value != "false" && value != "0";
    if (key == "gracePeriodSeconds" && !value.empty()) {
      std::int64_t seconds = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      object[key] = seconds;
      // Kept as text, it is refused.
      if (error != std::errc() || end != value.data() + value.size()) object[key] = value;
    }
  }
  return object;
}

std::vector<Cause> problems(const json& object) {
  std::vector<Cause> causes;
  const std::string policy = object.value("propagationPolicy", "");
  if (!policy.empty() && object.contains("orphanDependents")) {
    causes.push_back({"FieldValueInvalid",
                      fmt::format("Invalid value: {}: orphanDependents and deletionPropagation cannot be both set",
                                  json(policy).dump()),
                      "propagationPolicy"});
  }
  if (!policy.empty() && !propagation_of(policy)) {
    causes.push_back(
        {"FieldValueNotSupported",
         fmt::format("Unsupported value: {}: supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                     json(policy).dump()),
         "propagationPolicy"});
  }
  const json dry_run = object.value("dryRun", json::array());
  for (const json& value : dry_run) {
    if (value == "All") continue;
    causes.push_back({"FieldValueNotSupported",
                      fmt::format("Unsupported value: {}: supported values: \"All\"", dry_run.dump()), "dryRun"});
    break;
  }
  return causes;
}

}  // namespace

ApiResult<RemoveOptions> remove_options(const json& object) {
  RemoveOptions options;
  try {
    if (const auto causes = problems(object); !causes.empty()) {
      return tl::unexpected(invalid("meta.k8s.io", "DeleteOptions", "", causes));
    }
    options.dry_run = !object.value("dryRun", json::array()).empty();
    options.propagation = propagation_of(object.value("propagationPolicy", ""));
    if (object.contains("orphanDependents") && object["orphanDependents"].is_boolean()) {
      options.propagation = object["orphanDependents"].get<bool>() ? Propagation::orphan : Propagation::background;
    }
    if (const auto grace = object.find("gracePeriodSeconds"); grace != object.end() && !grace->is_null()) {
      options.grace_seconds = grace->get<std::int64_t>();
    }
    const json preconditions = object.value("preconditions", json::object());
    options.uid = preconditions.value("uid", "");
    options.version = preconditions.value("resourceVersion", "");
  } catch (const json::exception& error) {
    return tl::unexpected(bad_request(error.what()));
  }
  return options;
}

ApiResult<RemoveOptions> remove_options(const Exchange& exchange) {
  if (exchange.request.body.empty()) {
    const json object = from_query(exchange);
    if (const auto grace = object.find("gracePeriodSeconds"); grace != object.end() && grace->is_string()) {
      return tl::unexpected(bad_request(fmt::format("strconv.ParseInt: parsing {}: invalid syntax", grace->dump())));
    }
    return remove_options(object);
  }
  const bool yaml = exchange.header("content-type").find("yaml") != std::string::npos;
  const auto body = parse_body(exchange.request.body, yaml);
  if (!body) {
    ApiError error = body.error();
    if (!yaml) error.message = "couldn't get version/kind; json parse error: " + error.message;
    return tl::unexpected(std::move(error));
  }
  if (!body->is_object()) {
    const std::string kind = body->is_array() ? "array" : body->type_name();
    return tl::unexpected(bad_request(
        "couldn't get version/kind; json parse error: json: cannot unmarshal " + kind +
        " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
        "\"json:\\\"kind,omitempty\\\"\" }"));
  }
  const std::string kind = body->value("kind", "DeleteOptions");
  if (kind != "DeleteOptions") {
    return tl::unexpected(
        bad_request(fmt::format("no kind \"{}\" is registered for version \"{}\" in scheme "
                                "\"pkg/runtime/scheme.go:111\"",
                                kind, body->value("apiVersion", "v1"))));
  }
  return remove_options(*body);
}

}  // namespace mesh::simulator
