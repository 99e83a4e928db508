#include "engine/model/address.h"

#include <fnmatch.h>

namespace mesh {
namespace {

/// `**` is not known to fnmatch: it may stand for each piece of the text.
bool matches(const std::string& glob, const std::string& text) {
  constexpr int flags = FNM_PATHNAME | FNM_NOESCAPE;
  const std::size_t any = glob.find("**");
  if (any == std::string::npos) return fnmatch(glob.c_str(), text.c_str(), flags | FNM_LEADING_DIR) == 0;
  const std::string before = glob.substr(0, any);
  const std::string behind = glob.substr(any + 2);
  for (std::size_t end = 0; end <= text.size(); ++end) {
    if (fnmatch(before.c_str(), text.substr(0, end).c_str(), flags) != 0) continue;
    for (std::size_t from = end; from <= text.size(); ++from) {
      if (matches(behind, text.substr(from))) return true;
    }
  }
  return false;
}

}  // namespace

bool covers(const std::string& glob, const Address& address) { return matches(glob, address.text); }

}  // namespace mesh
