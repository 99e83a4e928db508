#include "providers/kubernetes/client_factory.h"

#include <unistd.h>

#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "providers/kubernetes/api_client.h"
#include "providers/kubernetes/kubeconfig/resolve_context.h"

namespace mesh::kubernetes {
namespace {

/// Uniform numbers for any thread.
class Random {
 public:
  double operator()() {
    const std::lock_guard lock(mutex_);
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine_);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_{std::random_device{}()};
};

class Factory final : public ClientFactory {
 public:
  Factory(Clock& clock, ClientOptions options)
      : clock_(clock),
        options_(std::move(options)),
        environment_(std::make_shared<const Environment>(options_.environment)),
        transport_(std::make_shared<Transport>(
            TransportOptions{.user_agent = options_.user_agent, .connect_timeout = options_.connect_timeout})) {
    if (!options_.random) options_.random = [random = std::make_shared<Random>()] { return (*random)(); };
  }

  Result<std::unique_ptr<Client>> connect(const ClusterSpec& cluster, const std::string& field_manager,
                                          Diagnostics& diagnostics) override {
    Diagnostics warnings;
    auto access = resolve(cluster.kubeconfig, cluster.context, warnings);
    const auto say_where = [&](Diagnostics& found) {
      for (Diagnostic& one : found) {
        one.where = "cluster " + cluster.name;
        // A file that is not there is mended where it is named.
        const bool whole_file = one.code == Code::file_not_readable && one.at && one.at->line == 0;
        if (whole_file && cluster.at.line > 0) one.at = cluster.at;
      }
    };
    say_where(warnings);
    append(diagnostics, std::move(warnings));
    if (!access) {
      say_where(access.error());
      return failure(std::move(access.error()));
    }
    RequestSenderOptions sending{.try_timeout = options_.try_timeout, .random = options_.random, .log = options_.log};
    return make_api_client({.cluster = cluster.name,
                            .access = std::move(*access),
                            .environment = environment_,
                            .terminal = options_.terminal,
                            .field_manager = field_manager,
                            .page_size = options_.page_size,
                            .read_file = options_.read_file,
                            .sending = std::move(sending),
                            .pool = pool_},
                           transport_, clock_);
  }

 private:
  using Files = std::vector<std::filesystem::path>;

  /// What is made once for all who ask; those who ask for another do not wait.
  template <class Value>
  struct Once {
    std::mutex mutex;
    std::shared_ptr<const Value> value;
    /// Kept like the value: a pipe is waited for once, not once per cluster.
    Diagnostics errors;
    Diagnostics warnings;
  };

  template <class Key, class Value>
  Once<Value>& once(std::map<Key, Once<Value>>& all, const Key& key) {
    const std::lock_guard lock(mutex_);
    return all[key];
  }

  /// Many clusters are often contexts of one file: it is read and taken apart once.
  Result<std::shared_ptr<const Kubeconfig>> load(const Files& files) {
    auto& known = once(loaded_, files);
    const std::lock_guard lock(known.mutex);
    if (!known.errors.empty()) return failure(known.errors);
    if (!known.value) {
      auto config = load_kubeconfigs(files, options_.environment, options_.read_file);
      if (!config) return failure(known.errors = std::move(config.error()));
      known.value = std::make_shared<const Kubeconfig>(std::move(*config));
    }
    return known.value;
  }

  /// Taking certificates and keys apart is the dear part of it, and clusters of one context share what comes out.
  Result<std::shared_ptr<const Access>> resolve(const Files& files, const std::string& context, Diagnostics& warnings) {
    auto& known = once(resolved_, std::pair(files, context));
    const std::lock_guard lock(known.mutex);
    if (!known.errors.empty()) return failure(known.errors);
    if (!known.value) {
      const auto config = load(files);
      if (!config) return failure(config.error());
      auto access = resolve_context(**config, context, options_.read_file, known.warnings);
      if (!access) return failure(known.errors = std::move(access.error()));
      known.value = std::make_shared<const Access>(std::move(*access));
    }
    append(warnings, known.warnings);
    return known.value;
  }

  Clock& clock_;
  ClientOptions options_;
  std::shared_ptr<const Environment> environment_;
  std::shared_ptr<Transport> transport_;
  std::shared_ptr<JsonPool> pool_ = std::make_shared<JsonPool>();
  std::mutex mutex_;
  std::map<Files, Once<Kubeconfig>> loaded_;
  std::map<std::pair<Files, std::string>, Once<Access>> resolved_;
};

}  // namespace

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string line(*entry);
    if (const auto equals = line.find('='); equals != std::string::npos && equals > 0) {
      variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return variables;
}

std::unique_ptr<ClientFactory> make_client_factory(Clock& clock, ClientOptions options) {
  return std::make_unique<Factory>(clock, std::move(options));
}

}  // namespace mesh::kubernetes
