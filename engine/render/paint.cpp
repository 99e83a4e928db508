#include "engine/render/paint.h"

#include <fmt/format.h>

namespace mesh {

std::string Paint::operator()(Ink ink, std::string_view text) const {
  if (color_ == Color::off || ink == Ink::plain || text.empty()) return std::string(text);
  const auto code = [&] {
    switch (ink) {
      case Ink::bold:
        return "1";
      case Ink::dim:
        return "2";
      case Ink::green:
        return "32";
      case Ink::yellow:
        return "33";
      case Ink::red:
        return "31";
      case Ink::magenta:
        return "35";
      case Ink::cyan:
        return "36";
      case Ink::plain:
        break;
    }
    return "0";
  }();
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string_view symbol(Operation operation) {
  switch (operation) {
    case Operation::create:
      return "+";
    case Operation::update:
      return "~";
    case Operation::replace:
      return "-/+";
    case Operation::delete_:
      return "-";
    case Operation::unknown:
      return "?";
    case Operation::unchanged:
      break;
  }
  return " ";
}

Ink ink_of(Operation operation) {
  switch (operation) {
    case Operation::create:
      return Ink::green;
    case Operation::update:
      return Ink::yellow;
    case Operation::replace:
      return Ink::magenta;
    case Operation::delete_:
      return Ink::red;
    case Operation::unknown:
      return Ink::cyan;
    case Operation::unchanged:
      break;
  }
  return Ink::plain;
}

std::string count(std::size_t number, std::string_view one, std::string_view many) {
  if (number == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", number, one) : fmt::format("{} {}", number, many);
}

}  // namespace mesh
