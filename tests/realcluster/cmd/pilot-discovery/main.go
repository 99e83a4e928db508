// pilot-discovery is istiod, and the renderer of Istio's own charts: pilot-discovery manifests FILE prints what istioctl
// manifest generate -f FILE would. istiod and its agent are two programs: in one, their settings would get in each other's way.
package main

import (
	"fmt"
	"os"

	"istio.io/istio/operator/pkg/component"
	"istio.io/istio/operator/pkg/render"
	discovery "istio.io/istio/pilot/cmd/pilot-discovery/app"
	"istio.io/istio/pkg/log"
)

func main() {
	var err error
	if len(os.Args) == 3 && os.Args[1] == "manifests" {
		err = manifests(os.Args[2])
	} else {
		log.EnableKlogWithCobra()
		err = discovery.NewRootCommand().Execute()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
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
