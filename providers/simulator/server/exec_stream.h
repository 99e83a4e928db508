#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/server/session.h"

namespace mesh::simulator {

/// The Status that ends a remote command, as the kubelet writes it (apimachinery, util/remotecommand).
std::string exec_status(const ExecResult& result);

/// Why the request cannot become a WebSocket that speaks v5.channel.k8s.io; empty: it can. kubectl speaks it
/// since 1.31.
std::string exec_refusal(const HttpRequest& request, const Upgrade& desired);

/// pods/exec: runs the command on a worker and sends its output and status in messages. No command of a simulated pod
/// reads: input is taken and dropped. Returns when the client has closed its end; a broken connection throws.
boost::asio::awaitable<void> serve_exec(TlsStream& stream, const HttpRequest& request, Shared& shared,
                                        std::shared_ptr<PodBackend> pods, const Upgrade& desired);

}  // namespace mesh::simulator
