// Package realcluster holds the files that the supervisor carries within it.
package realcluster

import _ "embed"

// FakeIstiod is a template of Kubernetes objects; package seed fills it in.
//
//go:embed fake_istiod.yaml
var FakeIstiod string

// IstioOperator is a template of what Istio is installed from.
//
//go:embed istio_operator.yaml
var IstioOperator string

// AuditPolicy makes the API server log every request once, without bodies.
//
//go:embed audit_policy.yaml
var AuditPolicy string
