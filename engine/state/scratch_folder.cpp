#include "engine/state/scratch_folder.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <string>
#include <system_error>

namespace mesh {

ScratchFolder::ScratchFolder(const char* name) {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / name).string() + "-XXXXXX";
  if (!error && mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty() && !kept_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mesh
