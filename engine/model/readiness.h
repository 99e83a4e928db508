#pragma once

#include <string>
#include <utility>

namespace mesh {

/// Whether an object, or all that an action waits for, works. pending: not yet, as far as can be seen. failed: its
/// controller gave up, so waiting helps no more.
struct Readiness {
  enum class State { ready, pending, failed };

  State state = State::ready;
  /// What is missing, as a sentence without a full stop; empty when ready.
  std::string message = {};

  Readiness() = default;
  // NOLINTBEGIN(google-explicit-constructor): a sentence about what is missing says all of it.
  /// Pending; ready when nothing is missing.
  Readiness(std::string missing)
      : state(missing.empty() ? State::ready : State::pending), message(std::move(missing)) {}
  Readiness(const char* missing) : Readiness(std::string(missing)) {}
  // NOLINTEND(google-explicit-constructor)
  static Readiness failed(std::string why) {
    Readiness readiness(std::move(why));
    readiness.state = State::failed;
    return readiness;
  }

  bool ready() const { return state == State::ready; }
  bool operator==(const Readiness&) const = default;
};

}  // namespace mesh
