#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mesh::testing {

/// The folder of the project's golden cases: tests/golden/<name>.
std::filesystem::path golden_folder(const std::string& name);

/// The case folders below it, sorted, for testing::ValuesIn. Found at run time: a new case needs a folder, no code.
std::vector<std::filesystem::path> golden_cases(const std::string& name);

/// The last part of a case's path as a name that GoogleTest takes: letters, digits and `_`.
std::string golden_name(const std::filesystem::path& folder);

/// All bytes of a file; adds a test failure and gives an empty text when it cannot be read.
std::string read_text(const std::filesystem::path& file);

/// Compares with the file's content. With MESH_UPDATE_GOLDEN=1 it writes the file instead and the test is reported as
/// skipped; with CI=true as well, that is a failure: a pipeline must not bless its own output.
void expect_golden(const std::filesystem::path& file, const std::string& actual);

}  // namespace mesh::testing
