#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// The whole way of a request through the server, but for handing changes on. `given` is as it came; `as` null: who
/// asks is found out.
ApiResponse answer_request(Cluster& cluster, const ApiRequest& given, const User* as, AuditEntry& audit);

}  // namespace mesh::simulator
