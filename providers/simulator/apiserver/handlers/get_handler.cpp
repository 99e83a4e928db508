#include "providers/simulator/apiserver/handlers/get_handler.h"

#include <fmt/format.h>

#include <charconv>

#include "providers/simulator/apiserver/request/list_options.h"
#include "providers/simulator/apiserver/storage/continue_token.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

ApiError expired(const std::string& message) { return {.code = 410, .reason = "Expired", .message = message}; }

ApiError too_large(std::uint64_t asked, std::uint64_t current) {
  return {
      .code = 504,
      .reason = "Timeout",
      .message = fmt::format("Timeout: Too large resource version: {}, current: {}", asked, current),
      .details = {
          {"causes", json::array({{{"reason", "ResourceVersionTooLarge"}, {"message", "Too large resource version"}}})},
          {"retryAfterSeconds", 1}}};
}

std::string key_in(const Stored& stored, const std::string& ns) {
  if (!ns.empty() || stored.ns.empty()) return stored.name;
  return stored.ns + "/" + stored.name;
}

/// What a first page or a whole list reads.
ApiResult<Listing> first_listing(const Cluster& cluster, const Exchange& exchange, const ListOptions& options) {
  constexpr int bad_request_code = 400;
  const auto version = version_number(options.version, bad_request_code);
  if (!version) return tl::unexpected(version.error());
  const std::string resource = exchange.stored_as();
  const std::uint64_t current = cluster.store.last_version();
  const bool exact =
      options.version_match == "Exact" || (options.version_match.empty() && options.limit > 0 && *version > 0);
  if (*version > current) return tl::unexpected(too_large(*version, current));
  if (!exact) return cluster.store.read(resource, exchange.info.ns);
  auto then = cluster.store.read_at(resource, exchange.info.ns, *version);
  if (!then) return tl::unexpected(expired("The resourceVersion for the provided list is too old."));
  return std::move(*then);
}

struct Page {
  std::vector<StoredPtr> objects;
  json metadata = json::object();
};

Page cut(const Listing& listing, const ContinueToken& token, const Exchange& exchange, const ListOptions& options) {
  Page page;
  page.metadata["resourceVersion"] = std::to_string(listing.revision);
  const std::string& ns = exchange.info.ns;
  std::size_t at = 0;
  while (!token.after.empty() && at < listing.objects.size() && key_in(*listing.objects[at], ns) <= token.after) {
    ++at;
  }
  // From memory a server answers whole lists, whatever the limit.
  const bool whole = options.limit == 0 || (options.version == "0" && options.version_match.empty());
  for (; at < listing.objects.size(); ++at) {
    if (!whole && page.objects.size() == static_cast<std::size_t>(options.limit)) break;
    if (options.selection.matches(*listing.objects[at])) page.objects.push_back(listing.objects[at]);
  }
  if (at == listing.objects.size()) {
    // Lists of custom resources are put together differently, and show the empty token.
    if (exchange.resource->custom && exchange.form == Form::object) page.metadata["continue"] = "";
    return page;
  }
  const std::string last = key_in(*listing.objects[at - 1], ns);
  page.metadata["continue"] = encode_continue({.version = static_cast<std::int64_t>(listing.revision), .after = last});
  if (options.selection.empty()) page.metadata["remainingItemCount"] = listing.objects.size() - at;
  return page;
}

/// The token of an answer that says the list is too old leads on, without consistency.
ApiResponse expired_answer(const ContinueToken& token) {
  ApiError error = expired("The provided continue parameter is too old to display a consistent list result.");
  json status = to_status(error);
  status["metadata"]["continue"] = encode_continue({.version = -1, .after = token.after});
  return json_response(status, error.code);
}

}  // namespace

ApiResult<std::uint64_t> version_number(const std::string& text, int code) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (text.empty() || (error == std::errc() && end == text.data() + text.size())) return version;
  ApiError refused =
      bad_request(fmt::format("resourceVersion: Invalid value: {0}: strconv.ParseUint: parsing {0}: "
                              "invalid syntax",
                              json(text).dump()));
  if (refused.code != code) refused = {.code = code, .reason = "", .message = refused.message};
  return tl::unexpected(std::move(refused));
}

Answer get_object(Cluster& cluster, Exchange& exchange) {
  // Not a 400, unlike in lists.
  constexpr int code = 500;
  const auto version = version_number(exchange.parameter("resourceVersion"), code);
  if (!version) return tl::unexpected(version.error());
  if (const std::uint64_t current = cluster.store.last_version(); *version > current) {
    return tl::unexpected(too_large(*version, current));
  }
  const StoredPtr found = cluster.store.find(exchange.stored_as(), exchange.info.ns, exchange.info.name);
  if (!found) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  return object_answer(cluster, exchange, *found);
}

Answer list_objects(Cluster& cluster, Exchange& exchange) {
  const auto options = list_options(exchange);
  if (!options) return tl::unexpected(options.error());
  ContinueToken token;
  ApiResult<Listing> listing;
  if (options->continue_token.empty()) {
    listing = first_listing(cluster, exchange, *options);
  } else {
    const auto decoded = decode_continue(options->continue_token);
    if (!decoded) return tl::unexpected(decoded.error());
    if (!options->version.empty() && options->version != "0") {
      return tl::unexpected(bad_request("specifying resource version is not allowed when using continue"));
    }
    token = *decoded;
    const std::string resource = exchange.stored_as();
    auto then = token.version < 0
                    ? cluster.store.read(resource, exchange.info.ns)
                    : cluster.store.read_at(resource, exchange.info.ns, static_cast<std::uint64_t>(token.version));
    if (!then) return expired_answer(token);
    listing = std::move(*then);
  }
  if (!listing) return tl::unexpected(listing.error());
  const Page page = cut(*listing, token, exchange, *options);
  return list_answer(cluster, exchange, page.objects, page.metadata);
}

}  // namespace mesh::simulator
