#include "engine/base/diagnostic.h"

#include <algorithm>
#include <iterator>

namespace mesh {

std::string_view to_string(Code code) {
  switch (code) {
#define MESH_CODE(name) \
  case Code::name:      \
    return #name;
    MESH_DIAGNOSTIC_CODES(MESH_CODE)
#undef MESH_CODE
  }
  return "internal";
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& found) { return found.severity == Severity::error; });
}

void append(Diagnostics& to, Diagnostics more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void append_new(Diagnostics& to, const Diagnostics& more) {
  for (const Diagnostic& one : more) {
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
  }
}

}  // namespace mesh
