#include "providers/simulator/apiserver/handlers/present.h"

#include <fmt/format.h>

#include "providers/simulator/apiserver/handlers/convert.h"
#include "providers/simulator/apiserver/printers/table.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string head(const std::string& kind, const std::string& api_version) {
  return fmt::format("{{\"kind\":\"{}\",\"apiVersion\":\"{}\"", kind, api_version);
}

// The Go type behind a kind, which messages name.
std::string go_type(const ResourceInfo& resource, const std::string& kind) {
  const std::string group = resource.group.empty() ? "core" : resource.group.substr(0, resource.group.find('.'));
  return "*" + group + "." + kind;
}

ApiResponse text_answer(const Exchange& exchange, std::string text, int status) {
  ApiResponse response{.status = status, .content_type = exchange.accepted.content_type, .body = std::move(text)};
  const std::string pretty = exchange.parameter("pretty");
  if (pretty == "true" || pretty == "1") response.body = json::parse(response.body).dump(2);
  response.body += '\n';
  return response;
}

std::string partial_text(const Stored& stored, const std::string& version) {
  return head("PartialObjectMetadata", "meta.k8s.io/" + version)
      .append(",\"metadata\":")
      .append(stored.metadata())
      .append("}");
}

Answer table_answer(const Cluster& cluster, const Exchange& exchange, const std::vector<StoredPtr>& objects,
                    const json& metadata, int status) {
  TableOptions options{.version = exchange.accepted.version, .now = cluster.settings.clock->wall()};
  const auto include = include_object(exchange.parameter("includeObject"));
  if (!include) {
    return tl::unexpected(
        bad_request(fmt::format("Unable to convert to Table as requested: includeObject: Invalid value: {}: must be "
                                "'Metadata', 'Object', 'None', or empty",
                                json(exchange.parameter("includeObject")).dump())));
  }
  options.include = *include;
  std::vector<ObjectPtr> trees;
  for (const StoredPtr& stored : objects) {
    trees.push_back(std::make_shared<const json>(object_in(*stored, exchange.api_version())));
  }
  return text_answer(exchange, text_of(table_of(*exchange.resource, exchange.info.version, trees, metadata, options)),
                     status);
}

}  // namespace

json object_in(const Stored& stored, const std::string& api_version) { return converted(stored.json(), api_version); }

std::string object_text(const Stored& stored, const std::string& api_version) {
  if (needs_conversion(stored.kind, stored.api_version, api_version)) {
    json object = object_in(stored, api_version);
    object.erase("kind");
    object.erase("apiVersion");
    return head(stored.kind, api_version) + "," + text_of(object).substr(1);
  }
  return head(stored.kind, api_version) + "," + stored.text.substr(1);
}

std::string item_text(const Stored& stored, const ResourceInfo& resource, const std::string& api_version) {
  if (resource.custom) return object_text(stored, api_version);
  if (!needs_conversion(stored.kind, stored.api_version, api_version)) return stored.text;
  json object = object_in(stored, api_version);
  object.erase("kind");
  object.erase("apiVersion");
  return text_of(object);
}

Answer object_answer(const Cluster& cluster, const Exchange& exchange, const Stored& stored, int status) {
  switch (exchange.accepted.form) {
    case Form::partial:
      return text_answer(exchange, partial_text(stored, exchange.accepted.version), status);
    case Form::partial_list:
      if (exchange.resource->custom) return tl::unexpected(internal_error("content is not a list"));
      return tl::unexpected(not_acceptable(
          fmt::format("you requested PartialObjectMetadataList, but the requested object is not a list ({})",
                      go_type(*exchange.resource, stored.kind))));
    case Form::table: {
      const auto same = std::make_shared<const Stored>(stored);
      return table_answer(cluster, exchange, {same}, {{"resourceVersion", std::to_string(stored.version)}}, status);
    }
    case Form::object:
      break;
  }
  return text_answer(exchange, object_text(stored, exchange.api_version()), status);
}

Answer list_answer(const Cluster& cluster, const Exchange& exchange, const std::vector<StoredPtr>& objects,
                   const json& metadata) {
  const Form form = exchange.accepted.form;
  const std::string& version = exchange.accepted.version;
  if (form == Form::table) return table_answer(cluster, exchange, objects, metadata, 200);
  if (form == Form::partial) {
    return tl::unexpected(not_acceptable(
        fmt::format("you requested PartialObjectMetadata, but the requested object is a list ({})",
                    exchange.resource->custom ? "*unstructured.UnstructuredList"
                                              : go_type(*exchange.resource, exchange.resource->list_kind))));
  }
  const bool partial = form == Form::partial_list;
  const std::string api_version = exchange.api_version();
  std::string text = partial ? head("PartialObjectMetadataList", "meta.k8s.io/" + version)
                             : head(exchange.resource->list_kind, api_version);
  text += ",\"metadata\":" + text_of(metadata);
  // As Go writes a list that nobody has appended to.
  if (partial && objects.empty()) return text_answer(exchange, text + ",\"items\":null}", 200);
  text += ",\"items\":[";
  bool first = true;
  for (const StoredPtr& stored : objects) {
    if (!first) text += ',';
    first = false;
    text += partial ? partial_text(*stored, version) : item_text(*stored, *exchange.resource, api_version);
  }
  return text_answer(exchange, text + "]}", 200);
}

ApiError not_acceptable(const std::string& message) {
  return {.code = 406, .reason = "NotAcceptable", .message = message};
}

ApiResponse json_answer(const json& body, int status) {
  return {.status = status, .content_type = "application/json", .body = text_of(body) + "\n"};
}

ApiResponse error_answer(const ApiError& error) {
  ApiResponse response = json_answer(to_status(error), error.code);
  if (error.details.is_object() && error.details.contains("retryAfterSeconds")) {
    response.headers.emplace("Retry-After", error.details["retryAfterSeconds"].dump());
  }
  return response;
}

ApiError error_of(const Reply& reply) {
  const json status = json::parse(reply.body, nullptr, false);
  return {.code = reply.status,
          .reason = status.value("reason", ""),
          .message = status.value("message", ""),
          .details = status.value("details", json())};
}

ApiResponse from_reply(const Reply& reply) {
  ApiResponse response{.status = reply.status, .content_type = reply.content_type, .body = reply.body};
  response.headers.insert(reply.headers.begin(), reply.headers.end());
  return response;
}

}  // namespace mesh::simulator
