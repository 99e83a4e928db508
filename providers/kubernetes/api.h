#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/kubernetes/client.h"
#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

/// Percent-encodes all but RFC 3986's unreserved characters.
std::string url_encode(std::string_view text);

/// `services`, `networkpolicies`, …: the resource of a kind, by the rules of k8s.io/apimachinery's
/// UnsafeGuessKindToResource and a table of exceptions.
std::string plural_of(const std::string& kind);

/// `/api/v1/namespaces/NS/secrets` or `/apis/GROUP/VERSION/…`; without a namespace all of them, or the cluster's own.
std::string collection_path(const ObjectId& id);
/// The collection's path with the name.
std::string object_path(const ObjectId& id);

/// GET of one object or of one page of a list. `continue_token` empty: the first page.
HttpRequest read_request(const Read& read, std::size_t page_size, const std::string& continue_token);
/// Server-side apply: unknown fields are refused, not dropped.
HttpRequest apply_request(const ObjectId& id, const nlohmann::json& body, Force force, const std::string& manager);
HttpRequest patch_request(const ObjectId& id, PatchType type, const nlohmann::json& patch, const std::string& manager);
/// With the uid as precondition (empty: none). Workloads go in the foreground, so that they are gone only after their
/// pods; what owns nothing goes at once.
HttpRequest delete_request(const ObjectId& id, const std::string& uid, const std::string& resource_version = {});
/// Creates a SelfSubjectAccessReview, which stores nothing.
HttpRequest access_review_request(const Right& right);
/// A list whose resourceVersion a watch can start from; of at most the one object where a name is given.
HttpRequest find_request(const Read& read);
HttpRequest watch_request(const Read& read, const std::string& resource_version, int timeout_seconds);

/// One page of a list, taken apart.
struct Page {
  std::vector<Object> objects;
  std::string resource_version;
  /// Empty: the last page.
  std::string continue_token;
};
/// Errors: malformed_answer.
Result<Page> parse_page(const std::string& body, const ObjectId& id);
Result<Object> parse_object(const std::string& body, const ObjectId& id);

/// A watch's event.
struct WatchEvent {
  enum class Kind { added_or_modified, deleted, bookmark, expired, failed };
  Kind kind = Kind::failed;
  std::optional<Object> object = std::nullopt;
  std::string resource_version = {};
  /// Of `failed`: what the server said, scrubbed.
  std::string message = {};
};
/// One line of a watch. Errors: malformed_answer.
Result<WatchEvent> parse_watch_event(std::string_view line, const ObjectId& id);

}  // namespace mesh::kubernetes
