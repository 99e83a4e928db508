"""The state repository's remote over ssh and https, against real servers.

Bed: --clusters 1 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

import any_order
from bed import Case, Workdir, eventually, spec_text
from git_servers import HttpsServer, SilentServer, SshServer, make_key, missing, public_key, run

PASSWORD = "correct-horse-battery"


class Remote(Case):
    """A person with a home of their own, and a server."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="mesh-home-")
        self.addCleanup(temporary.cleanup)
        self.home = temporary.name
        os.mkdir(self.at_home(".ssh"), 0o700)
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("GIT_", "SSH_")) and name not in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
        self.env |= {"HOME": self.home, "GIT_CONFIG_NOSYSTEM": "1"}

    def at_home(self, *parts):
        return os.path.join(self.home, *parts)

    def write(self, text, *parts):
        with open(self.at_home(*parts), "w", encoding="utf-8") as file:
            file.write(text)

    def workdir(self, extra=""):
        work = Workdir()
        text = spec_text({"c1": {"platform": '"kubernetes"'}}, extra=extra)
        work.write(text.replace('repo = "state"', f'repo = "state"\nremote = "{self.server.url}"'))
        return work

    def mesh(self, work, *arguments):
        got = work.mesh(*arguments, env=self.env)
        for secret in self.secrets():
            self.assertNotIn(secret, got.out + got.err)
        return got

    def apply(self, work):
        return self.ok(self.mesh(work, "apply", "--auto-approve", "--format", "json"))

    def destroy(self, work):
        self.mesh(work, "destroy", "--auto-approve")

    def assert_works(self):
        """Applies push, another working copy fetches and goes on on top."""
        first = self.workdir()
        self.addCleanup(self.destroy, first)
        got = self.apply(first)
        self.assertNotIn("state_remote_failed", got.out + got.err)
        self.assertEqual([line.split()[0] for line in self.server.log()], [got.json()["snapshot"]])
        second = self.workdir("# another text")
        self.assertIn("No drift", self.ok(self.mesh(second, "drift")).out)
        self.assertFalse(os.path.exists(os.path.join(second.folder, "state")), "reading wrote")
        got = self.apply(second)
        self.assertEqual(self.server.log()[0].split()[0], got.json()["snapshot"])
        self.assertEqual(len(self.server.log()), 2)
        # And the first sees what the second did.
        got = self.apply(first)
        self.assertEqual(len(self.server.log()), 3)
        refs = run("git", "-C", self.server.repository, "for-each-ref", "--format=%(refname)").split()
        self.assertEqual(refs, ["refs/heads/mesh/e2e"])

    def assert_refused(self, *words):
        """The apply is done and recorded here; that it is not recorded there is told, and why."""
        work = self.workdir()
        self.addCleanup(self.destroy, work)
        got = self.apply(work)
        self.assertTrue(got.json()["snapshot"])
        for word in ("state_remote_failed", *words):
            self.assertIn(word, got.err)
        self.assertEqual(self.server.log(), [])


