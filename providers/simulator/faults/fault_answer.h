#pragma once

#include <map>
#include <optional>
#include <string>

#include "providers/simulator/faults/fault.h"
#include "providers/simulator/faults/request_facts.h"

namespace mesh::simulator {

/// A whole answer that takes the place of the API server's.
struct FaultAnswer {
  int status = 0;
  std::map<std::string, std::string> headers = {};
  std::string content_type = "application/json";
  std::string body = {};

  bool operator==(const FaultAnswer&) const = default;
};

/// What the API server answers under the fault; nothing for kinds that leave the answer alone. `user`: as in the words
/// of a refusal.
std::optional<FaultAnswer> answer_of(const Fault& fault, const RequestFacts& request, const std::string& user);

}  // namespace mesh::simulator
