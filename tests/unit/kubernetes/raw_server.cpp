#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "providers/kubernetes/transport/websocket_frame.h"
#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::testing {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

/// A listening socket whose accept loop ends when it is shut down.
struct Listener {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port = 0;

  Listener() {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    listen(fd, 64);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(fd); }
  void end() const { shutdown(fd, SHUT_RDWR); }
};

std::string read_head(int fd) {
  std::string head;
  std::array<char, 1024> buffer{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got <= 0) break;
    head.append(buffer.data(), static_cast<std::size_t>(got));
    // A TLS handshake record has no end of head.
    if (head.front() == '\x16') break;
  }
  return head;
}

/// What the key in the head of a request for a WebSocket has to be answered with.
std::string accept_of(const std::string& head) {
  constexpr std::string_view name = "Sec-WebSocket-Key: ";
  const auto at = head.find(name);
  if (at == std::string::npos) return {};
  const auto begin = at + name.size();
  return kubernetes::websocket_accept(head.substr(begin, head.find("\r\n", begin) - begin));
}

void write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

}  // namespace

struct RawServer::Parts {
  Listener listener;
  std::vector<std::string> answers;
  bool resets = false;
  mutable std::mutex mutex;
  std::vector<std::string> heads;
  std::jthread thread;

  void run() {
    for (int fd = accept(listener.fd, nullptr, nullptr); fd >= 0; fd = accept(listener.fd, nullptr, nullptr)) {
      std::string head = read_head(fd);
      std::string answer;
      {
        const std::lock_guard lock(mutex);
        if (heads.size() < answers.size()) answer = answers[heads.size()];
        if (const auto at = answer.find(websocket_accept_here); at != std::string::npos) {
          answer.replace(at, websocket_accept_here.size(), accept_of(head));
        }
        heads.push_back(std::move(head));
      }
      write_all(fd, answer.data(), answer.size());
      if (resets) {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      }
      close(fd);
    }
  }
};

RawServer::RawServer(std::vector<std::string> answers, bool resets) : parts_(std::make_unique<Parts>()) {
  parts_->answers = std::move(answers);
  parts_->resets = resets;
  parts_->thread = std::jthread([this] { parts_->run(); });
}
RawServer::~RawServer() {
  parts_->listener.end();
  parts_->thread.join();
}
std::string RawServer::url() const { return "http://127.0.0.1:" + std::to_string(parts_->listener.port); }
int RawServer::port() const { return parts_->listener.port; }
std::vector<std::string> RawServer::heads() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->heads;
}
std::size_t RawServer::accepted() const { return heads().size(); }

struct SilentServer::Parts {
  Listener listener;
  mutable std::mutex mutex;
  mutable std::condition_variable came;
  std::vector<int> sockets;
  std::jthread thread;

  void run() {
    for (int fd = accept(listener.fd, nullptr, nullptr); fd >= 0; fd = accept(listener.fd, nullptr, nullptr)) {
      {
        const std::lock_guard lock(mutex);
        sockets.push_back(fd);
      }
      came.notify_all();
    }
  }
};

SilentServer::SilentServer() : parts_(std::make_unique<Parts>()) {
  parts_->thread = std::jthread([this] { parts_->run(); });
}
SilentServer::~SilentServer() {
  parts_->listener.end();
  parts_->thread.join();
  for (const int fd : parts_->sockets) close(fd);
}
std::string SilentServer::url() const { return "https://127.0.0.1:" + std::to_string(parts_->listener.port); }
std::size_t SilentServer::accepted() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->sockets.size();
}
bool SilentServer::accepted(std::size_t count) const {
  std::unique_lock lock(parts_->mutex);
  return parts_->came.wait_for(lock, std::chrono::seconds(10), [&] { return parts_->sockets.size() >= count; });
}

struct ConnectProxy::Parts {
  Listener listener;
  int target = 0;
  mutable std::mutex mutex;
  std::vector<std::string> asked;
  std::vector<int> sockets;
  std::vector<std::jthread> relays;
  std::jthread thread;

  void run() {
    for (int fd = accept(listener.fd, nullptr, nullptr); fd >= 0; fd = accept(listener.fd, nullptr, nullptr)) {
      const std::lock_guard lock(mutex);
      sockets.push_back(fd);
      relays.emplace_back([this, fd] { relay(fd); });
    }
  }
  void relay(int client) {
    const std::string head = read_head(client);
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(target);
    {
      const std::lock_guard lock(mutex);
      asked.push_back(head.substr(0, head.find("\r\n")));
      sockets.push_back(server);
    }
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    constexpr std::string_view established = "HTTP/1.1 200 OK\r\n\r\n";
    write_all(client, established.data(), established.size());
    std::array<char, 16384> buffer{};
    for (;;) {
      std::array<pollfd, 2> waits{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
      if (poll(waits.data(), waits.size(), -1) < 0) return;
      for (int i = 0; i < 2; ++i) {
        if (waits[static_cast<std::size_t>(i)].revents == 0) continue;
        const ssize_t got = read(i == 0 ? client : server, buffer.data(), buffer.size());
        if (got <= 0) {
          shutdown(client, SHUT_RDWR);
          shutdown(server, SHUT_RDWR);
          return;
        }
        write_all(i == 0 ? server : client, buffer.data(), static_cast<std::size_t>(got));
      }
    }
  }
};

ConnectProxy::ConnectProxy(int target_port) : parts_(std::make_unique<Parts>()) {
  parts_->target = target_port;
  parts_->thread = std::jthread([this] { parts_->run(); });
}
ConnectProxy::~ConnectProxy() {
  parts_->listener.end();
  parts_->thread.join();
  {
    const std::lock_guard lock(parts_->mutex);
    for (const int fd : parts_->sockets) shutdown(fd, SHUT_RDWR);
  }
  parts_->relays.clear();
  for (const int fd : parts_->sockets) close(fd);
}
std::string ConnectProxy::url() const { return "http://127.0.0.1:" + std::to_string(parts_->listener.port); }
std::vector<std::string> ConnectProxy::asked() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->asked;
}

}  // namespace mesh::testing
