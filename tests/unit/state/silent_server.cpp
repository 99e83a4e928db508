#include "tests/unit/state/silent_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mesh::testing {
namespace {

sockaddr* as_address(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

}  // namespace

SilentServer::SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(bind(socket_, as_address(address), sizeof address), 0);
  EXPECT_EQ(listen(socket_, 16), 0);
}

// The connections that nobody took are reset, so that who still waits for an answer ends.
SilentServer::~SilentServer() { close(socket_); }

std::string SilentServer::url() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket_, as_address(address), &size);
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x.git";
}

}  // namespace mesh::testing
