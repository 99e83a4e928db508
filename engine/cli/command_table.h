#pragma once

#include <span>
#include <string>

#include "engine/cli/options.h"

namespace CLI {
class App;
}

namespace mesh::cli {

/// Words of the command line that are checked after all are read.
struct Raw {
  std::string format = "text";
  std::string timeout;
  std::string lock_timeout;
  bool no_color = false;
  int verbosity = 0;
  std::string log_format;
};

/// One command: how it is called, what its help says, what carries it out, and the flags that it takes.
struct Command {
  const char* name;
  const char* help;
  int (*run)(const Options&, Env&);
  void (*setup)(CLI::App&, Options&, Raw&);
};

/// In the order of the help.
std::span<const Command> command_table();

}  // namespace mesh::cli
