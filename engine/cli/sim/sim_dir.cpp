#include "engine/cli/sim/sim_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/base/foreign_json.h"
#include "engine/cli/sim/sim_spec.h"
#include "engine/jobs/files.h"

namespace mesh::cli {
namespace {

constexpr const char* control_file = "control.json";
constexpr const char* spec_file = "mesh.toml";
constexpr const char* lock_file = "simulator.lock";
constexpr const char* kubeconfig_ending = ".kubeconfig";

Diagnostic not_usable(const std::filesystem::path& dir, std::string summary, std::string cause) {
  return {.code = Code::file_not_writable,
          .at = Position{.file = dir.string()},
          .summary = std::move(summary),
          .cause = std::move(cause),
          .hint = "name another with --dir"};
}

}  // namespace

std::filesystem::path sim_dir(const SimOptions& options) {
  if (!options.dir.empty()) return options.dir;
  const char* given = std::getenv("MESH_TEST_DIR");
  return given != nullptr && *given != '\0' ? given : "mesh-sim";
}

Result<std::unique_ptr<SimFolder>> SimFolder::take(const std::filesystem::path& dir) {
  std::error_code error;
  std::filesystem::create_directories(dir / "logs", error);
  if (error) return failure(not_usable(dir, "folder cannot be created", error.message()));
  if (std::filesystem::exists(dir / spec_file, error) && !std::filesystem::exists(dir / lock_file, error)) {
    return failure(not_usable(dir, "folder is not a simulator's",
                              fmt::format("no simulator wrote the {} there, and it would be overwritten", spec_file)));
  }
  const int lock = ::open((dir / lock_file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock < 0) return failure(not_usable(dir, "folder cannot be used", std::generic_category().message(errno)));
  // The system gives it back however the process ends.
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(lock);
    if (why != EWOULDBLOCK) {
      return failure(not_usable(dir, "folder cannot be locked", std::generic_category().message(why)));
    }
    Diagnostic taken = not_usable(dir, "a simulator runs there", fmt::format("`{}` is its folder", dir.string()));
    taken.hint = "stop that one, or name another folder with --dir";
    return failure(std::move(taken));
  }
  std::unique_ptr<SimFolder> folder(new SimFolder(dir, lock));
  folder->remove_left_over();
  return folder;
}

SimFolder::~SimFolder() {
  std::error_code ignored;
  std::filesystem::remove(dir_ / control_file, ignored);
  ::close(lock_);
}

void SimFolder::remove_left_over() const {
  std::error_code ignored;
  std::filesystem::remove(dir_ / control_file, ignored);
  std::ifstream written(dir_ / lock_file);
  for (std::string name; std::getline(written, name);) {
    const bool plain = std::filesystem::path(name).filename() == name && name.ends_with(kubeconfig_ending);
    if (plain) std::filesystem::remove(dir_ / name, ignored);
  }
}

Result<void> SimFolder::write(const Spec& spec, const simulator::Fleet& fleet) const {
  std::string names;
  for (const auto& [name, cluster] : spec.clusters) names += name + kubeconfig_ending + "\n";
  if (ftruncate(lock_, 0) != 0 || pwrite(lock_, names.data(), names.size(), 0) != std::ssize(names)) {
    return failure(not_usable(dir_, "folder cannot be written to", std::generic_category().message(errno)));
  }
  for (const auto& [name, cluster] : spec.clusters) {
    if (auto written = write_file(dir_ / (name + kubeconfig_ending), fleet.kubeconfig(name)); !written) return written;
  }
  if (auto written = write_file(dir_ / spec_file, spec_text(spec)); !written) return written;
  const nlohmann::ordered_json control = {
      {"address", fleet.address()}, {"ca", fleet.ca_pem()}, {"token", fleet.control_token()}};
  return write_file(dir_ / control_file, control.dump(2) + "\n");
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
  const auto control = foreign_json_or_discarded(*bytes);
  const auto text = [&](const char* key) {
    return control.is_object() && control.contains(key) && control[key].is_string() ? control[key].get<std::string>()
                                                                                    : std::string();
  };
  SimControl found{.address = text("address"), .ca_pem = text("ca"), .token = text("token")};
  if (found.address.empty() || found.token.empty()) return nothing("the file does not say where it is");
  return found;
}

}  // namespace mesh::cli
