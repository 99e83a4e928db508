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
	text, err := i.fill(realcluster.FakeIstiod)
	if err != nil {
		return err
	}
	objects, err := parse(text)
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
	return i.available(ctx, client)
}

func (i Istiod) fill(text string) ([]byte, error) {
	filled, err := template.New("istiod").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	var result bytes.Buffer
	err = filled.Execute(&result, i)
	return result.Bytes(), err
}

func (i Istiod) available(ctx context.Context, client *kubernetes.Clientset) error {
	name := "istiod-" + i.Revision
	return poll(ctx, name+" to become available", func() bool {
		found, err := client.AppsV1().Deployments("istio-system").Get(ctx, name, metav1.GetOptions{})
		return err == nil && found.Status.AvailableReplicas > 0
	})
}
