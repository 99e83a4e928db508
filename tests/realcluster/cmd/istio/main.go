// istio is pilot-discovery and pilot-agent in one program, which plays the one whose name it was started under, and
// the renderer of Istio's own charts: istio manifests FILE prints what istioctl manifest generate -f FILE would.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/operator/pkg/component"
	"istio.io/istio/operator/pkg/render"
	agent "istio.io/istio/pilot/cmd/pilot-agent/app"
	discovery "istio.io/istio/pilot/cmd/pilot-discovery/app"
	istioagent "istio.io/istio/pkg/istio-agent"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/security"
	"istio.io/istio/security/pkg/nodeagent/sds"
)

func main() {
	if err := play(filepath.Base(os.Args[0])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func play(name string) error {
	switch name {
	case "pilot-discovery":
		log.EnableKlogWithCobra()
		return discovery.NewRootCommand().Execute()
	case "pilot-agent":
		log.EnableKlogWithCobra()
		return agent.NewRootCommand(secrets).Execute()
	}
	if len(os.Args) == 3 && os.Args[1] == "manifests" {
		return manifests(os.Args[2])
	}
	return fmt.Errorf("%s: start me as pilot-discovery, as pilot-agent, or with the words manifests FILE", name)
}

func secrets(options *security.Options, manager security.SecretManager, key *meshconfig.PrivateKeyProvider) istioagent.SDSService {
	return sds.NewServer(options, manager, key)
}

// manifests prints the objects of an IstioOperator: the base first, since the rest needs its accounts.
func manifests(path string) error {
	sets, _, err := render.GenerateManifest([]string{path}, nil, false, nil, nil)
	if err != nil {
		return err
	}
	for _, base := range []bool{true, false} {
		for _, set := range sets {
			if (set.Component == component.BaseComponentName) != base {
				continue
			}
			for _, manifest := range set.Manifests {
				fmt.Printf("---\n%s\n", manifest.Content)
			}
		}
	}
	return nil
}
