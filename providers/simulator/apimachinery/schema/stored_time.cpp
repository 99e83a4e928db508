#include "providers/simulator/apimachinery/schema/stored_time.h"

#include "engine/base/time.h"

namespace mesh::simulator {

std::string stored_time(const std::string& text, bool micro) {
  const auto when = parse_rfc3339(text);
  if (!when) return text;
  std::string stored = rfc3339(*when);
  if (!micro) return stored;
  std::string fraction;
  if (const auto dot = text.find('.'); dot != std::string::npos) {
    fraction = text.substr(dot + 1, text.find_first_not_of("0123456789", dot + 1) - dot - 1);
  }
  fraction.resize(6, '0');
  stored.pop_back();
  return stored + "." + fraction + "Z";
}

}  // namespace mesh::simulator
