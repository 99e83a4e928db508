#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "engine/cli/commands.h"
#include "engine/cli/options.h"

namespace mesh::cli {

int cmd_sim(const std::vector<std::string>& arguments, Env& env) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "mesh-sim";
  std::vector<std::string> words = {"mesh sim"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  env.out.flush();
  execv(program.c_str(), pointers.data());
  return console_of({}, env).fail(
      {{.code = Code::file_not_readable,
        .summary = "the simulator cannot be started",
        .cause = fmt::format("{}: {}", program.string(), std::generic_category().message(errno)),
        .hint = "install mesh-sim into the folder of mesh"}});
}

}  // namespace mesh::cli
