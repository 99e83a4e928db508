#include "providers/kubernetes/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "engine/base/lower_case.h"
#include "providers/kubernetes/kubeconfig/redact.h"

namespace mesh::kubernetes {
namespace {

constexpr const char* json_type = "Accept: application/json";

bool is_workload(const std::string& kind) {
  static constexpr std::array<std::string_view, 6> kinds = {"Deployment", "ReplicaSet", "StatefulSet",
                                                            "DaemonSet",  "Job",        "CronJob"};
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string selector_of(const Read& read) {
  if (read.id.name.empty()) return "labelSelector=" + url_encode(read.label_selector);
  return "fieldSelector=" + url_encode("metadata.name=" + read.id.name);
}

tl::unexpected<Diagnostics> malformed(std::string cause) {
  return failure(
      Diagnostic{.code = Code::malformed_answer,
                 .summary = "answer is not what a Kubernetes API server sends",
                 .cause = std::move(cause),
                 .hint = "check that the address is a Kubernetes API server and that no proxy changes answers"});
}

/// The JSON object in an answer.
Result<nlohmann::json> parse_json(std::string_view body) {
  auto answer = parse_foreign_json(body);
  if (!answer) return malformed(fmt::format("it holds {}", answer.error()));
  if (!answer->is_object()) return malformed(fmt::format("a JSON {} came instead of an object", answer->type_name()));
  return std::move(*answer);
}

}  // namespace

std::string url_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(u) != 0 || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", u);
    }
  }
  return encoded;
}

std::string plural_of(const std::string& kind) {
  std::string plural = lower_case(kind);
  if (plural == "endpoints" || plural.empty()) return plural;
  if (plural.ends_with("s") || plural.ends_with("x") || plural.ends_with("ch") || plural.ends_with("sh")) {
    return plural + "es";
  }
  const bool vowel_before =
      plural.size() > 1 && std::string_view("aeiou").find(plural[plural.size() - 2]) != std::string_view::npos;
  if (plural.ends_with("y") && !vowel_before) {
    plural.pop_back();
    return plural + "ies";
  }
  return plural + "s";
}

std::string collection_path(const ObjectId& id) {
  std::string path = id.api_version.find('/') == std::string::npos ? "/api/" : "/apis/";
  path += url_encode(id.api_version.substr(0, id.api_version.find('/')));
  if (const auto slash = id.api_version.find('/'); slash != std::string::npos) {
    path += "/" + url_encode(id.api_version.substr(slash + 1));
  }
  if (!id.ns.empty()) path += "/namespaces/" + url_encode(id.ns);
  return path + "/" + url_encode(plural_of(id.kind));
}

std::string object_path(const ObjectId& id) { return collection_path(id) + "/" + url_encode(id.name); }

namespace {

constexpr const char* one_as_metadata = "Accept: application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
constexpr const char* list_as_metadata = "Accept: application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// What a write or a watch of one object answers with. Of a Secret nobody needs more than metadata there, and its value
/// stays off the wire.
const char* accept_of(const ObjectId& id) { return holds_secrets(id.kind) ? one_as_metadata : json_type; }

}  // namespace

HttpRequest read_request(const Read& read, std::size_t page_size, const std::string& continue_token) {
  const bool list = read.id.name.empty();
  HttpRequest request{.target = list ? collection_path(read.id) : object_path(read.id)};
  if (read.content == Content::metadata_only) {
    request.headers.emplace_back(list ? list_as_metadata : one_as_metadata);
  } else {
    request.headers.emplace_back(json_type);
  }
  if (!list) return request;
  request.largest_answer = largest_page;
  request.target += fmt::format("?limit={}", page_size);
  if (!read.label_selector.empty()) request.target += "&labelSelector=" + url_encode(read.label_selector);
  if (!read.not_in_namespace.empty())
    request.target += "&fieldSelector=" + url_encode("metadata.namespace!=" + read.not_in_namespace);
  if (!continue_token.empty()) request.target += "&continue=" + url_encode(continue_token);
  return request;
}

HttpRequest apply_request(const ObjectId& id, const nlohmann::json& body, Force force, const std::string& manager) {
  return {.method = "PATCH",
          .target = fmt::format("{}?fieldManager={}&force={}&fieldValidation=Strict", object_path(id),
                                url_encode(manager), force == Force::yes),
          .headers = {accept_of(id), "Content-Type: application/apply-patch+yaml"},
          .body = body.dump()};
}

HttpRequest patch_request(const ObjectId& id, PatchType type, const nlohmann::json& patch, const std::string& manager) {
  const char* const name = type == PatchType::merge ? "merge-patch" : "strategic-merge-patch";
  return {.method = "PATCH",
          .target = fmt::format("{}?fieldManager={}&fieldValidation=Strict", object_path(id), url_encode(manager)),
          .headers = {accept_of(id), fmt::format("Content-Type: application/{}+json", name)},
          .body = patch.dump()};
}

