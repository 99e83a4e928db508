#include <fmt/format.h>
#include <charconv>

#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/handlers/verbs.h"
#include "providers/simulator/apiserver/request/options.h"
#include "providers/simulator/apiserver/storage/watch_stream.h"

namespace mesh::simulator {

namespace {

ApiResult<std::uint64_t> start_version(const std::string& text) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (text.empty() || (error == std::errc() && end == text.data() + text.size())) return version;
  // Not a 400, unlike in lists.
  return tl::unexpected(ApiError{.code = 500,
                                 .reason = "",
                                 .message = fmt::format("resourceVersion: Invalid value: {0}: strconv.ParseUint: "
                                                        "parsing {0}: invalid syntax",
                                                        nlohmann::json(text).dump())});
}

}  // namespace

Answer watch_objects(Cluster& cluster, Exchange& exchange) {
  auto options = read_options(exchange);
  if (!options) return tl::unexpected(options.error());
  const auto version = start_version(options->version);
  if (!version) return tl::unexpected(version.error());
  WatchPlan plan{.cluster = cluster.shared_from_this(),
                 .registry = exchange.registry,
                 .resource = exchange.resource,
                 .version = exchange.info.version,
                 .ns = exchange.info.ns,
                 .name = exchange.info.name,
                 .accepted = exchange.accepted,
                 .options = *options,
                 .include_object = exchange.parameter("includeObject"),
                 .initial = {},
                 .end_of_initial_events = false,
                 .after = *version};
  // Without a version, or with 0, a watch begins with all that is there.
  const bool initial = options->initial_events.value_or(*version == 0);
  if (initial) {
    Listing listing = cluster.store.read(exchange.stored_as(), exchange.info.ns);
    plan.initial = std::move(listing.objects);
    plan.after = listing.revision;
    plan.end_of_initial_events = options->initial_events.value_or(false) && options->bookmarks;
  } else if (*version == 0) {
    plan.after = cluster.store.last_version();
  }
  ApiResponse response{.content_type = exchange.accepted.content_type};
  response.stream = std::make_shared<WatchStream>(std::move(plan));
  return response;
}

}  // namespace mesh::simulator
