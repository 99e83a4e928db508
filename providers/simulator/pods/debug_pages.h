#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/istio/traffic/traffic_model.h"

namespace mesh::simulator {

/// What istiod of a cluster shows (istio-facts 9). Keys and field names are Istio's.
nlohmann::ordered_json clusterz(const IstiodView& view);
nlohmann::ordered_json networkz(const IstiodView& view);
nlohmann::ordered_json endpoint_shardz(const IstiodView& view);
nlohmann::ordered_json registryz(const IstiodView& view);
/// Prometheus text: registered clusters, timeouts, build.
std::string metrics(const IstiodView& view, const std::string& version);

/// A page by its path with query, as `pilot-discovery request GET PATH` prints it; nothing: no such page.
struct Page {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};
Page debug_page(const IstiodView& view, const std::string& path);

}  // namespace mesh::simulator
