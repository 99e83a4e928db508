package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"time"

	"mesh.test/realcluster/internal/plane"
	"mesh.test/realcluster/internal/player"
	"mesh.test/realcluster/internal/seed"
)

// options is the command line of "up", checked.
type options struct {
	clusters int
	dir      string
	start    time.Duration
	grace    time.Duration
	crds     string
	programs plane.Programs
	istio    istio
	command  []string

	lb, lbDelay, deployments                                       perCluster
	istiod, istiodVersion, meshID, trustDomain, clusterID, network perCluster
	clusterIDPrefix                                                string
}

// istio is what a real mesh is made of: a folder of its programs, without which there is none, and Envoy.
type istio struct {
	folder, envoy string
}

// perCluster is a flag whose value holds for all clusters, or as "c2=VALUE" for
// one of them.
type perCluster map[string]string

var forOne = regexp.MustCompile(`^(c[0-9]+)=(.*)$`)

func (p perCluster) String() string { return p[""] }

func (p perCluster) Set(text string) error {
	if match := forOne.FindStringSubmatch(text); match != nil {
		p[match[1]] = match[2]
	} else {
		p[""] = text
	}
	return nil
}

// of returns the value for a cluster.
func (p perCluster) of(cluster string) string {
	if own, ok := p[cluster]; ok {
		return own
	}
	return p[""]
}

func parse(arguments []string) (*options, error) {
	o := &options{}
	set := flag.NewFlagSet("realcluster", flag.ContinueOnError)
	set.SetOutput(io.Discard) // the caller reports
	set.IntVar(&o.clusters, "clusters", 1, "")
	set.StringVar(&o.dir, "dir", "", "")
	set.DurationVar(&o.start, "start-timeout", 3*time.Minute, "")
	set.DurationVar(&o.grace, "grace", 10*time.Second, "")
	set.StringVar(&o.crds, "crds", "", "")
	set.StringVar(&o.programs.Etcd, "etcd", "", "")
	set.StringVar(&o.programs.APIServer, "kube-apiserver", "", "")
	set.StringVar(&o.programs.ControllerManager, "kube-controller-manager", "", "")
	set.StringVar(&o.istio.folder, "istio", "", "")
	set.StringVar(&o.istio.envoy, "envoy", "", "")
	set.StringVar(&o.clusterIDPrefix, "cluster-id-prefix", "", "")
	usual := player.Defaults().Data()
	for name, flag := range map[string]struct {
		target *perCluster
		usual  string
	}{
		"lb":             {&o.lb, usual["lb"]},
		"lb-delay":       {&o.lbDelay, usual["lb-delay"]},
		"deployments":    {&o.deployments, usual["deployments"]},
		"istiod":         {&o.istiod, ""},
		"istiod-version": {&o.istiodVersion, "1.23.3-asm.2"},
		"mesh-id":        {&o.meshID, "proj-123456789012"},
		"trust-domain":   {&o.trustDomain, "acme-fleet.svc.id.goog"},
		"cluster-id":     {&o.clusterID, ""},
		"network":        {&o.network, ""},
	} {
		*flag.target = perCluster{"": flag.usual}
		set.Var(*flag.target, name, "")
	}
	if err := set.Parse(arguments); err != nil {
		return nil, err
	}
	o.command = set.Args()
	switch {
	case len(o.command) == 0:
		return nil, errors.New("no command after --")
	case o.clusters < 1 || o.clusters > 100:
		return nil, fmt.Errorf("--clusters %d is not between 1 and 100", o.clusters)
	}
	for i := 1; i <= o.clusters; i++ {
		if _, err := o.settings(fmt.Sprintf("c%d", i)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *options) settings(cluster string) (player.Settings, error) {
	settings := player.Defaults()
	err := settings.SetAll(map[string]string{
		"lb": o.lb.of(cluster), "lb-delay": o.lbDelay.of(cluster), "deployments": o.deployments.of(cluster),
	})
	return settings, err
}

// istiodOf is what to install in a cluster; without a revision, nothing.
func (o *options) istiodOf(cluster string) seed.Istiod {
	istiod := seed.Istiod{
		Revision:    o.istiod.of(cluster),
		Version:     o.istiodVersion.of(cluster),
		MeshID:      o.meshID.of(cluster),
		TrustDomain: o.trustDomain.of(cluster),
		ClusterID:   o.clusterID.of(cluster),
		Network:     o.network.of(cluster),
	}
	if istiod.Revision == "" && o.istio.folder != "" {
		istiod.Revision = "asm-1233-2"
	}
	if istiod.ClusterID == "" {
		istiod.ClusterID = o.clusterIDPrefix + cluster
	}
	if istiod.Network == "" {
		istiod.Network = cluster
	}
	return istiod
}
