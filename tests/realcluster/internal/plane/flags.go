package plane

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"mesh.test/realcluster"
	"mesh.test/realcluster/internal/pki"
)

// controllers are those that something in a mesh is decided or kept alive by.
// Nothing here needs a kubelet, a scheduler or a cloud.
var controllers = []string{
	"clusterrole-aggregation-controller",
	"deployment-controller",
	"disruption-controller",
	"endpoints-controller",
	"endpointslice-controller",
	"garbage-collector-controller",
	"horizontal-pod-autoscaler-controller",
	"namespace-controller",
	"replicaset-controller",
	"root-ca-certificate-publisher-controller",
	"serviceaccount-controller",
	"serviceaccount-token-controller",
}

func (p *Plane) etcdFlags() []string {
	client := fmt.Sprintf("http://127.0.0.1:%d", p.client.number)
	peer := fmt.Sprintf("http://127.0.0.1:%d", p.peer.number)
	return []string{
		"--name=" + p.Name,
		"--data-dir=" + filepath.Join(p.dir, "etcd"),
		"--listen-client-urls=" + client,
		"--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer,
		"--initial-advertise-peer-urls=" + peer,
		"--initial-cluster=" + p.Name + "=" + peer,
		"--socket-reuse-port",
		// The data is thrown away at the end, and there is nobody to elect.
		"--unsafe-no-fsync",
		"--heartbeat-interval=20",
		"--election-timeout=200",
		"--log-level=warn",
	}
}

func (p *Plane) serverFlags() []string {
	return []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", p.client.number),
		"--bind-address=" + p.Address,
		"--advertise-address=" + p.Address,
		"--kubelet-certificate-authority=" + p.file("ca.crt"),
		"--kubelet-client-certificate=" + p.file("kubelet-client.crt"),
		"--kubelet-client-key=" + p.file("kubelet-client.key"),
		"--kubelet-preferred-address-types=InternalIP",
		fmt.Sprintf("--secure-port=%d", p.api.number),
		"--permit-port-sharing",
		// It would publish a loopback address as endpoint, which is refused.
		"--endpoint-reconciler-type=none",
		fmt.Sprintf("--service-cluster-ip-range=10.%d.0.0/16", 20+p.Number),
		"--authorization-mode=Node,RBAC",
		"--allow-privileged",
		"--client-ca-file=" + p.file("ca.crt"),
		"--tls-cert-file=" + p.file("server.crt"),
		"--tls-private-key-file=" + p.file("server.key"),
		"--cert-dir=" + p.dir,
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + p.file("accounts.pub"),
		"--service-account-signing-key-file=" + p.file("accounts.key"),
		"--audit-policy-file=" + p.file("audit-policy.yaml"),
		"--audit-log-path=" + filepath.Join(p.logs, p.Name+".audit.log"),
	}
}

func (p *Plane) controllerFlags() []string {
	return []string{
		"--kubeconfig=" + p.file("controllers.kubeconfig"),
		"--use-service-account-credentials",
		"--service-account-private-key-file=" + p.file("accounts.key"),
		"--root-ca-file=" + p.file("ca.crt"),
		"--controllers=" + strings.Join(controllers, ","),
		"--leader-elect=false",
		"--secure-port=0", // nobody asks it anything
		"--kube-api-qps=1000",
		"--kube-api-burst=1000",
	}
}

// writeKeys makes all keys and certificates, and the policy file beside them.
func (p *Plane) writeKeys() error {
	var err error
	if p.authority, err = pki.NewAuthority("realcluster-" + p.Name); err != nil {
		return err
	}
	if p.admin, err = p.authority.Client("realcluster-admin", "system:masters"); err != nil {
		return err
	}
	// The last name is for tests of tls-server-name.
	server, err := p.authority.Server(p.Address, "localhost", "kubernetes", "kubernetes.default",
		"kubernetes.default.svc", "kubernetes.default.svc.cluster.local", fmt.Sprintf("10.%d.0.1", 20+p.Number),
		p.Name+".realcluster.test")
	if err != nil {
		return err
	}
	if err = server.Write(p.file("server")); err != nil {
		return err
	}
	kubelet, err := p.authority.Client("kube-apiserver-kubelet-client", "system:masters")
	if err != nil {
		return err
	}
	if err = kubelet.Write(p.file("kubelet-client")); err != nil {
		return err
	}
	manager, err := p.authority.Client("system:kube-controller-manager")
	if err != nil {
		return err
	}
	if err = clientcmd.WriteToFile(p.kubeconfig("controllers", manager), p.file("controllers.kubeconfig")); err != nil {
		return err
	}
	private, public, err := pki.SigningKey()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"ca.crt": p.authority.Cert, "accounts.key": private, "accounts.pub": public,
		"audit-policy.yaml": []byte(realcluster.AuditPolicy),
	} {
		if err = os.WriteFile(p.file(name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plane) file(name string) string { return filepath.Join(p.dir, name) }

// kubeconfig has one context, named as the cluster.
func (p *Plane) kubeconfig(user string, pair pki.Pair) api.Config {
	config := api.NewConfig()
	config.Clusters[p.Name] = &api.Cluster{Server: p.url(), CertificateAuthorityData: p.authority.Cert}
	config.AuthInfos[user] = &api.AuthInfo{ClientCertificateData: pair.Cert, ClientKeyData: pair.Key}
	config.Contexts[p.Name] = &api.Context{Cluster: p.Name, AuthInfo: user}
	config.CurrentContext = p.Name
	return *config
}
