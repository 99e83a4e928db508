#include "providers/kubernetes/kubeconfig/exec_plugin.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/base/digest.h"
#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "providers/kubernetes/kubeconfig/redact.h"
#include "providers/kubernetes/kubeconfig/tls_material.h"

namespace mesh::kubernetes {
namespace {

tl::unexpected<Diagnostics> failed(const std::string& command, const std::string& cause, std::string hint,
                                   Code code = Code::exec_plugin_failed) {
  return failure(Diagnostic{.code = code,
                            .summary = "exec plugin gave no credential",
                            .cause = fmt::format("`{}` {}", command, cause),
                            .hint = std::move(hint)});
}

/// A fleet of hundreds of clusters has as many logins: each starts a program, often of an interpreted language, and all
/// at once they would be slower, or find no memory.
class PluginGate {
 public:
  /// False: the time was over, or a stop came.
  bool enter(std::chrono::milliseconds patience, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!left_.wait_for(lock, stop, patience, [this] { return free_ > 0; })) return false;
    --free_;
    return true;
  }
  void leave() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    left_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any left_;
  unsigned free_ = 2 * std::max(1U, std::thread::hardware_concurrency());
};

/// Runs the plugin when it is its turn; waiting for that counts.
ProcessEnd run_in_turn(const ProcessStart& start, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  // The machine is what it saves, so it is one for all clients of the process.
  static PluginGate gate;
  const auto begin = std::chrono::steady_clock::now();
  if (!gate.enter(timeout, stop)) {
    return {stop.stop_requested() ? ProcessEnd::How::stopped : ProcessEnd::How::timed_out, 0, {}, {}};
  }
  const auto waited = std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  // Also where it throws: a place that is lost is lost for every later login.
  const std::unique_ptr<PluginGate, void (*)(PluginGate*)> place(&gate, [](PluginGate* left) { left->leave(); });
  return run_process(start, timeout - waited, stop);
}

Result<ExecCredential> read_status(const nlohmann::json& status, const std::string& command) {
  ExecCredential credential{.token = text_at(status, "token"),
                            .client_certificate_pem = text_at(status, "clientCertificateData"),
                            .client_key_pem = text_at(status, "clientKeyData")};
  const std::string hint = "run the plugin by hand and look at what it prints";
  if (credential.token.empty() && credential.client_certificate_pem.empty() && credential.client_key_pem.empty()) {
    return failed(command, "returned neither a token nor a client certificate", hint);
  }
  if (credential.client_certificate_pem.empty() != credential.client_key_pem.empty()) {
    return failed(command, "returned only one of client certificate and key", hint);
  }
  if (credential.token.find_first_of("\r\n") != std::string::npos) {
    return failed(command, "returned a token with a line break", hint);
  }
  if (!credential.client_certificate_pem.empty()) {
    const std::string why = key_pair_problem(credential.client_certificate_pem, credential.client_key_pem);
    if (!why.empty()) return failed(command, fmt::format("returned a pair that cannot be used: {}", why), hint);
  }
  if (const std::string expires = text_at(status, "expirationTimestamp"); !expires.empty()) {
    credential.expires = parse_rfc3339(expires);
    if (!credential.expires)
      return failed(command, "returned an expirationTimestamp that is not an RFC 3339 time", hint);
  }
  return credential;
}

}  // namespace

nlohmann::json exec_info(const Access& access, bool interactive) {
  nlohmann::json spec = {{"interactive", interactive}};
  if (access.exec->provide_cluster_info) {
    nlohmann::json cluster = {{"server", access.server}, {"config", access.exec_extension}};
    if (!access.tls_server_name.empty()) cluster["tls-server-name"] = access.tls_server_name;
    if (access.insecure) cluster["insecure-skip-tls-verify"] = true;
    if (!access.ca_pem.empty()) cluster["certificate-authority-data"] = base64_encode(access.ca_pem);
    if (!access.proxy_url.empty()) cluster["proxy-url"] = access.proxy_url;
    if (!access.compression) cluster["disable-compression"] = true;
    spec["cluster"] = std::move(cluster);
  }
  return {{"apiVersion", access.exec->api_version.value}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}};
}

