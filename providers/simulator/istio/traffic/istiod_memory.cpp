#include "providers/simulator/istio/traffic/istiod_memory.h"

#include <fmt/format.h>

#include "engine/base/digest.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

template <class Gone>
void forget(IstiodMemory& memory, const SecretRules& rules, const std::string& secret, Gone gone) {
  std::erase_if(memory.clusters, [&](const auto& one) {
    const auto& [id, remote] = one;
    if (remote.secret != secret || !gone(id)) return false;
    if (rules.gateways && !remote.known.empty()) memory.departed[id] = rules.gateways(remote);
    return true;
  });
  std::erase_if(memory.refused, [&](const auto& one) { return one.first.starts_with(secret + " "); });
}

}  // namespace

std::vector<std::string> take_secret(IstiodMemory& memory, const SecretRules& rules, const std::string& secret,
                                     const std::map<std::string, std::string>& kubeconfigs) {
  std::vector<std::string> built;
  forget(memory, rules, secret, [&](const std::string& id) { return !kubeconfigs.contains(id); });
  for (const auto& [id, kubeconfig] : kubeconfigs) {
    const std::string place = secret + " " + id;
    if (id == rules.own_id) {
      memory.refused[place] = "its key is the cluster's own id";
      continue;
    }
    const auto known = memory.clusters.find(id);
    if (known != memory.clusters.end() && known->second.secret != secret) {
      memory.refused[place] = fmt::format("Secret {} serves that key already", known->second.secret);
      continue;
    }
    std::string digest = sha256_hex(kubeconfig);
    if (known != memory.clusters.end() && known->second.digest == digest) continue;
    auto found = read_kubeconfig(kubeconfig, rules.allowed_options);
    if (auto* refusal = std::get_if<Refusal>(&found)) {
      memory.refused[place] = std::move(refusal->why);
      continue;
    }
    memory.clusters[id] = {.id = id,
                           .secret = secret,
                           .digest = std::move(digest),
                           .credential = std::move(std::get<RemoteCredential>(found)),
                           .known = known == memory.clusters.end() ? "" : known->second.known};
    built.push_back(id);
  }
  return built;
}

void drop_secret(IstiodMemory& memory, const SecretRules& rules, const std::string& secret) {
  forget(memory, rules, secret, [](const std::string&) { return true; });
}

std::map<std::string, std::string> decoded_data(const nlohmann::json& secret) {
  std::map<std::string, std::string> data;
  const nlohmann::json* found = at(secret, {"data"});
  if (found == nullptr || !found->is_object()) return data;
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) continue;
    if (auto bytes = base64_decode(value.get<std::string>())) data[key] = std::move(*bytes);
  }
  return data;
}

IstiodMemory remember(const Objects& objects, const std::string& system_namespace, const SecretRules& rules) {
  IstiodMemory memory;
  for (const ObjectPtr& secret : objects.list(resource::secrets, system_namespace)) {
    if (label(*secret, "istio/multiCluster") != "true") continue;
    take_secret(memory, rules, system_namespace + "/" + name_of(*secret), decoded_data(*secret));
  }
  return memory;
}

}  // namespace mesh::simulator
