"""Which clients there are, and how one of them is run."""

import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess

HERE = pathlib.Path(__file__).resolve().parents[1]
SCHEMES = ("http", "https")
POLICIES = ("cyberark", "strict")
STEP = re.compile(r"^(passed|failed) (.+)$")


@dataclasses.dataclass(frozen=True)
class Client:
    """A pinned library, and the script that uses it as its own documentation tells."""

    name: str
    needs: tuple
    script: str
    schemes: tuple = SCHEMES
    policies: tuple = POLICIES
    patience: int = 60


ALL = (
    # CyberArk's SDK speaks https only, and asks for ID tokens without the nonce that strict demands.
    Client(
        "ark-sdk-python", ("python",), "ark_identity.py", schemes=("https",), policies=("cyberark",), patience=120
    ),
    Client("openid-client", ("node",), "openid_client.mjs"),
    Client("openid-client-5", ("node",), "openid_client_5.mjs"),
    Client("Authlib", ("python",), "authlib_flask.py"),
    Client("requests-oauthlib", ("python",), "requests_oauthlib_session.py"),
    Client("oidc-client-ts", ("node", "browser"), "oidc_client_ts.mjs", patience=120),
    # The login page as a person uses it, on a server with users of its own.
    Client(
        "playwright-core",
        ("node", "browser"),
        "login_page.mjs",
        schemes=("http",),
        policies=("cyberark",),
        patience=300,
    ),
    # The last of its server: it leaves nothing as it was. Under strict, where the clients are fewer.
    Client(
        "schemathesis",
        ("python",),
        "schemathesis_control.py",
        schemes=("http",),
        policies=("strict",),
        patience=300,
    ),
)


def run(wanted, servers, tools, folder, report):
    """Runs each client against each server and scheme that it is meant for.

    The servers are taken side by side, the clients of one server one after the other: they share its
    users, and the messages to them.
    """
    ready = []
    for client in wanted:
        reasons = [tools.missing[need] for need in client.needs if need in tools.missing]
        if reasons:
            report.skip(title(client), "; ".join(reasons))
        else:
            ready.append(client)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        lanes = [pool.submit(run_at, server, ready, tools, folder, report) for server in servers]
    for lane in lanes:
        lane.result()


def run_at(server, ready, tools, folder, report):
    for client in ready:
        for scheme in client.schemes if server.policy in client.policies else ():
            subject = f"{title(client)}, {scheme}, {server.policy}"
            if scheme == "https" and "browser" in client.needs and "trust" in tools.missing:
                report.skip(subject, tools.missing["trust"])
                continue
            output, problem = execute(client, server, scheme, tools, folder)
            tell(subject, output, problem, report)


def title(client):
    return f"{client.name} {version(client.name)}"


def version(name):
    """The version that the pins name."""
    packages = json.loads((HERE / "package.json").read_text())["dependencies"]
    lines = (HERE / "requirements.txt").read_text().splitlines()
    packages.update(line.split("==") for line in lines if "==" in line)
    return packages[name].split("@")[-1]


def execute(client, server, scheme, tools, folder):
    """The client's standard output, and what went wrong with the process as a whole."""
    log = folder / "logs" / f"{client.name}-{scheme}-{server.policy}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*tools.found[client.needs[0]], str(script(client, folder))],
            env=environment(server, scheme, tools, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=client.patience)
        except subprocess.TimeoutExpired:
            end_group(process)
            output, _ = process.communicate()
            return output, f"not done after {client.patience} seconds, see {log}"
    end_group(process)
    return output, f"ended with exit code {process.returncode}, see {log}" if process.returncode else None


def script(client, folder):
    """The client's script; one for node lies beside its libraries, where node looks for them."""
    beside = folder / "node" if client.needs[0] == "node" else HERE
    return beside / "clients" / client.script


def environment(server, scheme, tools, folder):
    """What a client is told: where the server is, and the variables by which its platform trusts it."""
    told = {
        "INTEROP_BASE": server.bases[scheme],
        "INTEROP_POLICY": server.policy,
        "INTEROP_FOLDER": str(folder),
        "INTEROP_BINARY": str(server.binary),
        "INTEROP_BROWSER": " ".join(tools.found.get("browser", [])),
        "PYTHONPATH": str(HERE / "clients"),
        "REQUESTS_CA_BUNDLE": str(server.ca),
        "SSL_CERT_FILE": str(server.ca),
        "NODE_EXTRA_CA_CERTS": str(server.ca),
    }
    return os.environ | told


def end_group(process):
    """Ends what the client may have left running, a browser for instance."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def tell(subject, output, problem, report):
    steps = [match.groups() for match in map(STEP.match, output.splitlines()) if match]
    for outcome, step in steps:
        report.step(subject, outcome, step)
    if problem or not steps:
        report.step(subject, "failed", problem or "told about no step")
