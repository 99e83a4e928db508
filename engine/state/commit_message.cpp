#include "engine/state/commit_message.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/codec/plan_codec.h"
#include "engine/codec/report_codec.h"

namespace mesh {
namespace {

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

/// `3 created, 1 updated, 1 failed`, by what the plan wanted and what the report says.
std::string counts(const Plan& plan, const Report& report) {
  std::map<std::string, Operation> planned;
  for (const Action& action : plan.actions) planned[action.address.text] = action.operation;
  std::map<Operation, int> done;
  std::map<Outcome, int> missed;
  for (const ActionReport& action : report.actions) {
    if (action.outcome == Outcome::done) {
      ++done[planned[action.address.text]];
    } else {
      ++missed[action.outcome];
    }
  }
  std::string text;
  const auto add = [&](int count, std::string_view word) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  };
  add(done[Operation::create], "created");
  add(done[Operation::update], "updated");
  add(done[Operation::replace], "replaced");
  add(done[Operation::delete_], "deleted");
  add(missed[Outcome::failed], "failed");
  add(missed[Outcome::skipped], "skipped");
  add(missed[Outcome::cancelled], "cancelled");
  return text.empty() ? "nothing changed" : text;
}

std::string subject(const Snapshot& snapshot) {
  const Result<Plan> plan = decode_plan(snapshot.plan_json, "plan.json");
  const Result<Report> report = decode_report(snapshot.report_json, "report.json");
  if (!plan || !report) return fmt::format("apply: {}", snapshot.result.empty() ? "recorded" : snapshot.result);
  return fmt::format("{}: {}", plan->intent == Intent::apply ? "apply" : "destroy", counts(*plan, *report));
}

}  // namespace

std::string commit_message(const Snapshot& snapshot) {
  std::string message = one_line(subject(snapshot)) + "\n\n";
  const std::array<std::pair<const char*, const std::string*>, 3> trailers = {
      {{"Mesh-Plan", &snapshot.plan_digest}, {"Mesh-Spec", &snapshot.spec_digest}, {"Mesh-Result", &snapshot.result}}};
  for (const auto& [name, value] : trailers) {
    if (!value->empty()) message += fmt::format("{}: {}\n", name, one_line(*value));
  }
  return message;
}

SnapshotInfo parse_commit_message(const std::string& message) {
  SnapshotInfo info;
  std::istringstream lines(message);
  std::getline(lines, info.subject);
  for (std::string line; std::getline(lines, line);) {
    const auto take = [&](std::string_view name, std::string& to) {
      if (line.starts_with(name)) to = line.substr(name.size());
    };
    take("Mesh-Plan: ", info.plan_digest);
    take("Mesh-Spec: ", info.spec_digest);
    take("Mesh-Result: ", info.result);
  }
  return info;
}

std::string rfc3339(std::chrono::system_clock::time_point when) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

}  // namespace mesh
