package player

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Settings say how the missing parts of a cluster behave. A test changes them
// while it runs through the ConfigMap kube-system/realcluster, whose keys they
// are.
type Settings struct {
	// LB is what a Service of type LoadBalancer gets: ip, hostname or none.
	LB string
	// LBDelay is the time from the Service's first sight to its address.
	LBDelay time.Duration
	// Deployments tells whether new pods become ready: available or never.
	Deployments string
}

// Defaults give every Service an IP address and make every pod ready.
func Defaults() Settings {
	return Settings{LB: "ip", LBDelay: 200 * time.Millisecond, Deployments: "available"}
}

// Set changes one setting by its key.
func (s *Settings) Set(key, value string) error {
	switch key {
	case "lb":
		return choose(&s.LB, key, value, "ip", "hostname", "none")
	case "deployments":
		return choose(&s.Deployments, key, value, "available", "never")
	case "lb-delay":
		delay, err := time.ParseDuration(value)
		if err != nil || delay < 0 {
			return fmt.Errorf("lb-delay %q is no time span such as 200ms or 5s", value)
		}
		s.LBDelay = delay
		return nil
	}
	return fmt.Errorf("there is no setting %q; there are lb, lb-delay and deployments", key)
}

// SetAll changes several settings, or none if one is wrong.
func (s *Settings) SetAll(values map[string]string) error {
	changed := *s
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := changed.Set(key, values[key]); err != nil {
			return err
		}
	}
	*s = changed
	return nil
}

// Data is the ConfigMap's data.
func (s Settings) Data() map[string]string {
	return map[string]string{"lb": s.LB, "lb-delay": s.LBDelay.String(), "deployments": s.Deployments}
}

func choose(target *string, key, value string, allowed ...string) error {
	if !slices.Contains(allowed, value) {
		return fmt.Errorf("%s %q is not one of %s", key, value, strings.Join(allowed, ", "))
	}
	*target = value
	return nil
}
