#pragma once

#include <memory>
#include <utility>

namespace mesh {

/// A value that its copies share, for values of which a large mesh holds thousands of equal ones. Reads like the value
/// itself; to change it is said in so many words. Never empty. Copies may be used in several threads, one copy in one.
template <class T>
class Shared {
 public:
  Shared() : value_(nothing()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): stands wherever the value stands.
  Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  operator const T&() const { return *value_; }

  /// The value to be changed: a copy of its own, unless nobody shares it.
  T& edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

  friend bool operator==(const Shared& left, const Shared& right) {
    return left.value_ == right.value_ || *left.value_ == *right.value_;
  }

 private:
  static const std::shared_ptr<T>& nothing() {
    static const auto shared = std::make_shared<T>();
    return shared;
  }

  std::shared_ptr<T> value_;
};

}  // namespace mesh