Result<ExecCredential> parse_exec_credential(const std::string& out, const std::string& api_version,
                                             const std::string& command) {
  const nlohmann::json answer = foreign_json_or_discarded(out);
  const std::string hint = "run the plugin by hand and look at what it prints; update it if it is old";
  if (!answer.is_object()) {
    return failed(command, fmt::format("printed {} bytes that are not a JSON object", out.size()), hint);
  }
  if (text_at(answer, "kind") != "ExecCredential") {
    return failed(command, fmt::format("printed a `{}`, not an ExecCredential", redact(text_at(answer, "kind"), 60)),
                  hint);
  }
  if (const std::string version = text_at(answer, "apiVersion"); version != api_version) {
    return failed(
        command,
        fmt::format("answered in apiVersion `{}`, the kubeconfig asks for `{}`", redact(version, 80), api_version),
        "write the plugin's apiVersion into the kubeconfig's `exec`, or update the plugin");
  }
  const auto status = answer.find("status");
  if (status == answer.end() || !status->is_object()) return failed(command, "returned no status", hint);
  return read_status(*status, command);
}

Result<ExecCredential> run_exec_plugin(const Access& access, const Environment& environment, bool terminal,
                                       std::chrono::milliseconds timeout, const std::stop_token& stop) {
  const ExecConfig& exec = *access.exec;
  const std::string& mode = exec.interactive_mode.value;
  if (mode == "Always" && !terminal) {
    return failed(exec.command, "wants to ask the user (interactiveMode Always), and there is no terminal",
                  "run mesh on a terminal, or use a credential that needs no login");
  }
  const bool interactive = terminal && mode != "Never";
  Environment variables = environment;
  for (const auto& [name, value] : exec.env) variables[name] = value;
  variables["KUBERNETES_EXEC_INFO"] = exec_info(access, interactive).dump();
  ProcessStart start{.command = exec.command, .args = exec.args, .environment = {}, .interactive = interactive};
  for (const auto& [name, value] : variables) start.environment.push_back(name + "=" + value);
  const ProcessEnd end = run_in_turn(start, timeout, stop);
  const std::string said = redact(end.err);
  const std::string words = said.empty() ? "" : fmt::format("; its stderr: {}", said);
  const std::string by_hand = "run the plugin by hand, log in again if it asks for it";
  switch (end.how) {
    case ProcessEnd::How::exited:
      if (end.number == 0) return parse_exec_credential(end.out, exec.api_version.value, exec.command);
      return failed(exec.command, fmt::format("exited with code {}{}", end.number, words), by_hand);
    case ProcessEnd::How::killed_by_signal:
      return failed(exec.command, fmt::format("was killed by signal {}{}", end.number, words), by_hand);
    case ProcessEnd::How::not_found:
      return failed(exec.command, "was not found",
                    exec.install_hint.empty() ? "install it and put it into PATH" : redact(exec.install_hint));
    case ProcessEnd::How::not_startable:
      return failed(exec.command, fmt::format("could not be started: {}", std::strerror(end.number)),
                    "check that it is an executable for this machine");
    case ProcessEnd::How::too_much_output:
      return failed(exec.command, "printed more than 1 MiB", by_hand);
    case ProcessEnd::How::timed_out:
      return failed(exec.command, fmt::format("did not end in time and was killed{}", words), by_hand, Code::timed_out);
    case ProcessEnd::How::stopped:
      return failed(exec.command, "was killed because mesh was asked to stop", "", Code::cancelled);
  }
  return failed(exec.command, "ended in an unknown way", "");
}

}  // namespace mesh::kubernetes
