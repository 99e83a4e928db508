#pragma once

#include <chrono>
#include <string>

#include "engine/model/action.h"
#include "engine/model/report.h"
#include "engine/render/style.h"

namespace mesh {

// One line per event of an apply, each with its newline.

/// `dc1/gateway: creating`
std::string started_line(const Address& address, Operation operation, Color color);
/// `dc1/gateway: waiting, Service istio-system/istio-eastwestgateway has no address yet`
std::string waiting_line(const Address& address, const std::string& what, Color color);
/// `dc1/gateway: again in 1.5 s: the server is overloaded`
std::string retrying_line(const Address& address, const std::string& why, std::chrono::milliseconds delay, Color color);
/// `dc1/gateway: done in 12.3 s`, `dc1/gateway: failed after 3.0 s: request refused: …`
std::string finished_line(const ActionReport& report, Color color);

}  // namespace mesh
