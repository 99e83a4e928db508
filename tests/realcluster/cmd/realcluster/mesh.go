package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"mesh.test/realcluster/internal/fabric"
	"mesh.test/realcluster/internal/node"
)

// startPods makes the cluster's node run its pods, and its Services lead to them.
func (r *run) startPods(life context.Context, c *cluster) error {
	client := func(agent string) (*kubernetes.Clientset, error) {
		return kubernetes.NewForConfig(rest.CopyConfig(c.plane.Config(agent)))
	}
	proxy, err := client("kube-proxy/realcluster")
	if err != nil {
		return err
	}
	if err = fabric.Follow(life, c.plane.Number, c.plane.Server(), proxy, r.balancers); err != nil {
		return err
	}
	kubelet, err := client("kubelet/realcluster")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	runner, err := node.Start(life, node.Config{
		Name: c.player.Node(), Cluster: c.plane.Number, Client: kubelet,
		Directory: filepath.Join(r.dir, c.plane.Name, "pods"), Logs: filepath.Join(r.dir, "logs", c.plane.Name),
		Bootstrap: filepath.Join(r.istio.folder, "envoy_bootstrap.json"),
		Programs: map[string]string{
			"pilot-discovery": filepath.Join(r.istio.folder, "pilot-discovery"), "pilot-agent": filepath.Join(r.istio.folder, "pilot-agent"),
			"envoy": r.istio.envoy, "helloworld": self,
		},
	})
	if err != nil {
		return err
	}
	pair, authority, err := c.plane.Kubelet()
	if err != nil {
		return err
	}
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return err
	}
	return runner.Serve(certificate, authority)
}

// writeSpec writes what joins all clusters to one mesh, and returns where.
func (r *run) writeSpec() (string, error) {
	istiod := r.istiodOf("c1")
	var text strings.Builder
	fmt.Fprintf(&text, "version = 1\n\n[mesh]\nname = \"e2e\"\nca = \"istio-ca\"\nrevision = %q\n", istiod.Revision)
	fmt.Fprintf(&text, "id = %q\n\n[state]\nrepo = \"state\"\n\n[gateway]\nreplicas = { min = 1, max = 2 }\n", istiod.MeshID)
	for _, c := range r.clusters {
		name := c.plane.Name
		own := r.istiodOf(name)
		fmt.Fprintf(&text, "\n[cluster.%s]\nplatform = \"kubernetes\"\nkubeconfig = %q\nid = %q\nnetwork = %q\n",
			name, filepath.Join(r.dir, name+".kubeconfig"), own.ClusterID, own.Network)
	}
	path := filepath.Join(r.dir, "mesh.toml")
	return path, os.WriteFile(path, []byte(text.String()), 0o644)
}
