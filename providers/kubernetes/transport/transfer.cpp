#include "providers/kubernetes/transport/transfer.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>

#include "engine/base/lower_case.h"
#include "providers/kubernetes/kubeconfig/redact.h"
#include "providers/kubernetes/kubeconfig/server_url.h"

namespace mesh::kubernetes {
namespace {

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.asked_again = false;
  const std::size_t bytes = size * count;
  if (!transfer.stream) {
    transfer.received += bytes;
    if (transfer.received > transfer.largest_answer) {
      transfer.too_large = true;
      return 0;
    }
  }
  try {
    const std::lock_guard lock(transfer.mutex);
    transfer.answer.body.append(data, bytes);
  } catch (const std::bad_alloc&) {
    // No exception may pass through libcurl.
    transfer.too_large = true;
    return 0;
  }
  if (transfer.stream) transfer.changed.notify_all();
  return bytes;
}

int on_connected(void* user, char*, char*, int, int) {
  static_cast<Transfer*>(user)->connected = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.asked_again = false;
  const std::size_t bytes = size * count;
  std::string_view line(data, bytes);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  const std::lock_guard lock(transfer.mutex);
  if (line.starts_with("HTTP/")) {
    // A new head: what came before was an interim answer.
    transfer.answer.headers.clear();
    const auto ns = line.find(' ');
    transfer.answer.status = 0;
    for (std::size_t at = ns + 1; ns != std::string_view::npos && at < line.size() && at < ns + 4; ++at) {
      if (std::isdigit(static_cast<unsigned char>(line[at])) == 0) break;
      transfer.answer.status = transfer.answer.status * 10 + (line[at] - '0');
    }
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    std::string name = lower_case(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    transfer.answer.headers[std::move(name)] = std::string(value);
  }
  return bytes;
}

void set_blob(CURL* easy, CURLoption option, const std::string& pem) {
  // The bytes outlive the handle: they belong to the endpoint that the transfer shares.
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(easy, option, &blob);
}

void set_tls(CURL* easy, const Endpoint& to) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, to.insecure ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, to.insecure ? 0L : 2L);
  // As in Go, an https proxy is held to the same settings as the server.
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, to.insecure ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, to.insecure ? 0L : 2L);
  if (!to.ca_pem.empty()) {
    set_blob(easy, CURLOPT_CAINFO_BLOB, to.ca_pem);
    set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, to.ca_pem);
    // The blob replaces the system's file, not its folder.
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (!to.client_certificate_pem.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
    set_blob(easy, CURLOPT_SSLCERT_BLOB, to.client_certificate_pem);
    curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
    set_blob(easy, CURLOPT_SSLKEY_BLOB, to.client_key_pem);
  }
}

