#include "tests/support/few_threads.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

// Linked into a test, or preloaded into a program, where MESH_TEST_THREADS says how many threads there are to be had.
namespace {

constexpr int no_limit = -1;

int from_environment() {
  const char* text = std::getenv("MESH_TEST_THREADS");  // NOLINT(concurrency-mt-unsafe): no thread sets it
  return text == nullptr ? no_limit : std::atoi(text);
}

std::atomic<int>& left() {
  static std::atomic<int> count{from_environment()};
  return count;
}

bool take_one() {
  int now = left();
  while (now != no_limit) {
    if (now == 0) return false;
    if (left().compare_exchange_weak(now, now - 1)) return true;
  }
  return true;
}

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*), void* value) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  return take_one() ? create(thread, attributes, work, value) : EAGAIN;
}

namespace mesh::testing {

FewThreads::FewThreads(int count) { left() = count; }
FewThreads::~FewThreads() { left() = no_limit; }

}  // namespace mesh::testing
