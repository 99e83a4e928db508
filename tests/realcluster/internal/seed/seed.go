// Package seed puts the first objects into a new cluster.
package seed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

var definitions = schema.GroupVersionResource{
	Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
}

// Definitions loads custom resource definitions from a YAML file and waits until
// all are served.
func Definitions(ctx context.Context, config *rest.Config, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	objects, err := parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	return each(objects, func(object *unstructured.Unstructured) error {
		_, err := client.Resource(definitions).Create(ctx, object, metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("create %s: %w", object.GetName(), err)
		}
		return poll(ctx, "the API server to serve "+object.GetName(), func() bool {
			found, err := client.Resource(definitions).Get(ctx, object.GetName(), metav1.GetOptions{})
			return err == nil && condition(found, "Established")
		})
	})
}

// Basics waits for what the controllers make in a new cluster, without which no
// pod could be created.
func Basics(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	return poll(ctx, "the controllers to make the default service account", func() bool {
		_, account := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		_, root := client.CoreV1().ConfigMaps("default").Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
		return account == nil && root == nil
	})
}

// apply sends the objects as server-side apply, in order.
func apply(ctx context.Context, config *rest.Config, objects []*unstructured.Unstructured, manager string) error {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	for _, object := range objects {
		kind := object.GroupVersionKind()
		resource, _ := meta.UnsafeGuessKindToResource(kind)
		target := dynamic.ResourceInterface(client.Resource(resource))
		if namespace := object.GetNamespace(); namespace != "" {
			target = client.Resource(resource).Namespace(namespace)
		}
		options := metav1.ApplyOptions{FieldManager: manager, Force: true}
		if _, err := target.Apply(ctx, object.GetName(), object, options); err != nil {
			return fmt.Errorf("apply %s %s: %w", kind.Kind, object.GetName(), err)
		}
	}
	return nil
}

func parse(text []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}

// each works on all objects at once and returns the errors together.
func each(objects []*unstructured.Unstructured, work func(*unstructured.Unstructured) error) error {
	failures := make([]error, len(objects))
	var group sync.WaitGroup
	for i, object := range objects {
		group.Go(func() { failures[i] = work(object) })
	}
	group.Wait()
	return errors.Join(failures...)
}

func poll(ctx context.Context, what string, done func() bool) error {
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func condition(object *unstructured.Unstructured, kind string) bool {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, entry := range conditions {
		fields, ok := entry.(map[string]any)
		if ok && fields["type"] == kind && fields["status"] == "True" {
			return true
		}
	}
	return false
}
