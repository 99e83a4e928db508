#include "providers/simulator/server/exec_status.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace mesh::simulator {

std::string exec_failure(const ExecResult& result) {
  if (!result.failure.empty()) return result.failure;
  if (result.exit_code == 0) return {};
  return fmt::format("command terminated with non-zero exit code: exit status {}", result.exit_code);
}

std::string exec_status(const ExecResult& result) {
  nlohmann::ordered_json status = {{"metadata", nlohmann::ordered_json::object()}};
  if (!result.failure.empty()) {
    status["status"] = "Failure";
    status["message"] = exec_failure(result);
    status["reason"] = "InternalError";
    status["details"] = {{"causes", {{{"message", result.failure}}}}};
    status["code"] = 500;
  } else if (result.exit_code != 0) {
    const std::string code = std::to_string(result.exit_code);
    status["status"] = "Failure";
    status["message"] = exec_failure(result);
    status["reason"] = "NonZeroExitCode";
    status["details"] = {{"causes", {{{"reason", "ExitCode"}, {"message", code}}}}};
  } else {
    status["status"] = "Success";
  }
  return status.dump();
}

}  // namespace mesh::simulator
