package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const ctlUsage = `usage: ctl status
       ctl stop|start|restart|pause|resume CLUSTER     its API server
       ctl set CLUSTER KEY=VALUE...                    lb, lb-delay, deployments
       ctl user CLUSTER NAME [GROUP...]                prints a kubeconfig
`

// steer carries out one request that a test made through ctl.
func (r *run) steer(words []string) (string, error) {
	if len(words) == 1 && words[0] == "status" {
		var text strings.Builder
		for _, c := range r.clusters {
			fmt.Fprintf(&text, "%s %s\n", c.plane.Name, c.plane.State())
		}
		return text.String(), nil
	}
	if len(words) < 2 {
		return "", fmt.Errorf("%s", ctlUsage)
	}
	target := r.find(words[1])
	if target == nil {
		return "", fmt.Errorf("there is no cluster %q", words[1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	switch words[0] {
	case "stop":
		return "", target.plane.StopServer()
	case "start":
		return "", target.plane.StartServer(ctx)
	case "restart":
		if err := target.plane.StopServer(); err != nil {
			return "", err
		}
		return "", target.plane.StartServer(ctx)
	case "pause":
		return "", target.plane.PauseServer(true)
	case "resume":
		return "", target.plane.PauseServer(false)
	case "user":
		if len(words) < 3 {
			return "", fmt.Errorf("%s", ctlUsage)
		}
		return target.plane.User(words[2], words[3:]...)
	case "set":
		values := map[string]string{}
		for _, word := range words[2:] {
			key, value, ok := strings.Cut(word, "=")
			if !ok {
				return "", fmt.Errorf("%q is not KEY=VALUE", word)
			}
			values[key] = value
		}
		return "", target.player.Set(ctx, values)
	}
	return "", fmt.Errorf("%s", ctlUsage)
}

func (r *run) find(name string) *cluster {
	for _, c := range r.clusters {
		if c.plane.Name == name {
			return c
		}
	}
	return nil
}
