// realcluster starts Kubernetes control planes, runs a command beside them and
// takes all down. run.sh builds and starts it; see README.md.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"mesh.test/realcluster/internal/control"
	"mesh.test/realcluster/internal/proc"
	"mesh.test/realcluster/internal/sandbox"
)

// Exit codes beside those of the command.
const (
	exitUsage    = 64
	exitNotReady = 75
	exitNotHere  = 77
)

func main() {
	if filepath.Base(os.Args[0]) == "helloworld" && len(os.Args) == 2 {
		os.Exit(helloworld(os.Args[1]))
	}
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "realcluster: start me through run.sh")
		os.Exit(exitUsage)
	}
	switch arguments := os.Args[2:]; os.Args[1] {
	case "up":
		os.Exit(up(arguments))
	case "enclosed":
		os.Exit(supervise(arguments))
	case "sandbox":
		os.Exit(sandbox.Hold())
	case "ctl":
		os.Exit(ctl(arguments))
	case "guard":
		os.Exit(proc.Guard(arguments))
	default:
		fmt.Fprintf(os.Stderr, "realcluster: there is no %q\n", os.Args[1])
		os.Exit(exitUsage)
	}
}

// ctl asks the supervisor in the directory that comes first.
func ctl(arguments []string) int {
	if len(arguments) < 2 {
		fmt.Fprint(os.Stderr, ctlUsage)
		return exitUsage
	}
	text, err := control.Ask(arguments[0], arguments[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "realcluster:", err)
		return 1
	}
	fmt.Print(text)
	return 0
}
