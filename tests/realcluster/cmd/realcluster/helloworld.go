package main

import (
	"fmt"
	"net/http"
	"os"
)

// helloworld answers what Istio's sample of this name does.
func helloworld(version string) int {
	name, _ := os.Hostname()
	http.HandleFunc("/hello", func(writer http.ResponseWriter, request *http.Request) {
		fmt.Printf("%s %s\n", request.RemoteAddr, request.URL)
		fmt.Fprintf(writer, "Hello version: %s, instance: %s\n", version, name)
	})
	http.HandleFunc("/health", func(writer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(writer, "Helloworld is healthy")
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(":5000", nil))
	return 1
}
