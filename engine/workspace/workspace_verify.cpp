#include "engine/workspace/workspace_verify.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <mutex>
#include <random>
#include <utility>

#include "engine/base/printable.h"
#include "engine/workspace/workspace.h"
#include "providers/istio/verification/probe_mesh.h"

namespace mesh {
namespace {

std::string random_name() {
  std::random_device random;
  return fmt::format("{:08x}", random());
}

}  // namespace

Result<Verification> verify_workspace(const std::string& spec_file, const LogRequest& log, istio::VerifyRequest request,
                                      Console& console, Env& env) {
  const auto opened = open_log(log, env.log_lines, env.clock);
  if (!opened) return failure(opened.error());
  const auto spec = read_spec(spec_file);
  if (!spec) return failure(spec.error());
  console.quote(spec->text);
  const auto clients = env.client_factory(opened->get());
  std::mutex mutex;
  request.on_event = [&](const std::string& cluster, const std::string& what) {
    const std::lock_guard lock(mutex);
    fmt::print(console.messages(), "{}: {}\n", printable(cluster), printable(what));
    console.messages().flush();
  };
  if (request.probe) {
    constexpr std::chrono::seconds dial_time(10);
    const auto dial = [&](const istio::ProbeTarget& target) {
      return istio::probe_gateway(target, dial_time, env.stop);
    };
    return istio::probe_mesh(*spec, request.all, dial, *clients, env.clock, env.stop);
  }
  request.run = random_name();
  return istio::verify_mesh(*spec, request, *clients, env.clock, env.stop);
}

}  // namespace mesh
