#include "providers/simulator/apimachinery/strategicpatch/json_patch.h"

#include <stdexcept>

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Throws where the step does not fit.
json performed(const json& document, json step) {
  const json::json_pointer place(step.at("path").get<std::string>());
  if (!place.empty()) {
    const json& container = document.at(place.parent_pointer());
    if (!container.is_structured()) throw std::out_of_range("a value without members");
    // The server's library replaces members that are not there.
    if (step.at("op") == "replace" && container.is_object()) step["op"] = "add";
  }
  return document.patch(json::array({std::move(step)}));
}

}  // namespace

ApiResult<json> json_patch(const json& live, const json& steps) {
  json patched = live;
  try {
    for (const json& step : steps) patched = performed(patched, step);
  } catch (const std::exception&) {
    // The server says the same for every step.
    return tl::unexpected(ApiError{.code = 422,
                                   .reason = "Invalid",
                                   .message = "the server rejected our request due to an error in our request",
                                   .details = json::object()});
  }
  return patched;
}

json merge_patch(const json& live, const json& patch) {
  json merged = live;
  merged.merge_patch(patch);
  return merged;
}

}  // namespace mesh::simulator
