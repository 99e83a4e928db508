#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "engine/load/load_spec.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

/// A fleet whose clusters have every kind of field, all discovering all.
std::string fleet_of(std::int64_t clusters) {
  std::string text =
      "version = 1\n\n[mesh]\nname = \"prod\"\nfleet_project = \"acme-fleet\"\nproject_number = 123456789012\n"
      "ca = \"mesh-ca\"\nrevision = \"asm-1233-2\"\n\n[gateway]\nreplicas = { min = 2, max = 5 }\n";
  for (std::int64_t i = 0; i < clusters; ++i) {
    text += fmt::format(
        "\n[cluster.c{0}]\nplatform = \"gke-vmware\"\nkubeconfig = \"kubeconfigs/c{0}.yaml\"\ncontext = \"c{0}\"\n"
        "network = \"net-{0}\"\napi_server = \"https://c{0}.acme.example:6443\"\n"
        "gateway.source_ranges = [\"10.0.0.0/8\"]\ngateway.load_balancer_ip = \"10.1.{1}.{2}\"\n",
        i, i / 256, i % 256);
  }
  return text;
}

void load(benchmark::State& state) {
  const SourceText source{.name = "mesh.toml", .bytes = fleet_of(state.range(0)), .folder = "/etc/mesh"};
  for (auto _ : state) {
    auto spec = load_spec(source, platform::all());
    if (!spec) state.SkipWithError("the spec does not load");
    benchmark::DoNotOptimize(spec);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * source.bytes.size()));
}

BENCHMARK(load)->Arg(50)->Arg(100)->Arg(250)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mesh
