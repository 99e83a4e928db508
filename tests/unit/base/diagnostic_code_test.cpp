#include "engine/base/diagnostic_code.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace mesh {
namespace {

constexpr std::array codes = {
#define MESH_CODE(name) #name,
    MESH_DIAGNOSTIC_CODES(MESH_CODE)
#undef MESH_CODE
};

bool is_word(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// The codes that a test names: as `Code::x` in a source, `[x]` behind `error` or `warning` in a text, `"code": "x"` in
/// JSON.
void note_codes(const std::string& text, std::set<std::string>& found) {
  for (const std::string_view before : {"Code::", "error[", "warning[", "\"code\": \""}) {
    for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
      const std::size_t begin = at + before.size();
      std::size_t end = begin;
      while (end < text.size() && is_word(text[end])) ++end;
      found.insert(text.substr(begin, end - begin));
    }
  }
}

std::set<std::string> codes_below(const std::filesystem::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::filesystem::path name = entry.path().filename();
    static const std::set<std::string> kinds = {".cpp", ".h", ".py", ".sh", ".txt", ".json"};
    if (!entry.is_regular_file() || !kinds.contains(name.extension()) || name == "diagnostic_code_test.cpp") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    note_codes({std::istreambuf_iterator<char>(in), {}}, found);
  }
  return found;
}

TEST(DiagnosticCode, is_found_in_sources_texts_and_json) {
  std::set<std::string> found;
  note_codes("EXPECT_EQ(code, Code::not_found);\nmesh.toml:1:1: error[no_clusters]: x\n{\"code\": \"conflict\"}",
             found);
  EXPECT_EQ(found, (std::set<std::string>{"not_found", "no_clusters", "conflict"}));
}

TEST(DiagnosticCode, each_is_in_a_test) {
  const std::set<std::string> found = codes_below(std::filesystem::path(MESH_SOURCE_DIR) / "tests");
  for (const char* code : codes) {
    EXPECT_TRUE(found.contains(code)) << code
                                      << ": no test or golden folder shows it; add one to the test of its source";
  }
}

}  // namespace
}  // namespace mesh