class Ssh(Remote):
    def setUp(self):
        super().setUp()
        self.server = SshServer()
        self.addCleanup(self.server.close)
        self.key = self.at_home(".ssh", "id_ed25519")

    def secrets(self):
        if not os.path.exists(self.key):
            return []
        with open(self.key, encoding="utf-8") as file:
            return file.read().splitlines()[1:-1]

    def let_in(self, key):
        self.server.authorize(public_key(key))
        self.write(self.server.known_host(), ".ssh", "known_hosts")

    def test_a_key_of_the_home(self):
        make_key(self.key)
        self.let_in(self.key)
        self.assert_works()

    def test_an_ecdsa_key(self):
        self.key = self.at_home(".ssh", "id_ecdsa")
        make_key(self.key, "ecdsa")
        self.let_in(self.key)
        self.assert_works()

    def test_a_key_of_the_agent(self):
        self.key = self.at_home("elsewhere")
        make_key(self.key)
        self.let_in(self.key)
        socket = self.at_home("agent")
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.terminate)
        self.env["SSH_AUTH_SOCK"] = socket
        while subprocess.run(["ssh-add", self.key], env=self.env, capture_output=True, check=False).returncode != 0:
            self.assertIsNone(agent.poll())
        self.assert_works()

    def test_an_unknown_host(self):
        make_key(self.key)
        self.let_in(self.key)
        os.remove(self.at_home(".ssh", "known_hosts"))
        self.assert_refused("known_hosts")
        self.assertNotIn("Accepted publickey", self.server.said())

    def test_a_host_with_another_key(self):
        make_key(self.key)
        self.let_in(self.key)
        make_key(self.at_home("impostor"))
        self.write(self.server.known_host(public_key(self.at_home("impostor"))), ".ssh", "known_hosts")
        self.assert_refused("known_hosts")
        self.assertNotIn("Accepted publickey", self.server.said())

    def test_a_key_that_is_not_authorized(self):
        make_key(self.key)
        self.let_in(self.key)
        self.server.authorize()
        self.assert_refused("ssh-agent")

    def test_no_key_at_all(self):
        make_key(self.at_home("unused"))
        self.let_in(self.at_home("unused"))
        self.assert_refused("ssh-agent")

    def test_an_rsa_key(self):
        self.key = self.at_home(".ssh", "id_rsa")
        make_key(self.key, "rsa")
        self.let_in(self.key)
        # Debian 12's libssh2 1.10 signs with SHA-1, which servers refuse since OpenSSH 8.8.
        self.assert_refused("RSA keys are refused")
        self.assertIn("ssh-rsa not in PubkeyAcceptedAlgorithms", self.server.said())

    def test_a_server_that_takes_no_push(self):
        make_key(self.key)
        self.let_in(self.key)
        self.server.refuse_pushes("this branch is protected")
        self.assert_refused("refused the push")


class Https(Remote):
    def setUp(self):
        super().setUp()
        self.start()
        self.trust(self.server.ca)
        self.log_in(PASSWORD)

    def start(self, **more):
        self.server = HttpsServer("robot", PASSWORD, **more)
        self.addCleanup(self.server.close)

    def trust(self, authority):
        self.env["GIT_SSL_CAINFO"] = authority

    def log_in(self, password):
        self.write(f"https://robot:{password}@localhost:{self.server.port}\n", ".git-credentials")
        self.write("[credential]\n\thelper = store\n", ".gitconfig")

    def secrets(self):
        return [PASSWORD, self.server.login]

    def test_a_password_of_the_credential_helper(self):
        self.assert_works()

    def test_an_authority_that_nobody_trusts(self):
        del self.env["GIT_SSL_CAINFO"]
        self.assert_refused("GIT_SSL_CAINFO")
        self.assertEqual(self.server.logins, [])

    def test_another_authority(self):
        good = self.server
        self.start()
        self.trust(good.ca)
        self.log_in(PASSWORD)
        self.assert_refused("GIT_SSL_CAINFO")
        self.assertEqual(self.server.logins, [])

    def test_a_certificate_of_another_name(self):
        self.start(names="DNS:git.acme.example")
        self.trust(self.server.ca)
        self.log_in(PASSWORD)
        self.assert_refused("GIT_SSL_CAINFO")
        self.assertEqual(self.server.logins, [])

    def test_a_wrong_password(self):
        self.log_in("wrong-" + PASSWORD)
        self.assert_refused("credential helper")

    def test_no_password(self):
        os.remove(self.at_home(".gitconfig"))
        self.assert_refused("credential helper")
        self.assertEqual(set(self.server.logins), {None})

    def test_an_authorities_file_that_is_not_there(self):
        self.trust(self.at_home("nothing.pem"))
        self.assert_refused("nothing.pem", "GIT_SSL_CAINFO")

    def test_a_server_that_takes_no_push(self):
        self.server.refuse_pushes("this branch is protected")
        self.assert_refused("refused the push")


