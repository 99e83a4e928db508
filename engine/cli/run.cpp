#include "engine/cli/run.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/base/suggest.h"
#include "engine/cli/command_table.h"
#include "engine/cli/commands.h"
#include "engine/cli/options.h"

namespace mesh::cli {
namespace {

/// Beyond it nobody waits, and points in time would overflow.
constexpr std::chrono::hours longest_duration{720};

/// Seconds, minutes or hours with their unit, 720h at most: `90s`, `5m`, `1h`, `500ms`.
std::optional<std::chrono::milliseconds> parse_duration(const std::string& text) {
  constexpr std::array<std::pair<const char*, long>, 4> units = {
      {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}}};
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > 9) return std::nullopt;
  for (const auto& [unit, factor] : units) {
    if (text.substr(digits) != unit) continue;
    const std::chrono::milliseconds duration(std::stol(text.substr(0, digits)) * factor);
    if (duration > longest_duration) return std::nullopt;
    return duration;
  }
  return std::nullopt;
}

int wrong_usage(Env& env, const std::string& what, const std::string& help_command) {
  fmt::print(env.err, "mesh: {}\nSee `{} --help`.\n", what, help_command);
  return exit_usage;
}

/// What CLI11 cannot check: duration syntax, and flags that exclude each other.
std::optional<std::string> finish(Options& options, const Raw& raw, const Env& env) {
  options.format = raw.format == "json" ? Format::json : Format::text;
  options.junit = raw.format == "junit";
  const bool color_desired = !raw.no_color && std::getenv("NO_COLOR") == nullptr;
  options.out_color = color_desired && env.out_is_terminal ? Color::on : Color::off;
  options.err_color = color_desired && env.err_is_terminal ? Color::on : Color::off;
  if (raw.verbosity > 0) options.log.level = static_cast<LogLevel>(std::min(raw.verbosity, 3));
  if (raw.log_format == "json") options.log.format = LogFormat::json;
  if (raw.verbosity == 0 && (options.log.file || !raw.log_format.empty())) {
    return "--log-file and --log-format need -v, -vv or -vvv";
  }
  if (!raw.timeout.empty()) {
    options.timeout = parse_duration(raw.timeout);
    if (!options.timeout || options.timeout->count() == 0) {
      return fmt::format("--timeout: `{}` is not a duration of up to 720h; write 500ms, 90s, 5m or 1h", raw.timeout);
    }
  }
  if (!raw.lock_timeout.empty()) {
    const auto timeout = parse_duration(raw.lock_timeout);
    if (!timeout) {
      return fmt::format("--lock-timeout: `{}` is not a duration of up to 720h; write 0s, 90s, 5m or 1h",
                         raw.lock_timeout);
    }
    options.lock_timeout = *timeout;
  }
  if (options.lock_action == "release" && options.clusters.empty()) return "lock release: name the clusters";
  if (options.lock_action == "list" && !options.clusters.empty()) return "lock list: it lists all clusters of the spec";
  if (options.plan_file && (!options.only.empty() || !options.exclude.empty())) {
    return "--only and --exclude do not go with a saved plan: choose when planning";
  }
  if (options.plan_out && options.plan_out->empty()) return "--out: name a file";
  if (options.skip_moved && !options.plan_file) return "--skip-moved needs a saved plan";
  if (!options.digest.empty() && !options.plan_file) return "--digest needs a saved plan";
  if (options.destroy && options.rehearse) return "--rehearse and --destroy do not go together";
  if (options.rehearse && !(options.only.empty() && options.exclude.empty())) {
    return "--rehearse goes with the whole plan: leave --only and --exclude out";
  }
  return std::nullopt;
}

}  // namespace

int run(const std::vector<std::string>& arguments, Env& env) {
  if (!arguments.empty() && arguments.front() == "sim") return cmd_sim({arguments.begin() + 1, arguments.end()}, env);
  CLI::App app("mesh joins Istio clusters into one mesh: plan, apply, drift.", "mesh");
  app.require_subcommand(1);
  app.add_flag("--version")->description("The same as `mesh version`");
  Options options;
  Raw raw;
  std::vector<std::pair<CLI::App*, const Command*>> known;
  for (const Command& command : command_table()) {
    CLI::App* sub = app.add_subcommand(command.name, command.help);
    command.setup(*sub, options, raw);
    known.emplace_back(sub, &command);
  }
  if (!arguments.empty() && !arguments.front().starts_with('-')) {
    std::vector<std::string> names;
    names.reserve(command_table().size());
    for (const Command& command : command_table()) names.emplace_back(command.name);
    const std::string& name = arguments.front();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return wrong_usage(env, fmt::format("`{}` is not a command; {}", name, did_you_mean(name, names)), "mesh");
    }
  }
  std::vector<std::string> words = arguments;
  if (!words.empty() && words.front() == "--version") words.front() = "version";
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    // The help of the command that was meant: `mesh sim fault add`.
    env.out << app.help();
    return exit_done;
  } catch (const CLI::ParseError& error) {
    const auto subs = app.get_subcommands();
    return wrong_usage(env, error.what(), subs.empty() ? "mesh" : "mesh " + subs.front()->get_name());
  }
  for (const auto& [sub, command] : known) {
    if (!sub->parsed()) continue;
    if (const auto problem = finish(options, raw, env))
      return wrong_usage(env, *problem, fmt::format("mesh {}", command->name));
    return command->run(options, env);
  }
  return exit_usage;
}

}  // namespace mesh::cli
