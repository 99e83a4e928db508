#pragma once

#include <string>
#include <string_view>

#include "engine/base/printable.h"
#include "engine/model/action.h"
#include "engine/render/style.h"

namespace mesh {

enum class Ink { plain, bold, dim, green, yellow, red, magenta, cyan };

/// Wraps text in ANSI codes where colour is on.
class Paint {
 public:
  explicit Paint(Color color) : color_(color) {}
  std::string operator()(Ink ink, std::string_view text) const;

 private:
  Color color_;
};

/// `+`, `~`, `-/+`, `-`, `?`; a blank for unchanged.
std::string_view symbol(Operation operation);
Ink ink_of(Operation operation);

/// `1 peer`, `2 peers`.
std::string count(std::size_t number, std::string_view one, std::string_view many = {});

}  // namespace mesh
