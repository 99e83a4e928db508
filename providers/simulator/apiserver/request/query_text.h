#pragma once

#include <map>
#include <string>

namespace mesh::simulator {

/// "a=b&c=d%2Fe", decoded; a plus sign is a space.
std::multimap<std::string, std::string> parse_query(const std::string& text);

}  // namespace mesh::simulator
