// pilot-agent is what runs Envoy in a pod, and sets its iptables rules, unchanged.
package main

import (
	"fmt"
	"os"

	meshconfig "istio.io/api/mesh/v1alpha1"
	agent "istio.io/istio/pilot/cmd/pilot-agent/app"
	istioagent "istio.io/istio/pkg/istio-agent"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/security"
	"istio.io/istio/security/pkg/nodeagent/sds"
)

func main() {
	log.EnableKlogWithCobra()
	if err := agent.NewRootCommand(secrets).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func secrets(options *security.Options, manager security.SecretManager, key *meshconfig.PrivateKeyProvider) istioagent.SDSService {
	return sds.NewServer(options, manager, key)
}
