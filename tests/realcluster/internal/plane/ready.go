package plane

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/kubernetes"

	"mesh.test/realcluster/internal/proc"
)

// waitReady polls the API server until it is ready.
func (p *Plane) waitReady(ctx context.Context, process *proc.Process) error {
	client, err := kubernetes.NewForConfig(p.Config("realcluster"))
	if err != nil {
		return err
	}
	for {
		if _, err = client.RESTClient().Get().AbsPath("/readyz").Timeout(5 * time.Second).DoRaw(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return &Failure{p.log("kube-apiserver"), fmt.Sprintf("the API server of %s is not ready in time: %v", p.Name, err)}
		case <-process.Done():
			return &Failure{p.log("kube-apiserver"), "the API server of " + p.Name + " ended"}
		case <-p.etcd.Done():
			return &Failure{p.log("etcd"), "etcd of " + p.Name + " ended"}
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Failure says what went wrong and which log tells why.
type Failure struct {
	Log, Text string
}

func (f *Failure) Error() string { return f.Text }
