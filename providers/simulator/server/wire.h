#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// Where a request goes: `/clusters/NAME/rest?query`.
struct RequestTarget {
  /// Empty: the path is none of a cluster's.
  std::string cluster;
  /// Path and query below the cluster's prefix, as sent; begins with a slash.
  std::string uri;
  /// The same, percent-decoded and taken apart.
  std::string path;
  std::multimap<std::string, std::string> query;
};
RequestTarget parse_target(std::string_view text);

/// Status line and headers of an answer, up to and with the empty line. `length`: of the body; none means that it comes
/// in chunks.
struct Head {
  int status = 200;
  std::string content_type = {};
  std::multimap<std::string, std::string> headers = {};
  std::optional<std::size_t> length = std::nullopt;
  bool close = false;
};
std::string head_text(const Head& head, std::chrono::system_clock::time_point now);

/// One chunk of a chunked body; the empty text ends it.
std::string chunk_text(std::string_view text);

/// Adds a header; one that is there already gets the value appended.
void add_header(std::map<std::string, std::string>& headers, std::string name, const std::string& value);

std::string http_date(std::chrono::system_clock::time_point now);

/// Whether the API server would compress this answer: from 128 KiB on, when the client takes gzip.
bool wants_gzip(const ApiRequest& request, const ApiResponse& response);
/// Does it where the API server would.
void compress(const ApiRequest& request, ApiResponse& response);

/// A Status that reports a failure; `reason` as in Kubernetes.
ApiResponse failure_status(int code, const std::string& reason, const std::string& message);
ApiResponse plain_text(int status, const std::string& text);

}  // namespace mesh::simulator
