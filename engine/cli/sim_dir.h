#pragma once

#include <filesystem>

#include "engine/base/result.h"
#include "engine/cli/sim_options.h"
#include "engine/model/spec.h"
#include "providers/simulator/server/fleet.h"

namespace mesh::cli {

/// How to reach the control endpoint of a running simulator.
struct SimControl {
  std::string address;
  std::string ca_pem;
  std::string token;
};

/// The folder that `--dir`, else MESH_TEST_DIR, else `mesh-sim` names.
std::filesystem::path sim_dir(const SimOptions& options);

/// Makes the folder with its logs. Errors: file_not_writable.
Result<void> make_sim_dir(const std::filesystem::path& dir);

/// Writes mesh.toml, NAME.kubeconfig and control.json, which only their owner may read. Errors: file_not_writable.
Result<void> write_sim_files(const std::filesystem::path& dir, const Spec& spec, const simulator::Fleet& fleet);
/// Takes away what holds only as long as the fleet runs.
void remove_control(const std::filesystem::path& dir);
/// Errors: file_not_readable with the hint that nothing runs there.
Result<SimControl> read_control(const std::filesystem::path& dir);

}  // namespace mesh::cli
