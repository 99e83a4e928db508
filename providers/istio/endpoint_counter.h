#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/model/checks/discovery.h"

namespace mesh::istio {

/// Counts the endpoints of each cluster in `{HOST: {NAMESPACE: {"Shards": {"Kubernetes/CLUSTER": [ENDPOINT…]}}}}` while
/// it is parsed (SAX events of nlohmann::json).
class EndpointCounter : public nlohmann::json_sax<nlohmann::json> {
 public:
  const std::map<std::string, HeldEndpoints>& counted() const { return counted_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  std::map<std::string, HeldEndpoints> counted_ = {};
  /// How many objects and lists are open.
  int depth_ = 0;
  bool in_shards_ = false;
  /// The cluster whose list of endpoints comes or is open.
  std::string cluster_ = {};
  std::size_t endpoints_ = 0;
};

}  // namespace mesh::istio
