#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <string>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/server/pod_http.h"
#include "providers/simulator/server/session.h"
#include "providers/simulator/server/spdy_connection.h"

namespace mesh::simulator {

/// pods/portforward on a SPDY connection (portforward.k8s.io, as the kubelet and containerd have it): each forwarded
/// connection is a pair of streams, one for its bytes and one for what went wrong. Programs in pods speak HTTP/1.
class PortForward final : public spdy::Streams, public std::enable_shared_from_this<PortForward> {
 public:
  PortForward(std::shared_ptr<SpdyConnection> connection, std::shared_ptr<PodBackend> pods, Upgrade desired,
              Shared& shared);

  void opened(spdy::StreamId id, const spdy::Headers& headers) override;
  void received(spdy::StreamId id, std::string_view bytes) override;
  void finished(spdy::StreamId id) override;
  void was_reset(spdy::StreamId id) override;

 private:
  /// One connection to a port of the pod. Stream 0: not there yet.
  struct Forwarded {
    spdy::StreamId data = 0;
    spdy::StreamId error = 0;
    int port = 0;
    PodHttp http = {};
    /// Being dialled or answered: what comes waits.
    bool busy = false;
    bool client_finished = false;
  };
  using ForwardedPtr = std::shared_ptr<Forwarded>;
  using Task = boost::asio::awaitable<void>;

  /// Runs it to its end; what it throws ends the connection.
  void spawn(const ForwardedPtr& one, Task (PortForward::*task)(ForwardedPtr));
  void start(const ForwardedPtr& one);
  Task dial(ForwardedPtr one);
  Task serve(ForwardedPtr one);
  void close(const Forwarded& one);

  const std::shared_ptr<SpdyConnection> connection_;
  const std::shared_ptr<PodBackend> pods_;
  const Upgrade desired_;
  Shared& shared_;
  /// By the id that the client gave the pair.
  std::map<std::string, ForwardedPtr> pairs_;
  /// By the stream of their bytes.
  std::map<spdy::StreamId, ForwardedPtr> forwarded_;
};

}  // namespace mesh::simulator
