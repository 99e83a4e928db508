#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

namespace mesh::testing {
namespace {

bool environment_is(const char* name, std::string_view value) {
  const char* found = std::getenv(name);
  return found != nullptr && value == found;
}

/// In a function of its own: GTEST_SKIP returns from where it stands.
void report_rewritten(const std::filesystem::path& file) { GTEST_SKIP() << "rewrote " << file.string(); }

void rewrite(const std::filesystem::path& file, const std::string& actual) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << actual;
  out.close();
  if (out.fail()) {
    ADD_FAILURE() << "cannot write " << file;
    return;
  }
  report_rewritten(file);
}

}  // namespace

std::filesystem::path golden_folder(const std::string& name) {
  return std::filesystem::path(MESH_SOURCE_DIR) / "tests" / "golden" / name;
}

std::vector<std::filesystem::path> golden_cases(const std::string& name) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder(name))) {
    if (entry.is_directory()) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::string golden_name(const std::filesystem::path& folder) {
  std::string name = folder.filename().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot read " << file;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void expect_golden(const std::filesystem::path& file, const std::string& actual) {
  if (environment_is("MESH_UPDATE_GOLDEN", "1")) {
    if (environment_is("CI", "true")) {
      ADD_FAILURE() << "MESH_UPDATE_GOLDEN is not allowed with CI=true";
      return;
    }
    rewrite(file, actual);
    return;
  }
  if (!std::filesystem::exists(file)) {
    ADD_FAILURE() << file << " is missing; run the test with MESH_UPDATE_GOLDEN=1 and read what it writes";
    return;
  }
  EXPECT_EQ(read_text(file), actual) << "golden file: " << file.string();
}

}  // namespace mesh::testing
