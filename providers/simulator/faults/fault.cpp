#include "providers/simulator/faults/fault.h"

#include <fnmatch.h>

namespace mesh::simulator {

const std::vector<std::string>& fault_words() {
  static const std::vector<std::string> words = {"down",
                                                 "silent",
                                                 "slow",
                                                 "cut",
                                                 "truncate",
                                                 "too_many_requests",
                                                 "error_500",
                                                 "error_503",
                                                 "unauthorized",
                                                 "forbidden",
                                                 "admission",
                                                 "conflict",
                                                 "no_load_balancer",
                                                 "istiod_ignores_secret",
                                                 "pods_not_ready",
                                                 "load_balancer_slow",
                                                 "load_balancer_ip",
                                                 "load_balancer_hostname",
                                                 "front",
                                                 "proxy",
                                                 "not_injected",
                                                 "injection_fails",
                                                 "injected_without_network"};
  return words;
}

bool covers(const std::string& glob, const std::string& text) {
  return fnmatch(glob.c_str(), text.c_str(), FNM_NOESCAPE) == 0;
}

const std::string& to_string(FaultKind kind) { return fault_words().at(static_cast<std::size_t>(kind)); }

}  // namespace mesh::simulator
