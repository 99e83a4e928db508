// kcm is kube-controller-manager alone, for the case that etcd and
// kube-apiserver come from $KUBEBUILDER_ASSETS, which has no controller manager.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	os.Exit(cli.Run(app.NewControllerManagerCommand()))
}
