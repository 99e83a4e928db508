package node

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// image is what runs when a container does not say: there are no images here, only the programs that those would hold.
type image struct {
	entry []string
	user  int64
}

// proxyUser is the one that Istio's images run as.
const proxyUser = 1337

var helloworld = regexp.MustCompile(`^(examples-)?helloworld-(v[0-9]+)$`)

// find returns what is played of an image, by the last part of its name. An error reads as a kubelet's would.
func find(reference string) (image, error) {
	name, _, _ := strings.Cut(path.Base(reference), "@")
	name, _, _ = strings.Cut(name, ":")
	switch name {
	case "pilot":
		return image{entry: []string{"pilot-discovery"}, user: proxyUser}, nil
	case "proxyv2":
		return image{entry: []string{"pilot-agent"}, user: proxyUser}, nil
	case "curl", "sleep", "busybox", "alpine", "debian", "curlimages":
		return image{}, nil
	}
	if match := helloworld.FindStringSubmatch(name); match != nil {
		return image{entry: []string{"helloworld", match[2]}}, nil
	}
	return image{}, fmt.Errorf("failed to pull and unpack image %q: failed to resolve reference: pull access denied, "+
		"repository does not exist or may require authorization", reference)
}
