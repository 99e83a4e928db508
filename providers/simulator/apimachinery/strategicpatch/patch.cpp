#include "providers/simulator/apimachinery/strategicpatch/patch.h"

#include <charconv>
#include <optional>

namespace mesh::simulator {

namespace {

using nlohmann::json;

/// What the server says for every step that does not fit.
ApiError rejected() {
  return {.code = 422,
          .reason = "Invalid",
          .message = "the server rejected our request due to an error in our request",
          .details = json::object()};
}

std::string unescaped(std::string token) {
  for (std::size_t at = 0; (at = token.find('~', at)) != std::string::npos; ++at)
    if (at + 1 < token.size() && (token[at + 1] == '0' || token[at + 1] == '1'))
      token.replace(at, 2, token[at + 1] == '0' ? "~" : "/");
  return token;
}

/// The tokens after the first slash; what stands before it is not looked at, as the server's library does.
std::vector<std::string> tokens_of(const std::string& path) {
  std::vector<std::string> tokens;
  std::size_t at = path.find('/');
  while (at != std::string::npos) {
    const std::size_t end = path.find('/', at + 1);
    tokens.push_back(unescaped(path.substr(at + 1, end == std::string::npos ? end : end - at - 1)));
    at = end;
  }
  return tokens;
}

/// Negative indexes count from the end.
std::optional<std::size_t> index_of(const std::string& token, std::size_t size) {
  long number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc() || end != token.data() + token.size() || token.empty()) return std::nullopt;
  if (number < 0) number += static_cast<long>(size);
  return number < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(number));
}

/// One place: the container that holds it and the last token.
struct Place {
  json* container = nullptr;
  std::string token;

  const json* value() const {
    if (container->is_object()) {
      const auto at = container->find(token);
      return at == container->end() ? nullptr : &*at;
    }
    const auto index = index_of(token, container->size());
    return index && *index < container->size() ? &(*container)[*index] : nullptr;
  }
};

std::optional<Place> find_place(json& document, const std::string& path) {
  const std::vector<std::string> tokens = tokens_of(path);
  if (tokens.empty()) return std::nullopt;
  json* here = &document;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!here->is_structured()) return std::nullopt;
    const json* next = Place{here, tokens[i]}.value();
    if (next == nullptr) return std::nullopt;
    here = here->is_object() ? &(*here)[tokens[i]] : &(*here)[*index_of(tokens[i], here->size())];
  }
  if (!here->is_structured()) return std::nullopt;
  return Place{here, tokens.back()};
}

bool add(json& document, const std::string& path, json value) {
  if (path.empty()) {
    document = std::move(value);
    return true;
  }
  const auto place = find_place(document, path);
  if (!place) return false;
  if (place->container->is_object()) {
    (*place->container)[place->token] = std::move(value);
    return true;
  }
  if (place->token == "-") {
    place->container->push_back(std::move(value));
    return true;
  }
  // The list as it will be: -1 is behind the last item.
  const auto index = index_of(place->token, place->container->size() + 1);
  if (!index || *index > place->container->size()) return false;
  place->container->insert(place->container->begin() + static_cast<long>(*index), std::move(value));
  return true;
}

bool remove(json& document, const std::string& path) {
  const auto place = find_place(document, path);
  if (!place || place->value() == nullptr) return false;
  if (place->container->is_object())
    place->container->erase(place->token);
  else
    place->container->erase(*index_of(place->token, place->container->size()));
  return true;
}

bool replace(json& document, const std::string& path, json value) {
  if (path.empty()) {
    document = std::move(value);
    return true;
  }
  const auto place = find_place(document, path);
  if (!place) return false;
  if (place->container->is_object()) {
    (*place->container)[place->token] = std::move(value);
    return true;
  }
  if (place->value() == nullptr) return false;
  (*place->container)[*index_of(place->token, place->container->size())] = std::move(value);
  return true;
}

bool take(json& document, const std::string& from, const std::string& path, bool keep) {
  const auto place = find_place(document, from);
  if (!place) return false;
  const json* found = place->value();
  if (found == nullptr && (!keep || !place->container->is_object())) return false;
  json value = found == nullptr ? json() : *found;
  return (keep || remove(document, from)) && add(document, path, std::move(value));
}

bool test(json& document, const std::string& path, const json& value) {
  const auto place = find_place(document, path);
  if (path.empty()) return document == value;
  if (!place) return false;
  const json* found = place->value();
  return found == nullptr ? value.is_null() : *found == value;
}

bool perform(json& document, const json& step) {
  if (!step.is_object()) return false;
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto at = step.find(name);
    return at != step.end() && at->is_string() ? std::optional(at->get<std::string>()) : std::nullopt;
  };
  const std::string op = text("op").value_or("");
  const auto path = text("path");
  if (!path) return false;
  json value = step.value("value", json());
  if (op == "add") return add(document, *path, std::move(value));
  if (op == "remove") return remove(document, *path);
  if (op == "replace") return replace(document, *path, std::move(value));
  if (op == "test") return test(document, *path, value);
  const auto from = text("from");
  return from && (op == "move" || op == "copy") && take(document, *from, *path, op == "copy");
}

}  // namespace

ApiResult<json> json_patch(const Write&, const json& live, const json& steps) {
  if (!steps.is_array())
    return tl::unexpected(bad_request(
        "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"));
  json patched = live;
  for (const json& step : steps)
    if (!perform(patched, step)) return tl::unexpected(rejected());
  return patched;
}

ApiResult<json> merge_patch(const json& live, const json& patch) {
  json merged = live;
  merged.merge_patch(patch);
  return merged;
}

}  // namespace mesh::simulator
