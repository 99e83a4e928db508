#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// Why a text is no value for its field: a cause that quotes it (unless it may hold a credential), and a hint.
struct Complaint {
  std::string summary = "invalid value";
  std::string cause;
  std::string hint;
};

using Verdict = std::optional<Complaint>;
using Check = Verdict (*)(std::string_view text);

}  // namespace mesh
