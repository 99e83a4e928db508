#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// A request that came with the token of a Secret leaves its day there, in the label
/// kubernetes.io/legacy-token-last-used, once a day. To be called when the token has been found good.
void note_token_use(Cluster& cluster, const ApiRequest& request);

}  // namespace mesh::simulator
