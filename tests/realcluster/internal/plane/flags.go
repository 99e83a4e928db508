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
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
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
	server, err := p.authority.Server("127.0.0.1", "localhost", "kubernetes", "kubernetes.default",
		"kubernetes.default.svc", "kubernetes.default.svc.cluster.local", fmt.Sprintf("10.%d.0.1", 20+p.Number))
	if err != nil {
		return err
	}
	if err = server.Write(p.file("server")); err != nil {
		return err
	}
	manager, err := p.authority.Client("system:kube-controller-manager")
	if err != nil {
		return err
	}
	if err = writeKubeconfig(p.file("controllers.kubeconfig"), p.Name, p.url(), p.authority.Cert, manager); err != nil {
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

func (p *Plane) writeKubeconfig(path string) error {
	return writeKubeconfig(path, p.Name, p.url(), p.authority.Cert, p.admin)
}

// writeKubeconfig writes a file with one context, named as the cluster.
func writeKubeconfig(path, name, url string, authority []byte, user pki.Pair) error {
	config := api.NewConfig()
	config.Clusters[name] = &api.Cluster{Server: url, CertificateAuthorityData: authority}
	config.AuthInfos[name+"-admin"] = &api.AuthInfo{ClientCertificateData: user.Cert, ClientKeyData: user.Key}
	config.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name + "-admin"}
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, path)
}
