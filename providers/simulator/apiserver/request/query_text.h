#pragma once

#include <map>
#include <string>
#include <string_view>

#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// "d%2Fe" decoded; what is no escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus_is_space);

/// "a=b&c=d%2Fe", decoded; a plus sign is a space.
std::multimap<std::string, std::string> parse_query(const std::string& text);

/// A request for a path with a query, both encoded: "/api/v1/secrets?limit=5".
ApiRequest request_to(const std::string& method, const std::string& target);

}  // namespace mesh::simulator