void set_proxy(CURL* easy, std::string proxy) {
  // Always said, so that libcurl does not look at the environment itself, whose rules differ from kubectl's.
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  constexpr std::string_view socks = "socks5://";
  // As in Go, the proxy resolves the names.
  if (proxy.starts_with(socks)) proxy.replace(0, socks.size(), "socks5h://");
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void add(std::unique_ptr<curl_slist, FreeList>& list, const std::string& line) {
  if (curl_slist* longer = curl_slist_append(list.get(), line.c_str()); longer != nullptr) {
    static_cast<void>(list.release());
    list.reset(longer);
  }
}

/// Dials the server's host while TLS speaks of another name: the URL carries that name, the connection is sent to the
/// real address, and the Host header says what it would have said.
void set_address(CurlTransfer& handle, const ServerUrl& url) {
  Transfer& transfer = *handle.transfer;
  const Endpoint& to = *transfer.call.endpoint;
  ServerUrl shown = url;
  if (!to.tls_server_name.empty() && url.scheme == "https") {
    shown.host = to.tls_server_name;
    const std::string port = url.port.empty() ? "443" : url.port;
    const std::string host = url.host.find(':') != std::string::npos ? "[" + url.host + "]" : url.host;
    add(handle.connect_to, "::" + host + ":" + port);
    curl_easy_setopt(handle.easy.get(), CURLOPT_CONNECT_TO, handle.connect_to.get());
    add(handle.headers, "Host: " + authority_of(url));
  }
  transfer.url = to_string(shown) + transfer.call.request.target;
  curl_easy_setopt(handle.easy.get(), CURLOPT_URL, transfer.url.c_str());
  curl_easy_setopt(handle.easy.get(), CURLOPT_PATH_AS_IS, 1L);
}

Fault fault_of(CURL* easy, CURLcode code, const Transfer& transfer) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Fault::dns;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return Fault::proxy;
    case CURLE_COULDNT_CONNECT:
      return Fault::connect;
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t ready = 0;
      curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
      return ready == 0 ? Fault::connect_timeout : Fault::timeout;
    }
    case CURLE_PEER_FAILED_VERIFICATION:
      return Fault::tls_verify;
    case CURLE_SSL_CONNECT_ERROR: {
      long os_error = 0;
      curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
      // OpenSSL tells a connection that broke amid the handshake as a system call that failed, often without a number.
      const std::string_view words(transfer.words.data());
      const bool broke = words.find("SSL_ERROR_SYSCALL") != std::string_view::npos ||
                         words.find("Connection reset by peer") != std::string_view::npos;
      const bool by_peer = os_error == ECONNRESET || os_error == EPIPE;
      return by_peer || (broke && os_error == 0) ? Fault::reset : Fault::tls;
    }
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return Fault::tls;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return Fault::reset;
    case CURLE_RECV_ERROR:
      // TLS 1.3 servers refuse a client certificate only after the handshake, and libcurl has no code for that.
      return std::strstr(transfer.words.data(), " alert ") != nullptr ? Fault::tls : Fault::reset;
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
      return Fault::truncated;
    case CURLE_WRITE_ERROR:
      return transfer.too_large ? Fault::too_large : Fault::other;
    default:
      return Fault::other;
  }
}

/// Whether the server takes the path apart as it was put together. Names come from answers of servers too, and one that
/// holds a slash, or that is `..`, would make it another path: API servers decode before they split. No object of
/// Kubernetes has such a name (IsValidPathSegmentName of k8s.io/apimachinery refuses the same).
bool is_plain_path(const HttpRequest& request) {
  const std::string path = lower_case(request.target.substr(0, request.target.find('?')));
  for (const char* encoded : {"%2f", "%25", "%00", "%5c"}) {
    if (path.find(encoded) != std::string::npos) return false;
  }
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = std::string_view(path).substr(at, end - at);
    // The page of a pod may end like this; what deletes an object without a name would delete all of them.
    const bool closing = segment == "/" && end == path.size() && request.method == "GET";
    if (!segment.starts_with('/') || (segment == "/" && !closing) || segment == "/." || segment == "/..") return false;
    at = end;
  }
  return path.find_first_of(" \t\r\n#\\") == std::string::npos;
}

}  // namespace

void Transfer::finish(std::optional<TransportError> why) {
  {
    const std::lock_guard lock(mutex);
    error = std::move(why);
    done = true;
  }
  changed.notify_all();
}

bool configure(CurlTransfer& handle) {
  Transfer& transfer = *handle.transfer;
  const HttpRequest& request = transfer.call.request;
  const Endpoint& to = *transfer.call.endpoint;
  CURL* easy = handle.easy.get();
  const auto url = parse_server_url(to.server);
  if (!url || !is_plain_path(request)) return false;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.words.data());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.fresh_connection ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  // Time spent waiting for another request's connection counts.
  const auto waited =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - transfer.submitted);
  const auto left = static_cast<long>(std::max<long long>(1, (transfer.timeout - waited).count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(left, static_cast<long>(transfer.connect_timeout.count())));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, transfer.user_agent.c_str());
  set_tls(easy, to);
  set_proxy(easy, to.proxy_url);
  set_address(handle, *url);
  for (const std::string& line : request.headers) add(handle.headers, line);
  // Unpacked by who waits for it, not by libcurl: hundreds of answers may lie there, and one thread serves them all.
  if (to.compression && !transfer.stream) add(handle.headers, "Accept-Encoding: gzip");
  add(handle.headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, handle.headers.get());
  if (!request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  return true;
}

TransportError error_of(CURL* easy, CURLcode code, const Transfer& transfer) {
  TransportError error{.fault = fault_of(easy, code, transfer), .detail = {}};
  const std::string_view words(transfer.words.data());
  error.detail = redact(words.empty() ? std::string_view(curl_easy_strerror(code)) : words, 300);
  return error;
}

}  // namespace mesh::kubernetes
