package main

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/klog/v2"

	"mesh.test/realcluster/internal/plane"
)

// quiet sends what the Kubernetes client reports, such as lost connections to an
// API server that a test has stopped, to a log instead of the command's stderr.
func quiet(logs string) error {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(logs, "player.log"))
	if err != nil {
		return err
	}
	klog.SetSlogLogger(slog.New(slog.NewTextHandler(log, nil)))
	return nil
}

// explain prints an error, the end of the log that tells why, and what to do.
func explain(err error) {
	fmt.Fprintln(os.Stderr, "realcluster:", err)
	var failure *plane.Failure
	if !errors.As(err, &failure) {
		return
	}
	fmt.Fprintf(os.Stderr, "the end of %s:\n", failure.Log)
	for _, line := range tail(failure.Log, 15) {
		fmt.Fprintln(os.Stderr, "  "+line)
	}
	fmt.Fprintln(os.Stderr, "to do: read the log; if memory, disk space or time ran out, try fewer --clusters or a longer --start-timeout")
}

func tail(path string, lines int) []string {
	file, err := os.Open(path)
	if err != nil {
		return []string{err.Error()}
	}
	defer file.Close()
	var last []string
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		last = append(last, strings.TrimRight(scanner.Text(), "\r"))
		last = last[max(0, len(last)-lines):]
	}
	return last
}
