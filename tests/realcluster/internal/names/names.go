// Package names is the DNS of the clusters: their Services, and the names of all load balancers.
package names

import (
	"net"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// Balancers gives every load balancer that has a name an address behind it.
type Balancers struct {
	lock  sync.Mutex
	known map[string]string
	used  map[string]int
}

// NewBalancers knows none at first.
func NewBalancers() *Balancers {
	return &Balancers{known: map[string]string{}, used: map[string]int{}}
}

// Address returns the address behind a name; the first time it takes one of the range, which ends with ".0/24".
func (b *Balancers) Address(name, ranged string) string {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.known[name] == "" && ranged != "" {
		b.used[ranged]++
		// Addresses that the cloud gives without names begin at 1.
		ip := net.ParseIP(strings.TrimSuffix(ranged, "/24")).To4()
		ip[3] = byte(255 - b.used[ranged])
		b.known[name] = ip.String()
	}
	return b.known[name]
}

// Serve answers for one cluster at an address. service gives the cluster address of a Service, or "".
func Serve(address string, balancers *Balancers, service func(name, namespace string) string) error {
	handler := dns.HandlerFunc(func(writer dns.ResponseWriter, query *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(query)
		name := strings.ToLower(strings.TrimSuffix(query.Question[0].Name, "."))
		found := balancers.Address(name, "")
		if parts := strings.Split(name, "."); found == "" && len(parts) == 5 && strings.HasSuffix(name, ".svc.cluster.local") {
			found = service(parts[0], parts[1])
		}
		switch {
		case found == "":
			answer.Rcode = dns.RcodeNameError
		case query.Question[0].Qtype == dns.TypeA:
			answer.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: query.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 5},
				A:   net.ParseIP(found),
			}}
		}
		_ = writer.WriteMsg(answer)
	})
	failed := make(chan error, 2)
	for _, protocol := range []string{"udp", "tcp"} {
		started := make(chan struct{})
		server := &dns.Server{Addr: address + ":53", Net: protocol, Handler: handler, NotifyStartedFunc: func() { close(started) }}
		go func() { failed <- server.ListenAndServe() }()
		select {
		case err := <-failed:
			return err
		case <-started:
		}
	}
	return nil
}
