#include "engine/model/live_state.h"

#include <fmt/format.h>

namespace mesh {
namespace {

/// The alternative that is there, under the cluster's name or under its old one; null when it is another.
template <class Alternative>
const Alternative* find(const ClusterState& state) {
  if (const auto* renamed = std::get_if<Renamed>(&state.reading)) return std::get_if<Alternative>(&renamed->reading);
  return std::get_if<Alternative>(&state.reading);
}

}  // namespace

bool ClusterState::answered() const { return find<Answered>(*this) != nullptr; }

bool ClusterState::left_out() const { return find<LeftOut>(*this) != nullptr; }

const Diagnostics* ClusterState::unreachable() const {
  if (const auto* silent = find<Unreachable>(*this)) return &silent->why;
  const auto* skipped = find<LeftOut>(*this);
  return skipped == nullptr || skipped->why.empty() ? nullptr : &skipped->why;
}

const std::string* ClusterState::renamed_to() const {
  const auto* renamed = std::get_if<Renamed>(&reading);
  return renamed == nullptr ? nullptr : &renamed->to;
}

bool ClusterState::was_asked(const ObjectId& id) const {
  ObjectId whole_list = id;
  whole_list.name.clear();
  return asked.contains(id) || asked.contains(whole_list);
}

Observed ClusterState::observe(const ObjectId& id) const {
  if (const Diagnostics* why = unreachable()) return Unreadable{*why};
  if (left_out()) return Unreadable{};
  if (const auto it = found.find(id); it != found.end()) return &it->second;
  ObjectId whole_list = id;
  whole_list.name.clear();
  for (const ObjectId& question : {id, whole_list}) {
    if (const auto it = unreadable.find(question); it != unreadable.end()) return Unreadable{it->second};
  }
  if (was_asked(id)) return Absent{};
  return Unreadable{{Diagnostic{.code = Code::internal,
                                .where = fmt::format("cluster {}: {}", name, to_string(id)),
                                .summary = "object was not read",
                                .cause = "nothing asked the cluster for it",
                                .hint = "this is a bug in mesh: please report it"}}};
}

void mark_renamed(ClusterState& state, const std::string& to) {
  Renamed renamed{.to = to};
  if (const Diagnostics* why = state.unreachable()) renamed.reading = Unreachable{*why};
  if (state.left_out()) renamed.reading = std::get<LeftOut>(state.reading);
  state.reading = std::move(renamed);
}

Diagnostics as_reading_problems(Diagnostics why) {
  for (Diagnostic& problem : why) {
    if (problem.code != Code::internal) problem.severity = Severity::warning;
  }
  return why;
}

}  // namespace mesh
