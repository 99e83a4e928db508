#include "tests/unit/cli/command_case.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "engine/cli/run.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/check_world.h"

namespace mesh::cli {
namespace {

/// Each command makes a factory of its own; the clusters behind all of them are the same.
class SharedClients final : public kubernetes::ClientFactory {
 public:
  explicit SharedClients(testing::FakeClients& clients) : clients_(clients) {}
  Result<std::unique_ptr<kubernetes::Client>> connect(const ClusterSpec& cluster, const std::string& field_manager,
                                                      Diagnostics& diagnostics) override {
    return clients_.connect(cluster, field_manager, diagnostics);
  }

 private:
  testing::FakeClients& clients_;
};

}  // namespace

CommandCase::CommandCase() {
  std::string pattern = ::testing::TempDir() + "mesh-command-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
  folder = pattern;
  spec = folder / "mesh.toml";
  for (const char* name : {"c1", "c2"}) make_cluster(name);
  write_spec({"c1", "c2"});
}

testing::FakeServer& CommandCase::make_cluster(const std::string& name) {
  testing::FakeServer& server = servers.add(name, kubernetes::field_schemas());
  for (std::size_t i = 0; i < made_[name]; ++i) {
    server.cluster.update({"v1", "ConfigMap", "default", std::to_string(i)}, "kubectl", [](nlohmann::json&) {});
  }
  ++made_[name];
  server.install_istiod("asm-1233-2", "id-" + name);
  testing::complete_installation(server, {.cluster_id = "id-" + name, .network = "net-" + name, .mesh_id = "m"});
  return server;
}

CommandCase::~CommandCase() { std::filesystem::remove_all(folder); }

void CommandCase::write_spec(const std::vector<std::string>& names, const std::string& state) {
  std::ofstream file(spec);
  file << "version = 1\n[mesh]\nname = \"m\"\nid = \"m\"\nca = \"istio-ca\"\nrevision = \"asm-1233-2\"\n"
       << "local_api_servers = true\n[state]\n"
       << state << "\n";
  for (const std::string& name : names) {
    file << "[cluster." << name << "]\nid = \"id-" << name << "\"\nplatform = \"kubernetes\"\nkubeconfig = \"" << name
         << ".kubeconfig\"\nnetwork = \"net-" << name << "\"\n";
  }
}

int CommandCase::run(const std::string& command, const std::vector<std::string>& words) {
  std::ostringstream results;
  std::ostringstream messages;
  Env env{.out = results,
          .err = messages,
          .clock = clock,
          .client_factory = [this](Log*) { return std::make_unique<SharedClients>(servers); },
          .ask = [this] { return answer; },
          .stop = stop.get_token(),
          .log_lines = [this](std::string_view lines) { logged += lines; },
          .end_process =
              [this](int code) {
                ends.push_back(code);
                at_end();
              }};
  std::vector<std::string> arguments = {command, "-f", spec.string()};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const int code = cli::run(arguments, env);
  out = results.str();
  err = messages.str();
  return code;
}

void CommandCase::apply_all() { ASSERT_EQ(run("apply", {"--auto-approve"}), exit_done) << err; }

}  // namespace mesh::cli
