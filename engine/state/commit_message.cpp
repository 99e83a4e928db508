#include "engine/state/commit_message.h"

#include <fmt/format.h>

#include <array>
#include <sstream>

namespace mesh {
namespace {

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

}  // namespace

std::string commit_message(const Snapshot& snapshot, const std::string& subject) {
  std::string message = one_line(subject) + "\n\n";
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

}  // namespace mesh
