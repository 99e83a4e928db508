#include "engine/plan/references.h"

#include "engine/model/action.h"

namespace mesh {

References::References(const std::vector<const DesiredAction*>& actions, const LiveState& live) : live_(live) {
  for (const DesiredAction* action : actions) {
    for (const DesiredObject& object : action->objects) {
      for (const Reference& reference : object.references)
        sources_[reference.cluster].try_emplace(reference.source, Fate::untouched);
    }
  }
}

const Fate* References::find(const std::string& cluster, const ObjectId& id) const {
  const auto sources = sources_.find(cluster);
  if (sources == sources_.end()) return nullptr;
  const auto source = sources->second.find(id);
  return source == sources->second.end() ? nullptr : &source->second;
}

std::optional<Fate> fate_of(const ObjectDiff& diff) {
  if (!diff.unknown.empty()) return std::nullopt;
  if (!diff.change || std::holds_alternative<DeleteObject>(diff.change->what)) return Fate::gone;
  const Operation operation = operation_of(*diff.change);
  return operation == Operation::create || operation == Operation::replace ? Fate::made : Fate::stays;
}

std::vector<ResolvedReference> References::resolve(const DesiredObject& object) const {
  std::vector<ResolvedReference> resolved;
  resolved.reserve(object.references.size());
  for (const Reference& reference : object.references) resolved.push_back(resolve_one(reference));
  return resolved;
}

ResolvedReference References::resolve_one(const Reference& reference) const {
  using State = ResolvedReference::State;
  ResolvedReference resolved{.path = &reference.path, .state = State::unverifiable, .uid = {}};
  const Fate* known = find(reference.cluster, reference.source);
  const Fate fate = known == nullptr ? Fate::untouched : *known;
  if (fate == Fate::made) {
    resolved.state = State::known_after_apply;
    return resolved;
  }
  const auto cluster = live_.clusters.find(reference.cluster);
  if (fate == Fate::gone || cluster == live_.clusters.end()) return resolved;
  if (cluster->second.left_out()) {
    resolved.state = State::left_out;
    return resolved;
  }
  const Observed observed = cluster->second.observe(reference.source);
  if (const auto* const* object = std::get_if<const Object*>(&observed)) {
    resolved.state = State::known;
    resolved.uid = (*object)->uid;
  }
  return resolved;
}

}  // namespace mesh
