#include "engine/model/action.h"

#include <array>
#include <utility>

namespace mesh {
namespace {

constexpr std::array<std::pair<ActionKind, std::string_view>, 5> kinds = {{{ActionKind::network, "network"},
                                                                           {ActionKind::reader, "reader"},
                                                                           {ActionKind::gateway, "gateway"},
                                                                           {ActionKind::expose, "expose"},
                                                                           {ActionKind::discovery, "discovery"}}};

constexpr std::array<std::pair<Operation, std::string_view>, 6> operations = {{{Operation::create, "create"},
                                                                               {Operation::update, "update"},
                                                                               {Operation::replace, "replace"},
                                                                               {Operation::delete_, "delete"},
                                                                               {Operation::unchanged, "unchanged"},
                                                                               {Operation::unknown, "unknown"}}};

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  return {};
}

template <class Value, class Table>
std::optional<Value> value_of(const Table& table, std::string_view text) {
  for (const auto& [candidate, name] : table) {
    if (name == text) return candidate;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(ActionKind kind) { return name_of(kinds, kind); }
std::string_view to_string(Operation operation) { return name_of(operations, operation); }
std::optional<ActionKind> parse_action_kind(std::string_view text) { return value_of<ActionKind>(kinds, text); }
std::optional<Operation> parse_operation(std::string_view text) { return value_of<Operation>(operations, text); }

Operation operation_of(const ObjectChange& change) {
  constexpr std::array by_alternative = {Operation::unchanged, Operation::create, Operation::update, Operation::replace,
                                         Operation::delete_};
  return by_alternative.at(change.what.index());
}

}  // namespace mesh
