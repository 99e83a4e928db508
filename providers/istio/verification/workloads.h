#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/model/object.h"

namespace mesh::istio {

/// What runs in the clusters while they are verified: Istio's samples HelloWorld and Sleep (istio-facts 9).
struct VerifyImages {
  /// `{version}` stands for `v1` or `v2`.
  std::string helloworld = "docker.io/istio/examples-helloworld-{version}:1.0";
  /// A curl to run in.
  std::string sleep = "docker.io/curlimages/curl:8.16.0";
};

inline constexpr const char* hello_name = "helloworld";
inline constexpr const char* sleep_name = "sleep";
inline constexpr int hello_port = 5000;

/// `mesh-verify-NAME-RUN`, NAME cut to what a name may have. Each run has a namespace of its own, so that two at once
/// do not meet.
std::string verify_namespace(const std::string& mesh_name, const std::string& run);

/// An object to apply.
struct Workload {
  ObjectId id;
  nlohmann::json body;
};

/// The namespace, labelled as ours and for injection by that revision. `until`: it says that no run needs it any more
/// then.
Workload verify_namespace_object(const std::string& ns, const std::string& mesh_name, const std::string& revision,
                                 std::chrono::system_clock::time_point until);

/// Whether a namespace was created by `mesh verify` for that mesh.
bool is_verify_namespace(const Object& ns, const std::string& mesh_name);
/// The label selector of those of every mesh.
std::string verify_namespace_selector();

/// Whether it was, and its run has ended without removing it. Metadata is enough.
bool is_leftover(const Object& ns, const std::string& mesh_name, std::chrono::system_clock::time_point now);

/// In the order to apply them: the Service that every cluster has, one version of HelloWorld, Sleep.
std::vector<Workload> verify_workloads(const std::string& ns, const std::string& version, const VerifyImages& images);

}  // namespace mesh::istio