HttpRequest delete_request(const ObjectId& id, const std::string& uid, const std::string& resource_version) {
  nlohmann::json options = {{"apiVersion", "v1"},
                            {"kind", "DeleteOptions"},
                            {"propagationPolicy", is_workload(id.kind) ? "Foreground" : "Background"}};
  if (!uid.empty()) options["preconditions"]["uid"] = uid;
  if (!resource_version.empty()) options["preconditions"]["resourceVersion"] = resource_version;
  return {.method = "DELETE",
          .target = object_path(id),
          .headers = {accept_of(id), "Content-Type: application/json"},
          .body = options.dump()};
}

HttpRequest access_review_request(const Right& right) {
  nlohmann::json attributes = {{"verb", right.verb}, {"group", right.group}, {"resource", right.resource}};
  if (!right.ns.empty()) attributes["namespace"] = right.ns;
  const nlohmann::json review = {{"apiVersion", "authorization.k8s.io/v1"},
                                 {"kind", "SelfSubjectAccessReview"},
                                 {"spec", {{"resourceAttributes", std::move(attributes)}}}};
  return {.method = "POST",
          .target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          .headers = {json_type, "Content-Type: application/json"},
          .body = review.dump()};
}

HttpRequest find_request(const Read& read) {
  return {.target = collection_path(read.id) + "?" + selector_of(read),
          .headers = {holds_secrets(read.id.kind) ? list_as_metadata : json_type},
          .largest_answer = read.id.name.empty() ? largest_page : largest_object};
}

HttpRequest watch_request(const Read& read, const std::string& resource_version, int timeout_seconds) {
  return {
      .target = fmt::format("{}?{}&watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                            collection_path(read.id), selector_of(read), url_encode(resource_version), timeout_seconds),
      .headers = {accept_of(read.id)}};
}

Result<Page> parse_page(const std::string& body, const ObjectId& id) {
  auto answer = parse_json(body);
  if (!answer) return failure(std::move(answer.error()));
  const auto items = answer->find("items");
  // An empty list may come as null.
  if (items == answer->end() || !(items->is_array() || items->is_null())) {
    return malformed(fmt::format("a `{}` without items came instead of a list", redact(text_at(*answer, "kind"), 60)));
  }
  Page page;
  page.resource_version = text_at(*answer, {"metadata", "resourceVersion"});
  page.continue_token = text_at(*answer, {"metadata", "continue"});
  // The items of a metadata-only list do not name a kind each, nor do those of a typed one.
  const bool metadata_only = text_at(*answer, "kind") == "PartialObjectMetadataList";
  if (items->is_null()) return page;
  for (nlohmann::json& item : *items) {
    if (metadata_only && item.is_object()) item["kind"] = "PartialObjectMetadata";
    auto object = object_from_json(std::move(item), id);
    if (!object) return failure(std::move(object.error()));
    page.objects.push_back(std::move(*object));
  }
  return page;
}

Result<Object> parse_object(const std::string& body, const ObjectId& id) {
  auto answer = parse_json(body);
  if (!answer) return failure(std::move(answer.error()));
  return object_from_json(std::move(*answer), id);
}

Result<WatchEvent> parse_watch_event(std::string_view line, const ObjectId& id) {
  auto answer = parse_json(line);
  if (!answer) return failure(std::move(answer.error()));
  const std::string type = text_at(*answer, "type");
  const auto body = answer->find("object");
  if (body == answer->end() || !body->is_object()) return malformed("a watch event without an object came");
  WatchEvent event;
  if (type == "ERROR") {
    const bool expired = body->value("code", nlohmann::json()) == 410 || text_at(*body, "reason") == "Expired";
    event.kind = expired ? WatchEvent::Kind::expired : WatchEvent::Kind::failed;
    event.message = redact(text_at(*body, "message"), 500);
    return event;
  }
  event.resource_version = text_at(*body, {"metadata", "resourceVersion"});
  if (type == "BOOKMARK") {
    event.kind = WatchEvent::Kind::bookmark;
    return event;
  }
  if (type != "ADDED" && type != "MODIFIED" && type != "DELETED") {
    return malformed(fmt::format("a watch event of type `{}` came", redact(type, 40)));
  }
  event.kind = type == "DELETED" ? WatchEvent::Kind::deleted : WatchEvent::Kind::added_or_modified;
  auto object = object_from_json(std::move(*body), id);
  if (!object) return failure(std::move(object.error()));
  event.object = std::move(*object);
  return event;
}

}  // namespace mesh::kubernetes
