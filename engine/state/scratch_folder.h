#pragma once

#include <filesystem>

namespace mesh {

/// A temporary folder that goes away with its owner. Its path is empty when none could be made.
class ScratchFolder {
 public:
  /// `name`: how its own name begins.
  explicit ScratchFolder(const char* name = "mesh-state");
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }
  /// It stays when its owner goes.
  void keep() { kept_ = true; }

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

}  // namespace mesh
