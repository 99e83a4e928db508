package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mesh.test/realcluster/internal/fabric"
)

// readyWord is what a sandbox says when it is ready; anything else is an error.
const readyWord = "ready"

// Hold is the sandbox's own process: it sets up what Config on stdin says, reports on stdout, and stays.
func Hold() int {
	var config Config
	err := json.NewDecoder(os.Stdin).Decode(&config)
	if err == nil {
		err = setUp(config)
	}
	if err != nil {
		fmt.Print(err)
		return 1
	}
	fmt.Print(readyWord)
	// The other side reads until both are closed.
	syscall.Close(1)
	syscall.Close(2)
	for {
		time.Sleep(time.Hour)
	}
}

func setUp(config Config) error {
	if err := syscall.Sethostname([]byte(config.HostName)); err != nil {
		return err
	}
	if err := fabric.Join(config.Address); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", config.Root, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	if err := build(config); err != nil {
		return err
	}
	old := filepath.Join(config.Root, "old")
	if err := os.Mkdir(old, 0o700); err != nil {
		return err
	}
	if err := unix.PivotRoot(config.Root, old); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := unix.Unmount("/old", unix.MNT_DETACH); err != nil {
		return err
	}
	return os.Remove("/old")
}

// build fills the new root.
func build(config Config) error {
	in := func(path string) string { return filepath.Join(config.Root, path) }
	for path, mode := range map[string]os.FileMode{
		"etc": 0o755, "home": 0o755, "run": 0o755, "run/lock": 0o777, "tmp": 0o777 | os.ModeSticky, "var/lib": 0o755,
		"var/log": 0o755, "home/istio-proxy": 0o777,
	} {
		if err := os.MkdirAll(in(path), mode); err != nil {
			return err
		}
		if err := os.Chmod(in(path), mode); err != nil {
			return err
		}
	}
	if err := os.Symlink("../run", in("var/run")); err != nil {
		return err
	}
	for _, path := range []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr", "/dev", "/proc", "/sys", "/etc/ssl", "/etc/alternatives"} {
		if err := share(path, in(path)); err != nil {
			return err
		}
	}
	if err := unix.Mount("tmpfs", in("usr/local/bin"), "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for name, source := range config.Programs {
		if err := bind(source, in("usr/local/bin/"+name)); err != nil {
			return err
		}
	}
	for path, content := range config.Files {
		if err := os.MkdirAll(filepath.Dir(in(path)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(in(path), []byte(content), 0o644); err != nil {
			return err
		}
	}
	// In order, since one may be within another.
	for _, path := range slices.Sorted(maps.Keys(config.Mounts)) {
		if err := bind(config.Mounts[path], in(path)); err != nil {
			return err
		}
	}
	return nil
}

// share shows a path of the machine in the new root, as what it is.
func share(path, target string) error {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSymlink == 0 {
		return bind(path, target)
	}
	to, err := os.Readlink(path)
	if err != nil {
		return err
	}
	return os.Symlink(to, target)
}

func bind(source, target string) error {
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(target, 0o755)
	} else if err = os.MkdirAll(filepath.Dir(target), 0o755); err == nil && !exists(target) {
		err = os.WriteFile(target, nil, 0o644)
	}
	if err == nil {
		err = unix.Mount(source, target, "", unix.MS_BIND|unix.MS_REC, "")
	}
	if err != nil {
		return fmt.Errorf("mount %s: %w", strings.TrimPrefix(target, "/"), err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
