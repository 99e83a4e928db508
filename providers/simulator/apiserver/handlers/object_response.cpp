#include "providers/simulator/apiserver/handlers/object_response.h"

#include <fmt/format.h>

#include "providers/simulator/apiserver/printers/table.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

std::string head(const std::string& kind, const std::string& api_version) {
  return fmt::format("{{\"kind\":\"{}\",\"apiVersion\":\"{}\"", kind, api_version);
}

ApiResponse text_answer(std::string text, int status = 200) {
  return {.status = status, .body = std::move(text) + "\n"};
}

Answer table_answer(const Cluster& cluster, const Exchange& exchange, const std::vector<StoredPtr>& objects,
                    const json& metadata, int status) {
  const auto include = include_object(exchange.parameter("includeObject"));
  if (!include) return tl::unexpected(bad_request("Unable to convert to Table as requested: includeObject"));
  std::vector<json> trees;
  for (const StoredPtr& stored : objects) trees.push_back(object_in(*stored, exchange.api_version()));
  const TableOptions options{.include = *include, .now = cluster.settings.clock->wall()};
  return json_response(table_of(*exchange.resource, trees, metadata, options), status);
}

/// Items of a built-in kind's list name neither kind nor apiVersion.
std::string item_text(const Stored& stored, const ResourceInfo& resource, const std::string& api_version, Form form) {
  const bool bare = form == Form::object && !resource.custom;
  return bare ? stored.text : object_text(stored, api_version, form == Form::object ? form : Form::partial);
}

}  // namespace

json object_in(const Stored& stored, const std::string& api_version) {
  json object = stored.json();
  object["apiVersion"] = api_version;
  return object;
}

std::string object_text(const Stored& stored, const std::string& api_version, Form form) {
  if (form == Form::object) return head(stored.kind, api_version) + "," + stored.text.substr(1);
  return fmt::format("{},\"metadata\":{}}}", head("PartialObjectMetadata", "meta.k8s.io/v1"), stored.metadata());
}

Answer object_answer(const Cluster& cluster, const Exchange& exchange, const Stored& stored, int status) {
  if (exchange.form == Form::partial_list) return tl::unexpected(not_acceptable());
  if (exchange.form == Form::table) {
    const auto same = std::make_shared<const Stored>(stored);
    return table_answer(cluster, exchange, {same}, {{"resourceVersion", std::to_string(stored.version)}}, status);
  }
  return text_answer(object_text(stored, exchange.api_version(), exchange.form), status);
}

Answer list_answer(const Cluster& cluster, const Exchange& exchange, const std::vector<StoredPtr>& objects,
                   const json& metadata) {
  const Form form = exchange.form;
  if (form == Form::table) return table_answer(cluster, exchange, objects, metadata, 200);
  if (form == Form::partial) return tl::unexpected(not_acceptable());
  const std::string api_version = exchange.api_version();
  std::string text = form == Form::object ? head(exchange.resource->list_kind, api_version)
                                          : head("PartialObjectMetadataList", "meta.k8s.io/v1");
  text += ",\"metadata\":" + compact(metadata) + ",\"items\":";
  // Nothing was converted: the list is Go's nil.
  if (objects.empty() && form != Form::object) return text_answer(text + "null}");
  text += '[';
  bool first = true;
  for (const StoredPtr& stored : objects) {
    if (!first) text += ',';
    first = false;
    text += item_text(*stored, *exchange.resource, api_version, form);
  }
  return text_answer(text + "]}");
}

ApiError not_acceptable() {
  return {.code = 406,
          .reason = "NotAcceptable",
          .message = "only the following media types are accepted: application/json"};
}

}  // namespace mesh::simulator
