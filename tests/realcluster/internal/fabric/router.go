package fabric

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// router is the address that every pod has as its next hop, on its own link.
const router = "169.254.1.1"

// Prepare makes this namespace the router of so many clusters.
func Prepare(clusters int) error {
	for path, value := range map[string]string{"ipv4/ip_forward": "1", "ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0"} {
		if err := os.WriteFile("/proc/sys/net/"+path, []byte(value), 0o644); err != nil {
			return err
		}
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err = netlink.LinkSetUp(loopback); err != nil {
		return err
	}
	var forward, output strings.Builder
	for i := 1; i <= clusters; i++ {
		a := Addresses(i)
		for _, own := range []string{a.Node(), a.Names()} {
			if err = netlink.AddrAdd(loopback, &netlink.Addr{IPNet: host(own)}); err != nil {
				return fmt.Errorf("give lo the address %s: %w", own, err)
			}
		}
		fmt.Fprintf(&output, "-A OUTPUT -d %s -j ACCEPT\n", a.Names())
		for _, ranged := range []string{a.Services(), a.Balancers()} {
			if err = routeToNowhere(ranged, a); err != nil {
				return err
			}
			fmt.Fprintf(&output, "-A OUTPUT -d %s -j REJECT\n", ranged)
		}
		fmt.Fprintf(&forward, "-A FORWARD -s %s -d %s -j ACCEPT\n", a.Pods(), a.Pods())
		if err = Restore(fmt.Sprintf("*nat\n:%s - [0:0]\n-A PREROUTING -j %[1]s\n-A OUTPUT -j %[1]s\nCOMMIT\n", chain(i))); err != nil {
			return err
		}
	}
	// Refused, not dropped: no test waits for what cannot come.
	return Restore("*filter\n:FORWARD DROP [0:0]\n" +
		"-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n" +
		"-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\n" + forward.String() + "-A FORWARD -j REJECT\n" +
		output.String() + "COMMIT\n")
}

// routeToNowhere makes packets to translated addresses leave, so that the rules of translation see them.
func routeToNowhere(ranged string, a Addresses) error {
	_, destination, err := net.ParseCIDR(ranged)
	if err != nil {
		return err
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	route := &netlink.Route{LinkIndex: loopback.Attrs().Index, Dst: destination, Src: net.ParseIP(a.Node()), Scope: netlink.SCOPE_LINK}
	if err = netlink.RouteReplace(route); err != nil {
		return fmt.Errorf("route %s: %w", ranged, err)
	}
	return nil
}

// Attach links the namespace of a process to this one. link names our end.
func Attach(pid int, link, address string) error {
	pair := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: link}, PeerName: "eth0", PeerNamespace: netlink.NsPid(pid)}
	if err := netlink.LinkAdd(pair); err != nil {
		return fmt.Errorf("link the pod %s: %w", address, err)
	}
	near, err := netlink.LinkByName(link)
	if err != nil {
		return err
	}
	if err = netlink.AddrAdd(near, &netlink.Addr{IPNet: host(router), Scope: unix.RT_SCOPE_LINK}); err != nil {
		return err
	}
	if err = netlink.LinkSetUp(near); err != nil {
		return err
	}
	return netlink.RouteReplace(&netlink.Route{LinkIndex: near.Attrs().Index, Dst: host(address), Scope: netlink.SCOPE_LINK})
}

// Detach takes a pod's link away; one that has gone with its namespace is no error.
func Detach(link string) {
	if near, err := netlink.LinkByName(link); err == nil {
		_ = netlink.LinkDel(near)
	}
}

// Join sets up the pod's end of the link, from within its namespace.
func Join(address string) error {
	for _, name := range []string{"lo", "eth0"} {
		link, err := netlink.LinkByName(name)
		if err != nil {
			return fmt.Errorf("find %s: %w", name, err)
		}
		if name == "eth0" {
			if err = netlink.AddrAdd(link, &netlink.Addr{IPNet: host(address)}); err != nil {
				return err
			}
		}
		if err = netlink.LinkSetUp(link); err != nil {
			return err
		}
		if name != "eth0" {
			continue
		}
		next := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: host(router), Scope: netlink.SCOPE_LINK}
		if err = netlink.RouteReplace(next); err != nil {
			return err
		}
		if err = netlink.RouteReplace(&netlink.Route{LinkIndex: link.Attrs().Index, Gw: net.ParseIP(router)}); err != nil {
			return err
		}
	}
	return nil
}

// Restore hands rules to the kernel, all of a table's or none.
func Restore(rules string) error {
	command := exec.Command("iptables-restore", "--noflush", "--wait")
	command.Stdin = strings.NewReader(rules)
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("iptables-restore: %w: %s\n%s", err, text, rules)
	}
	return nil
}

func chain(cluster int) string { return fmt.Sprintf("CLUSTER-%d", cluster) }

func host(address string) *net.IPNet {
	return &net.IPNet{IP: net.ParseIP(address).To4(), Mask: net.CIDRMask(32, 32)}
}
