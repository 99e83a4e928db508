package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// volumes writes the pod's volumes as they are now, and returns what to mount where. All containers of a pod see the mounts
// of all.
func (p *pod) volumes(ctx context.Context) (map[string]string, error) {
	sources := map[string]string{}
	for _, volume := range p.object.Spec.Volumes {
		directory := filepath.Join(p.directory, "volumes", volume.Name)
		files, err := p.content(ctx, volume)
		if err == nil {
			err = write(directory, files)
		}
		if err != nil {
			return nil, fmt.Errorf("MountVolume.SetUp failed for volume %q: %w", volume.Name, err)
		}
		if volume.EmptyDir != nil {
			if err = os.Chmod(directory, 0o777); err != nil {
				return nil, err
			}
		}
		sources[volume.Name] = directory
	}
	mounts := map[string]string{}
	for _, c := range p.containers {
		for _, mount := range c.spec.VolumeMounts {
			mounts[mount.MountPath] = filepath.Join(sources[mount.Name], mount.SubPath)
		}
	}
	return mounts, nil
}

// content is the files of a volume.
func (p *pod) content(ctx context.Context, volume corev1.Volume) (map[string]string, error) {
	switch {
	case volume.EmptyDir != nil:
		return nil, nil
	case volume.ConfigMap != nil:
		return p.configMap(ctx, volume.ConfigMap.Name, volume.ConfigMap.Items, volume.ConfigMap.Optional)
	case volume.Secret != nil:
		return p.secret(ctx, volume.Secret.SecretName, volume.Secret.Items, volume.Secret.Optional)
	case volume.DownwardAPI != nil:
		return p.downward(volume.DownwardAPI.Items), nil
	case volume.Projected != nil:
		files := map[string]string{}
		for _, source := range volume.Projected.Sources {
			more, err := p.projected(ctx, source)
			if err != nil {
				return nil, err
			}
			for path, text := range more {
				files[path] = text
			}
		}
		return files, nil
	}
	return nil, fmt.Errorf("volumes of this kind are not played")
}

func (p *pod) projected(ctx context.Context, source corev1.VolumeProjection) (map[string]string, error) {
	switch {
	case source.ServiceAccountToken != nil:
		token, err := p.token(ctx, source.ServiceAccountToken)
		return map[string]string{source.ServiceAccountToken.Path: token}, err
	case source.ConfigMap != nil:
		return p.configMap(ctx, source.ConfigMap.Name, source.ConfigMap.Items, source.ConfigMap.Optional)
	case source.Secret != nil:
		return p.secret(ctx, source.Secret.Name, source.Secret.Items, source.Secret.Optional)
	case source.DownwardAPI != nil:
		return p.downward(source.DownwardAPI.Items), nil
	}
	// Trust bundles are optional where Istio names them.
	return nil, nil
}

func (p *pod) token(ctx context.Context, of *corev1.ServiceAccountTokenProjection) (string, error) {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: of.ExpirationSeconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: p.object.Name, UID: p.object.UID},
	}}
	if of.Audience != "" {
		request.Spec.Audiences = []string{of.Audience}
	}
	made, err := p.node.Client.CoreV1().ServiceAccounts(p.object.Namespace).
		CreateToken(ctx, p.object.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return made.Status.Token, nil
}

func (p *pod) configMap(ctx context.Context, name string, items []corev1.KeyToPath, optional *bool) (map[string]string, error) {
	found, err := p.node.Client.CoreV1().ConfigMaps(p.object.Namespace).Get(ctx, name, metav1.GetOptions{})
	if errors.IsNotFound(err) && optional != nil && *optional {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return pick(found.Data, items), nil
}

func (p *pod) secret(ctx context.Context, name string, items []corev1.KeyToPath, optional *bool) (map[string]string, error) {
	found, err := p.node.Client.CoreV1().Secrets(p.object.Namespace).Get(ctx, name, metav1.GetOptions{})
	if errors.IsNotFound(err) && optional != nil && *optional {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data := map[string]string{}
	for key, value := range found.Data {
		data[key] = string(value)
	}
	return pick(data, items), nil
}

func (p *pod) downward(items []corev1.DownwardAPIVolumeFile) map[string]string {
	files := map[string]string{}
	for _, item := range items {
		if item.FieldRef != nil {
			files[item.Path] = p.field(item.FieldRef.FieldPath)
		}
	}
	return files
}

// pick gives all of data, or the keys that are asked for under their paths.
func pick(data map[string]string, items []corev1.KeyToPath) map[string]string {
	if len(items) == 0 {
		return data
	}
	files := map[string]string{}
	for _, item := range items {
		if text, ok := data[item.Key]; ok {
			files[item.Path] = text
		}
	}
	return files
}

func write(directory string, files map[string]string) error {
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	for path, text := range files {
		target := filepath.Join(directory, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
