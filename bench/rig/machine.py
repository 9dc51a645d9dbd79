"""Programs that the benches run: the mock, its limits, wrk, the launcher."""

import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

BENCH = pathlib.Path(__file__).resolve().parent.parent
SOURCE = BENCH.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or SOURCE / "target")
NAME = "cyberark-identity-mock"
TICKS = os.sysconf("SC_CLK_TCK")
FORM = "Content-Type: application/x-www-form-urlencoded"


class Wrong(Exception):
    """A wrong answer, or a program that is not there: the run ends."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        shown = " ".join(str(word) for word in command)
        raise Wrong(f"{shown}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def binary(path):
    """The program at the path; without one the release build, made if it is missing or old."""
    if path:
        found = pathlib.Path(path).resolve()
        if not os.access(found, os.X_OK):
            raise Wrong(f"{found} is no program")
        return found
    say("building the optimised program (minutes, the first time)")
    subprocess.run(["cargo", "build", "--locked", "--release", "--bin", NAME], cwd=SOURCE, check=True)
    return TARGET / "release" / NAME


def limits():
    """The programs that only sign, and that only answer a flow and sign."""
    say("building the programs that show what is possible")
    target = TARGET / "bench-limits"
    command = ["cargo", "build", "--locked", "--quiet", "--release", "--manifest-path",
               BENCH / "limits" / "Cargo.toml", "--target-dir", target]
    # At the top, as the package stands apart: .cargo/config.toml is for it too.
    subprocess.run(command, cwd=SOURCE, check=True)
    return target / "release" / "signing-limit", target / "release" / "flow-limit"


def wants_wrk():
    if not shutil.which("wrk"):
        raise Wrong("wrk is not here, and it makes the load: apt-get install wrk")


def many_files():
    """Lets this process and its children open as many files as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def free_ports(count):
    """Below the ports that the system gives to clients."""
    free = []
    for port in range(20000 + os.getpid() % 8000, 32000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        free.append(port)
        if len(free) == count:
            return free
    raise Wrong("no port is free")


class Server:
    """The mock on a free port of 127.0.0.1, with a fixture; by https beside it if `tls` is wanted."""

    def __init__(self, program, work, name, fixture=None, arguments=(), files=None, tls=False):
        self.port, self.tls_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = work / f"{name}.log"
        command = [str(program), "--port", str(self.port), *arguments]
        if tls:
            self.tls_url = f"https://127.0.0.1:{self.tls_port}"
            command += ["--tls-port", str(self.tls_port)]
        if fixture is not None:
            path = work / f"{name}.json"
            path.write_text(json.dumps(fixture))
            command += ["--fixtures", str(path)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CYBERARK_MOCK_")}
        environment.pop("PORT", None)

        def limit():
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=log, env=environment, preexec_fn=limit)
        self.wait()

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise Wrong(f"the server ended: {self.log.read_text()}")
            try:
                self.ask("GET", "/health")
                return
            except OSError:
                time.sleep(0.01)
        raise Wrong("the server is not healthy after a minute")

    def ask(self, method, path, body=None, fields=(), status=200):
        """The body of an answer that has to have this status."""
        request = urllib.request.Request(self.url + path, method=method, data=body and body.encode())
        for field in fields:
            name, value = field.split(": ", 1)
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                got, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            got, text = error.code, error.read().decode()
        if got != status:
            raise Wrong(f"{method} {path}: {got}, expected {status}: {text[:500]}")
        return text

    def control(self, method, path, document=None, status=201):
        body = None if document is None else json.dumps(document)
        text = self.ask(method, "/_mock/v1" + path, body, ["Content-Type: application/json"], status)
        return json.loads(text) if text else None

    def cpu(self):
        """Seconds of processor time so far, user and system, of all threads that there were."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / TICKS

    def rss(self):
        """Resident megabytes (10^6 bytes)."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        kib = next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]
        return int(kib) * 1024 / 1e6

    def stop(self):
        """Ends the server; it has to end by itself, with exit code 0."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Wrong("the server did not stop at SIGTERM") from None
        if self.process.returncode != 0:
            raise Wrong(f"the server ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Load:
    """A run of wrk: started at once, `result` waits for its end."""

    def __init__(self, url, script, arguments, seconds, connections, threads=1, paced=False):
        environment = dict(os.environ, BENCH_LUA=str(BENCH / "lua"))
        environment.pop("BENCH_PACED", None)
        if paced:
            environment["BENCH_PACED"] = "1"
        command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "20s",
                   "-s", str(BENCH / "lua" / script), url, "--", *arguments]
        self.what = f"{script} {' '.join(arguments[:3])}"
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        env=environment)

    def result(self):
        """What came, in figures; the run ends at a wrong answer."""
        text, _ = self.process.communicate()
        lines = [line for line in text.splitlines() if line.startswith('{"requests"')]
        if self.process.returncode != 0 or not lines:
            raise Wrong(f"wrk: {self.what}: {text}")
        figures = json.loads(lines[-1])
        figures["seconds"] = figures["microseconds"] / 1e6
        wrong = [name for name in ("connect", "read", "write", "timeout", "status", "failures") if figures[name]]
        figures["wrong"] = ", ".join(f"{name} {figures[name]}" for name in wrong)
        return figures

    def good(self):
        figures = self.result()
        if figures["wrong"]:
            raise Wrong(f"{self.what}: {figures['wrong']} {figures['failure']}")
        return figures
