//go:build tools

// This file only keeps in go.mod the module that carries Istio's custom
// resource definitions: build.sh takes their YAML from there.
package realcluster

import _ "istio.io/api/networking/v1"
