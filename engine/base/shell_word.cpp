#include "engine/base/shell_word.h"

#include <algorithm>
#include <string_view>

namespace mesh {

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) {
    constexpr std::string_view signs = "_-+=:,./@%";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           signs.find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? R"('\'')" : std::string(1, c);
  return quoted + "'";
}

}  // namespace mesh
