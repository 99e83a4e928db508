#include "engine/cli/sim/sim_fault.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <nlohmann/json.hpp>

#include "engine/base/foreign_json.h"
#include "engine/cli/sim/sim_dir.h"
#include "providers/kubernetes/transport/transport.h"
#include "providers/simulator/faults/load_faults.h"

namespace mesh::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds patience{10};

/// Sends one request and reads the answer's object. Errors: unreachable; usage with what the simulator says.
Result<json> ask(const SimControl& control, const char* method, const std::string& target, const json& body,
                 SimEnv& env) {
  kubernetes::Endpoint endpoint;
  endpoint.server = control.address;
  endpoint.ca_pem = control.ca_pem;
  kubernetes::Transport transport({.user_agent = "mesh-sim"});
  const kubernetes::Call call{std::make_shared<const kubernetes::Endpoint>(endpoint),
                              {.method = method,
                               .target = target,
                               .headers = {"Authorization: Bearer " + control.token, "Content-Type: application/json"},
                               .body = body.is_null() ? std::string() : body.dump()}};
  const auto answer = transport.send(call, patience, env.stop);
  if (!answer) {
    return failure({.code = Code::unreachable,
                    .where = control.address,
                    .summary = "the simulator does not answer",
                    .cause = answer.error().detail,
                    .hint = "start it again with `mesh sim up`"});
  }
  json read = foreign_json_or_discarded(answer->body);
  if (answer->status < 300 && read.is_object()) return read;
  return failure({.code = Code::usage,
                  .summary = "the simulator refuses this",
                  .cause = read.is_object() && read.contains("error") && read["error"].is_string()
                               ? read["error"].get<std::string>()
                               : fmt::format("HTTP {}", answer->status),
                  .hint = "`mesh sim fault list` shows the faults that are on"});
}

int list(const SimControl& control, SimEnv& env) {
  const auto answer = ask(control, "GET", "/control/faults", nullptr, env);
  if (!answer) return sim_fail(answer.error(), env);
  const json& faults = answer->at("faults");
  if (faults.empty()) env.out << "No faults are on.\n";
  for (const json& fault : faults) {
    std::string words;
    for (const auto& word : fault.at("words").get<std::vector<std::string>>()) {
      if (!word.starts_with("id=")) words += " " + word;
    }
    fmt::print(env.out, "{:<4}{}  (struck {} times)\n", fault.at("id").get<std::string>(), words,
               fault.at("strikes").get<std::uint64_t>());
  }
  return sim_done;
}

int add(const SimControl& control, const SimOptions& options, SimEnv& env) {
  // Read here as well: what is wrong is reported with its hint.
  if (const auto fault = simulator::fault_of_words(options.words); !fault) {
    sim_fail(fault.error(), env);
    return sim_usage;
  }
  const auto answer = ask(control, "POST", "/control/faults", {{"words", options.words}}, env);
  if (!answer) return sim_fail(answer.error(), env);
  fmt::print(env.out, "{}\n", answer->at("id").get<std::string>());
  return sim_done;
}

int clear(const SimControl& control, const SimOptions& options, SimEnv& env) {
  std::vector<std::string> targets = {"/control/faults"};
  if (!options.words.empty()) targets.clear();
  for (const std::string& id : options.words) targets.push_back("/control/faults/" + id);
  for (const std::string& target : targets) {
    if (const auto answer = ask(control, "DELETE", target, nullptr, env); !answer) {
      return sim_fail(answer.error(), env);
    }
  }
  return sim_done;
}

}  // namespace

int sim_fault(const SimOptions& options, SimEnv& env) {
  const auto control = read_control(sim_dir(options));
  if (!control) return sim_fail(control.error(), env);
  if (options.action == SimOptions::Action::fault_add) return add(*control, options, env);
  if (options.action == SimOptions::Action::fault_clear) return clear(*control, options, env);
  return list(*control, env);
}

}  // namespace mesh::cli
