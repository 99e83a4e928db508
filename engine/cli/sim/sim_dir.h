#pragma once

#include <filesystem>
#include <memory>

#include "engine/base/result.h"
#include "engine/cli/sim/sim_options.h"
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

/// The folder of a simulator that runs: until this goes, no other can have it.
class SimFolder {
 public:
  /// Makes the folder with its logs, and removes what an earlier simulator left that would lead nowhere now. Errors:
  /// file_not_writable, also when a simulator runs there, or the folder's mesh.toml is none that a simulator wrote.
  static Result<std::unique_ptr<SimFolder>> take(const std::filesystem::path& dir);
  SimFolder(const SimFolder&) = delete;
  SimFolder& operator=(const SimFolder&) = delete;
  /// Takes away what holds only as long as the fleet runs.
  ~SimFolder();

  /// Writes mesh.toml, NAME.kubeconfig and control.json, which only their owner may read. Errors: file_not_writable.
  Result<void> write(const Spec& spec, const simulator::Fleet& fleet) const;

 private:
  SimFolder(std::filesystem::path dir, int lock) : dir_(std::move(dir)), lock_(lock) {}
  void remove_left_over() const;

  const std::filesystem::path dir_;
  /// Holds the names of the kubeconfigs that were written, one a line.
  const int lock_;
};

/// Errors: file_not_readable with the hint that nothing runs there.
Result<SimControl> read_control(const std::filesystem::path& dir);

}  // namespace mesh::cli