class Path(Case):
    """A remote that is a folder."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="mesh-remote-")
        self.addCleanup(temporary.cleanup)
        self.remote = os.path.join(temporary.name, "state.git")
        run("git", "init", "-q", "--bare", self.remote)

    def workdir(self):
        work = Workdir()
        text = spec_text({"c1": {"platform": '"kubernetes"'}})
        work.write(text.replace('repo = "state"', f'repo = "state"\nremote = "{self.remote}"'))
        return work

    @staticmethod
    def log(repository):
        return run("git", "-C", repository, "log", "--format=%H", "mesh/e2e").split()

    def test_what_could_not_be_pushed_is_gone_on_from_and_pushed_later(self):
        work = self.workdir()
        self.addCleanup(work.mesh, "destroy", "--auto-approve")
        self.assertIn(f"Pushing the state to {self.remote}\n", self.ok(work.mesh("apply", "--auto-approve")).err)
        fresh = self.workdir()
        lock = os.path.join(self.remote, "refs", "heads", "mesh", "e2e.lock")
        with open(lock, "w", encoding="utf-8"):
            self.assertIn("recorded here only", self.ok(fresh.mesh("destroy", "--auto-approve")).err)
        os.remove(lock)
        # On top of what was fetched: what it deleted does not come back with the remote's line.
        here = self.log(os.path.join(fresh.folder, "state"))
        self.assertEqual(here[1:], self.log(self.remote))
        for command in ("drift", "history"):
            self.assertIn("lacks snapshots", self.ok(fresh.mesh(command)).err)
        self.assertIn("No drift", fresh.mesh("drift").out)
        self.assertIn("lacks snapshots", self.ok(fresh.mesh("plan")).err)
        got = self.ok(fresh.mesh("destroy", "--auto-approve"))
        self.assertIn("Pushing the state", got.err)
        self.assertNotIn("warning", got.err)
        self.assertEqual(self.log(self.remote), here)
        got = self.ok(fresh.mesh("destroy", "--auto-approve"))
        self.assertNotIn("Pushing", got.err)
        self.assertNotIn("lacks snapshots", fresh.mesh("drift").err)


class Silence(Case):
    """A remote that takes connections and never answers."""

    def serve(self, resets):
        self.server = SilentServer(resets)
        self.addCleanup(self.server.close)
        work = Workdir()
        text = spec_text({"c1": {"platform": '"kubernetes"'}})
        work.write(text.replace('repo = "state"', f'repo = "state"\nremote = "{self.server.url}"'))
        return work

    def log(self, work):
        got = subprocess.run(["git", "-C", os.path.join(work.folder, "state"), "log", "--format=%H", "mesh/e2e"], check=False,
                             capture_output=True, text=True)
        return got.stdout.split()

    def destroy(self, work):
        work.write(spec_text({"c1": {"platform": '"kubernetes"'}}))
        # A run that was ended at once has left its lock.
        self.ok(work.mesh("lock", "release", "c1", "--auto-approve"))
        self.ok(work.mesh("destroy", "--auto-approve"))

    def test_reading_ends_at_a_signal(self):
        work = self.serve(resets=0)
        for command in (["plan"], ["drift"], ["history"], ["apply", "--auto-approve"]):
            with self.subTest(command):
                connections = len(self.server.taken)
                process = work.start(*command)
                self.assertTrue(eventually(lambda: len(self.server.taken) > connections))  # pylint: disable=cell-var-from-loop
                started = time.monotonic()
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=30)
                self.assertLess(time.monotonic() - started, 5)
                self.assertEqual(process.returncode, 1, err)
                self.assertIn("error[cancelled]: stopped, nothing was changed", err)

    def test_the_snapshot_of_an_apply_is_here_before_it_is_pushed(self):
        work = self.serve(resets=1)
        self.addCleanup(self.destroy, work)
        process = work.start("apply", "--auto-approve")
        self.assertTrue(eventually(lambda: self.server.taken, 60))
        commits = self.log(work)
        self.assertEqual(len(commits), 1)
        # The first asks it to end soon, the second ends it; within a second they would be one request.
        process.send_signal(signal.SIGINT)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertEqual(self.log(work), commits)

    def test_a_push_that_is_not_through_is_told(self):
        work = self.serve(resets=1)
        self.addCleanup(self.destroy, work)
        process = work.start("apply", "--auto-approve")
        self.assertTrue(eventually(lambda: self.server.taken, 60))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertIn(f"Pushing the state to {self.server.url}\n", err)
        self.assertIn("the snapshot is recorded here only", err)
        self.assertIn(f"git -C state push {self.server.url} refs/heads/mesh/e2e", err)
        self.assertEqual(len(self.log(work)), 1)


if __name__ == "__main__":
    if missing():
        print(f"not to be had here: {', '.join(missing())}", file=sys.stderr)
        sys.exit(77)
    any_order.main()
