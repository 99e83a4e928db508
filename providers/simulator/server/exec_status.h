#pragma once

#include <string>

#include "providers/simulator/apiserver/handlers/pods.h"

namespace mesh::simulator {

/// The Status that ends a remote command, as the kubelet words it (apimachinery, util/remotecommand).
std::string exec_status(const ExecResult& result);

/// The same for protocols before v4.channel.k8s.io: its message when it is a failure, else nothing.
std::string exec_failure(const ExecResult& result);

}  // namespace mesh::simulator
