"""The server under test: started on free ports, waited for, and stopped."""

import contextlib
import dataclasses
import json
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.request

PATIENCE = 10.0
# Where SDKs look for a tenant that they know by its subdomain only.
VENDOR_HOSTS = ("platform-discovery.cyberark.cloud",)


@dataclasses.dataclass(frozen=True)
class Server:
    """Where one running server is reached."""

    policy: str
    bases: dict
    """The base URL of each scheme that is served."""
    ca: pathlib.Path
    """The certificate of the authority that signed the server's."""
    binary: pathlib.Path
    """The program itself, for a client that needs a server of its own."""


def executable_of(messages):
    """The program among cargo's JSON messages."""
    for line in messages.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and message.get("executable"):
            return pathlib.Path(message["executable"])
    raise SystemExit("cargo built no program")


@contextlib.contextmanager
def serve(binary, policy, folder):
    logs, authority = folder / "logs", folder / "ca"
    for needed in (logs, authority):
        needed.mkdir(parents=True, exist_ok=True)
    command = [str(binary), "--policy", policy, "--log-level", "debug", "--port", "0", "--tls-port", "0"]
    command += ["--ca-folder", str(authority), "--tls-names", ",".join(VENDOR_HOSTS)]
    out, log = logs / f"server-{policy}.out", logs / f"server-{policy}.log"
    with out.open("w") as stdout, log.open("w") as stderr:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    try:
        yield Server(policy, bases(process, out, log), authority / "ca.pem", binary)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def bases(process, out, log):
    """The URLs of the start message, once the server is healthy."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        urls = re.findall(r"^(?:listening|https) url=(\S+)", out.read_text(), re.MULTILINE)
        if len(urls) == 2 and healthy(urls[0]):
            return {url.split(":")[0]: url.rstrip("/") for url in urls}
        time.sleep(0.05)
    raise SystemExit(f"the server did not start:\n{out.read_text()}{log.read_text()}")


def healthy(base):
    try:
        with urllib.request.urlopen(f"{base}/health", timeout=PATIENCE) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
