package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/client-go/rest"

	"mesh.test/realcluster/internal/control"
	"mesh.test/realcluster/internal/names"
	"mesh.test/realcluster/internal/pki"
	"mesh.test/realcluster/internal/plane"
	"mesh.test/realcluster/internal/player"
	"mesh.test/realcluster/internal/proc"
	"mesh.test/realcluster/internal/seed"
)

// run is one run of a command beside its clusters.
type run struct {
	*options
	clusters  []*cluster
	signals   chan os.Signal
	balancers *names.Balancers
	root      *pki.Authority // of the mesh
}

type cluster struct {
	plane  *plane.Plane
	player *player.Player
}

// up supervises, in namespaces of its own where a real mesh is asked for.
func up(arguments []string) int {
	if o, err := parse(arguments); err == nil && o.istio.folder != "" {
		return enclose(arguments, notice())
	}
	return supervise(arguments)
}

// notice receives the signals that ask us to end; from then on none ends us before all is taken down.
func notice() chan os.Signal {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	return signals
}

func supervise(arguments []string) int {
	signals := notice()
	o, err := parse(arguments)
	if err != nil {
		fmt.Fprintf(os.Stderr, "realcluster: %v; see run.sh --help\n", err)
		return exitUsage
	}
	temporary := o.dir == ""
	if temporary {
		o.dir, err = os.MkdirTemp("", "realcluster.")
	} else if err = os.MkdirAll(o.dir, 0o755); err == nil {
		o.dir, err = filepath.Abs(o.dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "realcluster:", err)
		return exitNotReady
	}
	r := &run{options: o, signals: signals}
	code := r.all()
	switch {
	case temporary && code == 0:
		os.RemoveAll(o.dir)
	case code != 0:
		fmt.Fprintf(os.Stderr, "realcluster: exit code %d; logs are in %s\n", code, filepath.Join(o.dir, "logs"))
	}
	return code
}

// all starts the clusters, runs the command, and takes the clusters down.
func (r *run) all() int {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		cancel()
		r.parallel(func(c *cluster) error { c.plane.Kill(); return nil })
	}()
	if err := quiet(filepath.Join(r.dir, "logs")); err != nil {
		fmt.Fprintln(os.Stderr, "realcluster:", err)
		return exitNotReady
	}
	if err := r.prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "realcluster: prepare for a real mesh:", err)
		return exitNotHere
	}
	for i := 1; i <= r.options.clusters; i++ {
		p, err := plane.New(r.dir, i, r.listenAddress(i), r.programs)
		if err != nil {
			fmt.Fprintln(os.Stderr, "realcluster:", err)
			return exitNotReady
		}
		r.clusters = append(r.clusters, &cluster{plane: p})
	}
	began := time.Now()
	failed := make(chan error, 1)
	starting, stop := context.WithTimeout(ctx, r.start)
	defer stop()
	go func() { failed <- r.parallel(func(c *cluster) error { return r.startOne(ctx, starting, c) }) }()
	select {
	case sig := <-r.signals:
		cancel()
		<-failed
		return 128 + int(sig.(syscall.Signal))
	case err := <-failed:
		if err != nil {
			explain(err)
			return exitNotReady
		}
	}
	listener, err := control.Listen(r.dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "realcluster: open the control socket:", err)
		return exitNotReady
	}
	defer os.Remove(filepath.Join(r.dir, "control.sock"))
	defer listener.Close()
	go control.Serve(listener, r.steer)
	fmt.Fprintf(os.Stderr, "realcluster: %d control planes serve after %.1f s, files are in %s\n",
		len(r.clusters), time.Since(began).Seconds(), r.dir)
	return r.command()
}

// prepare makes what all clusters of a real mesh have in common.
func (r *run) prepare() error {
	if r.istio.folder == "" {
		return nil
	}
	r.balancers = names.NewBalancers()
	var err error
	if r.root, err = pki.NewAuthority("Istio root"); err != nil {
		return err
	}
	if err = settle(r.options.clusters); err != nil {
		return err
	}
	return resolver(filepath.Join(r.dir, "resolv.conf"))
}

