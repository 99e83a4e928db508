#include "providers/simulator/apiserver/request/list_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::simulator {
namespace {

std::vector<Cause> problems_of(const ListOptions& options, bool watch) {
  std::vector<Cause> causes;
  const std::string field = "resourceVersionMatch";
  const std::string& match = options.version_match;
  const auto forbid = [&](const std::string& where, const std::string& why) {
    causes.push_back({"FieldValueForbidden", "Forbidden: " + why, where});
  };
  if (!match.empty() && match != "NotOlderThan" && (watch || match != "Exact")) {
    const char* known = watch ? "\"NotOlderThan\"" : "\"Exact\", \"NotOlderThan\", \"\"";
    causes.push_back({"FieldValueNotSupported",
                      fmt::format("Unsupported value: \"{}\": supported values: {}", match, known), field});
  }
  if (!match.empty() && !options.continue_token.empty()) {
    forbid(field, "resourceVersionMatch is forbidden when continue is provided");
  }
  if (watch) {
    if (options.initial_events && match != "NotOlderThan") {
      forbid(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (!options.initial_events && !match.empty()) {
      forbid(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
    return causes;
  }
  if (!match.empty() && options.version.empty()) {
    forbid(field, "resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (match == "Exact" && options.version == "0") {
    forbid(field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
  }
  if (options.initial_events) forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  return causes;
}

}  // namespace

ApiResult<ListOptions> list_options(const Exchange& exchange) {
  ListOptions options;
  const auto limit = exchange.integer("limit");
  if (!limit) return tl::unexpected(limit.error());
  const auto timeout = exchange.integer("timeoutSeconds");
  if (!timeout) return tl::unexpected(timeout.error());
  options.limit = std::max<std::int64_t>(limit->value_or(0), 0);
  options.timeout_seconds = *timeout;
  options.continue_token = exchange.parameter("continue");
  options.version = exchange.parameter("resourceVersion");
  options.version_match = exchange.parameter("resourceVersionMatch");
  options.bookmarks = exchange.flag("allowWatchBookmarks");
  if (exchange.request.query.contains("sendInitialEvents")) options.initial_events = exchange.flag("sendInitialEvents");
  auto labels = LabelSelector::parse(exchange.parameter("labelSelector"));
  if (!labels) return tl::unexpected(labels.error());
  const auto causes = problems_of(options, exchange.info.verb == "watch");
  if (!causes.empty()) return tl::unexpected(invalid("meta.k8s.io", "ListOptions", "", causes));
  auto fields = FieldSelector::parse(exchange.parameter("fieldSelector"), exchange.stored_as());
  if (!fields) return tl::unexpected(fields.error());
  options.selection = {.labels = std::move(*labels), .fields = std::move(*fields)};
  return options;
}

}  // namespace mesh::simulator
