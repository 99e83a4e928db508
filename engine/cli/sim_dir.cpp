#include "engine/cli/sim_dir.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/cli/files.h"
#include "engine/cli/sim_fleet.h"

namespace mesh::cli {
namespace {

constexpr const char* control_file = "control.json";

}  // namespace

std::filesystem::path sim_dir(const SimOptions& options) {
  if (!options.dir.empty()) return options.dir;
  const char* given = std::getenv("MESH_TEST_DIR");
  return given != nullptr && *given != '\0' ? given : "mesh-sim";
}

Result<void> make_sim_dir(const std::filesystem::path& dir) {
  std::error_code error;
  std::filesystem::create_directories(dir / "logs", error);
  if (!error) return {};
  return failure({.code = Code::file_not_writable,
                  .at = Position{.file = dir.string()},
                  .summary = "folder cannot be made",
                  .cause = error.message(),
                  .hint = "name another with --dir"});
}

Result<void> write_sim_files(const std::filesystem::path& dir, const Spec& spec, const simulator::Fleet& fleet) {
  for (const auto& [name, cluster] : spec.clusters) {
    if (auto written = write_file(dir / (name + ".kubeconfig"), fleet.kubeconfig(name)); !written) return written;
  }
  if (auto written = write_file(dir / "mesh.toml", spec_text(spec)); !written) return written;
  const nlohmann::ordered_json control = {
      {"address", fleet.address()}, {"ca", fleet.ca_pem()}, {"token", fleet.control_token()}};
  return write_file(dir / control_file, control.dump(2) + "\n");
}

void remove_control(const std::filesystem::path& dir) {
  std::error_code ignored;
  std::filesystem::remove(dir / control_file, ignored);
}

Result<SimControl> read_control(const std::filesystem::path& dir) {
  const auto path = dir / control_file;
  const auto nothing = [&](std::string cause) {
    return failure({.code = Code::file_not_readable,
                    .at = Position{.file = path.string()},
                    .summary = "no simulator is known there",
                    .cause = std::move(cause),
                    .hint = "start one with `mesh sim up`, or name its folder with --dir"});
  };
  const auto bytes = read_file(path);
  if (!bytes) return nothing(bytes.error().front().cause);
  const auto control = nlohmann::json::parse(*bytes, nullptr, false);
  const auto text = [&](const char* key) {
    return control.is_object() && control.contains(key) && control[key].is_string() ? control[key].get<std::string>()
                                                                                    : std::string();
  };
  SimControl found{.address = text("address"), .ca_pem = text("ca"), .token = text("token")};
  if (found.address.empty() || found.token.empty()) return nothing("the file does not say where it is");
  return found;
}

}  // namespace mesh::cli
