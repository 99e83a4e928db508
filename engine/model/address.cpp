#include "engine/model/address.h"

namespace mesh {
namespace {

bool matches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty() || text.front() == '/';
  if (glob.starts_with("**")) {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches(glob.substr(2), text.substr(skip))) return true;
    }
    return false;
  }
  if (glob.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches(glob.substr(1), text.substr(skip))) return true;
      if (skip < text.size() && text[skip] == '/') return false;
    }
    return false;
  }
  if (text.empty()) return false;
  const bool same = glob.front() == '?' ? text.front() != '/' : glob.front() == text.front();
  return same && matches(glob.substr(1), text.substr(1));
}

}  // namespace

bool covers(std::string_view glob, const Address& address) { return matches(glob, address.text); }

}  // namespace mesh
