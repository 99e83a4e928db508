package seed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"mesh.test/realcluster"
	"mesh.test/realcluster/internal/pki"
)

const system = "istio-system"

// InstallIstio installs Istio from its own charts, as istioctl would, with an authority that root vouches for, and waits
// until istiod serves and the API server knows how to reach its webhooks. program renders the charts; file is where it
// finds what to render.
func (i Istiod) InstallIstio(ctx context.Context, config *rest.Config, root *pki.Authority, program, file string) error {
	objects, err := i.render(ctx, program, file)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	space := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: system}}
	if _, err = client.CoreV1().Namespaces().Create(ctx, space, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err = certify(ctx, client, root, i.ClusterID); err != nil {
		return err
	}
	if err = apply(ctx, config, objects, "istio-operator"); err != nil {
		return err
	}
	if err = i.available(ctx, client); err != nil {
		return err
	}
	return poll(ctx, "istiod to sign its webhooks", func() bool { return signed(ctx, client) })
}

// render prints the objects; custom resource definitions are there already.
func (i Istiod) render(ctx context.Context, program, file string) ([]*unstructured.Unstructured, error) {
	text, err := i.fill(realcluster.IstioOperator)
	if err != nil {
		return nil, err
	}
	if err = os.WriteFile(file, text, 0o644); err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, "manifests", file)
	var problems bytes.Buffer
	command.Stderr = &problems
	text, err = command.Output()
	if err != nil {
		return nil, fmt.Errorf("render Istio's charts: %w: %s", err, problems.Bytes())
	}
	// Istio logs to the same place before it.
	_, text, _ = bytes.Cut(text, []byte("---\n"))
	objects, err := parse(text)
	return slices.DeleteFunc(objects, func(object *unstructured.Unstructured) bool {
		return object.GetKind() == "CustomResourceDefinition"
	}), err
}

// certify makes the Secret from which istiod takes its authority.
func certify(ctx context.Context, client *kubernetes.Clientset, root *pki.Authority, name string) error {
	own, err := root.Intermediate("Istio " + name)
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Secrets(system).Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "cacerts"},
		Data: map[string][]byte{
			"ca-cert.pem": own.Cert, "ca-key.pem": own.Key, "root-cert.pem": root.Cert,
			"cert-chain.pem": slices.Concat(own.Cert, root.Cert),
		},
	}, metav1.CreateOptions{})
	return err
}

// signed tells whether every webhook that injects has the authority of the istiod behind it.
func signed(ctx context.Context, client *kubernetes.Clientset) bool {
	found, err := client.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil || len(found.Items) == 0 {
		return false
	}
	for _, configuration := range found.Items {
		for _, webhook := range configuration.Webhooks {
			if len(webhook.ClientConfig.CABundle) == 0 {
				return false
			}
		}
	}
	return true
}
