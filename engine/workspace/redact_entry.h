#pragma once

#include <nlohmann/json.hpp>

namespace mesh {

/// An entry of the log without credentials. In every text, at any depth: what kubernetes::redact hides, user and
/// password of URLs, and the values of the headers Authorization, Proxy-Authorization, Cookie and Set-Cookie. Fields of
/// these names, and of names that end in `token`, `password` or `secret`, have no value left.
nlohmann::ordered_json redact_entry(nlohmann::ordered_json entry);

}  // namespace mesh
