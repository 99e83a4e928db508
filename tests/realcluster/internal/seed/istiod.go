package seed

import (
	"bytes"
	"context"
	"fmt"
	"text/template"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"mesh.test/realcluster"
)

// Istiod describes the control plane that a cluster pretends to have.
type Istiod struct {
	Revision    string
	Version     string // of the images
	MeshID      string
	TrustDomain string
	ClusterID   string
	Network     string
}

// Install applies the faked installation as istioctl would, with its field
// manager, and waits until istiod is available if somebody makes it so.
func (i Istiod) Install(ctx context.Context, config *rest.Config, wait bool) error {
	filled, err := template.New("fake_istiod.yaml").Option("missingkey=error").Parse(realcluster.FakeIstiod)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err = filled.Execute(&text, i); err != nil {
		return err
	}
	objects, err := parse(text.Bytes())
	if err != nil {
		return fmt.Errorf("fake_istiod.yaml: %w", err)
	}
	if err = apply(ctx, config, objects, "istio-operator"); err != nil || !wait {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	name := "istiod-" + i.Revision
	return poll(ctx, name+" to become available", func() bool {
		found, err := client.AppsV1().Deployments("istio-system").Get(ctx, name, metav1.GetOptions{})
		return err == nil && found.Status.AvailableReplicas > 0
	})
}