// startOne brings up one cluster with all that belongs in it.
func (r *run) startOne(life, ctx context.Context, c *cluster) error {
	if err := c.plane.Start(ctx); err != nil {
		return err
	}
	config := c.plane.Config("realcluster")
	name := c.plane.Name
	settings, err := r.settings(name)
	if err != nil {
		return err
	}
	c.player, err = player.Start(life, ctx, name, c.plane.Number, r.istio.folder != "", settings, func(agent string) *rest.Config {
		return c.plane.Config(agent)
	})
	if err != nil {
		return err
	}
	// In parallel: the CRDs take the API server a while.
	definitions := make(chan error, 1)
	go func() { definitions <- seed.Definitions(ctx, config, r.crds) }()
	err = seed.Basics(ctx, config)
	if istiod := r.istiodOf(name); err == nil && istiod.Revision != "" && r.istio.folder == "" {
		err = istiod.Install(ctx, config, settings.Deployments == "available")
	}
	err = errors.Join(err, <-definitions)
	if err == nil && r.istio.folder != "" {
		err = r.startMesh(life, ctx, c)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (r *run) startMesh(life, ctx context.Context, c *cluster) error {
	if err := r.startPods(life, c); err != nil {
		return err
	}
	file := filepath.Join(r.dir, c.plane.Name+".operator.yaml")
	return r.istiodOf(c.plane.Name).InstallIstio(ctx, c.plane.Config("realcluster"), r.root, filepath.Join(r.istio.folder, "pilot-discovery"), file)
}

// command runs the command to its end and returns its exit code.
func (r *run) command() int {
	ctl := filepath.Join(r.dir, "ctl")
	self, err := os.Executable()
	if err == nil {
		script := fmt.Sprintf("#!/bin/sh\nexec '%s' ctl '%s' \"$@\"\n", self, r.dir)
		err = os.WriteFile(ctl, []byte(script), 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "realcluster:", err)
		return exitNotReady
	}
	environment := append(os.Environ(),
		"MESH_TEST_DIR="+r.dir, "MESH_TEST_CTL="+ctl, fmt.Sprintf("MESH_TEST_CLUSTERS=%d", len(r.clusters)))
	if r.istio.folder != "" {
		spec, err := r.writeSpec()
		if err != nil {
			fmt.Fprintln(os.Stderr, "realcluster:", err)
			return exitNotReady
		}
		environment = append(environment, "MESH_TEST_SPEC="+spec)
	}
	command, err := proc.StartCommand(r.options.command, environment)
	if err != nil {
		fmt.Fprintln(os.Stderr, "realcluster: start the command:", err)
		return exitNotReady
	}
	var late <-chan time.Time
	health := time.NewTicker(time.Second)
	defer health.Stop()
	reported := map[string]bool{}
	for {
		select {
		case code := <-command.Done():
			return code
		case sig := <-r.signals:
			// The terminal sends Ctrl-C to the command as well: once is enough.
			if sig != syscall.SIGINT || !inForeground() {
				command.Signal(sig.(syscall.Signal))
			}
			late = time.After(r.grace)
		case <-late:
			fmt.Fprintf(os.Stderr, "realcluster: the command did not end within %v after a signal: killing it\n", r.grace)
			command.Kill()
		case <-health.C:
			for _, c := range r.clusters {
				if log := c.plane.Died(); log != "" && !reported[log] {
					reported[log] = true
					explain(&plane.Failure{Log: log, Text: "a part of " + c.plane.Name + " ended by itself"})
				}
			}
		}
	}
}

func (r *run) parallel(work func(*cluster) error) error {
	failures := make([]error, len(r.clusters))
	var group sync.WaitGroup
	for i, c := range r.clusters {
		group.Go(func() { failures[i] = work(c) })
	}
	group.Wait()
	return errors.Join(failures...)
}

// inForeground tells whether a terminal's Ctrl-C reaches our process group.
func inForeground() bool {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer terminal.Close()
	group, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
