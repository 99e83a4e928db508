#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/model/desired_state.h"
#include "engine/model/object.h"

namespace mesh {

/// The value of a label; null when it is not there.
const nlohmann::json* label_of(const Object& live, const char* label);

/// Whether the mesh label says another mesh's name, whoever wrote it there.
bool is_of_another_mesh(const Object& live, const std::string& mesh);

/// The field manager that another mesh, or a build of mesh before each had its own (`mesh`), applied with; empty when
/// there is none.
std::string other_manager_of(const Object& live, const std::string& manager);

/// How a person takes over what another mesh made: the command that gives its label and its entry of managedFields
/// to `mesh`, so that no field stays with the other.
std::string take_over_command(const Object& live, const std::string& mesh);

/// Whether the object is one that this mesh made or took over: it carries our labels, or somebody changed one or both
/// of them, and the other or the content is still ours.
bool is_of_this_mesh(const DesiredObject& desired, const Object& live, const std::string& mesh,
                     const std::string& manager);

/// The manager that most likely made the object: the one that applied it, else the one that wrote first.
std::string maker_of(const Object& live, const std::string& manager);

}  // namespace mesh
