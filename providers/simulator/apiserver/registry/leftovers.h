#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/storage/store.h"

namespace mesh::simulator {

/// What still is in a namespace that terminates: how many objects of each resource ("configmaps."), and how many of
/// them each finalizer holds.
struct Leftovers {
  std::map<std::string, std::size_t> resources;
  std::map<std::string, std::size_t> finalizers;
};

Leftovers leftovers_in(const Store& store, const std::string& ns);

/// Brings the conditions of a namespace up to it, as the namespace controller words them. A condition that stays as it
/// was keeps its time.
void report_leftovers(const Leftovers& left, const std::string& now, nlohmann::json& conditions);

}  // namespace mesh::simulator
