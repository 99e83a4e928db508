#pragma once

#include "providers/simulator/apimachinery/managedfields/write.h"
#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/write_options.h"

namespace mesh::simulator {

/// A write between decoding and the store; the writing lock is held.
struct Draft {
  Cluster& cluster;
  Exchange& exchange;
  WriteOptions options;
  Write write;
  /// Server-side apply: ownership is settled already.
  bool applied = false;
};

inline Draft draft_of(Cluster& cluster, Exchange& exchange, const WriteOptions& options) {
  return {.cluster = cluster,
          .exchange = exchange,
          .options = options,
          .write = write_of(exchange, options, cluster.now_text()),
          .applied = false};
}

/// A write's result: the object as stored, or as it would be.
struct Written {
  StoredPtr object;
  int status = 200;
};

}  // namespace mesh::simulator
