#pragma once

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "providers/kubernetes/transport/http.h"

// Private to transport.cpp, connection_gate.cpp and transfer.cpp.
namespace mesh::kubernetes {

/// One request on its way, shared by the caller, who waits, and the loop's thread, which moves it. Until `done` the
/// fields below the lock belong to the loop's thread; of a stream, `answer` is exchanged under the lock.
struct Transfer {
  Call call;
  std::chrono::milliseconds timeout{};
  std::chrono::milliseconds connect_timeout{};
  std::string user_agent;
  std::size_t largest_answer = 0;
  bool stream = false;
  /// The caller no longer waits.
  std::atomic<bool> abandoned = false;

  std::mutex mutex;
  std::condition_variable_any changed;
  bool done = false;
  HttpResponse answer;
  std::optional<TransportError> error;

  // The loop's thread alone.
  /// Its connection stands, and with it what HTTP version is spoken.
  bool connected = false;
  /// Asked for what libcurl may hold back since something last arrived.
  bool asked_again = false;
  std::chrono::steady_clock::time_point submitted = std::chrono::steady_clock::now();
  std::string url;
  std::size_t received = 0;
  bool too_large = false;
  std::array<char, CURL_ERROR_SIZE> words{};

  void finish(std::optional<TransportError> why);
};

// One deleter each: to C++, both kinds of handle are void*.
struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// A libcurl handle with what it points to.
struct CurlTransfer {
  std::unique_ptr<CURL, FreeEasy> easy;
  std::unique_ptr<curl_slist, FreeList> headers;
  std::unique_ptr<curl_slist, FreeList> connect_to;
  std::shared_ptr<Transfer> transfer;
};

/// Sets every option of the transfer. False: the server is not a URL, or the target is not a path that a server reads
/// as it is written.
bool configure(CurlTransfer& handle);
constexpr const char* cannot_be_used = "the address cannot be used, or a name in the path is not one of Kubernetes";

/// What a finished libcurl transfer failed with.
TransportError error_of(CURL* easy, CURLcode code, const Transfer& transfer);

}  // namespace mesh::kubernetes
