"""What https costs, by HTTP/1.1 and by HTTP/2."""

import shutil
import statistics
import subprocess

from . import tenants
from .figures import TOKEN, get, measured, repeated
from .machine import Wrong, say

DISCOVERY = "/bank/.well-known/openid-configuration"

# What each request by curl tells.
TOLD = "%{http_version} %{response_code} %{num_connects} %{time_total}\\n"


def secure(bench):
    """Calls by https on kept connections."""
    server = bench.server(tenants.small(), tls=True)
    url = server.tls_url
    try:
        measured(bench, server, "https: token: client_credentials", 1, lambda s: repeated(server, TOKEN, s, url=url),
                 has_goal=False)
        measured(bench, server, "https: discovery", 0, lambda s: repeated(server, get(DISCOVERY), s, url=url))
        if by_http2():
            measured(bench, server, "HTTP/2: discovery, one client", 0, lambda s: one_client(bench, server, s))
        else:
            say("  no curl here that speaks HTTP/2: not measured")
        server.stop()
    finally:
        server.kill()


def by_http2():
    return shutil.which("curl") and "HTTP2" in subprocess.run(["curl", "-V"], capture_output=True, text=True).stdout


def one_client(bench, server, seconds):
    """Requests one after the other, by one connection of curl: wrk does not speak HTTP/2."""
    authority = bench.work / "ca.pem"
    authority.write_text(server.ask("GET", "/_mock/ca.pem"))
    count = 400 * seconds
    # A range in the query makes curl ask as often.
    asked = subprocess.run(
        ["curl", "-sS", "--http2", "--cacert", str(authority), "--max-time", "120", "-o", "/dev/null", "-w", TOLD,
         f"{server.tls_url}{DISCOVERY}?[1-{count}]"], capture_output=True, text=True)
    answers = [line.split() for line in asked.stdout.splitlines()]
    if asked.returncode != 0 or any(answer[:2] != ["2", "200"] for answer in answers) or len(answers) != count:
        raise Wrong(f"curl by HTTP/2: {asked.stderr or answers[:3]}")
    if sum(int(answer[2]) for answer in answers) != 1:
        raise Wrong("curl by HTTP/2: the connection was not kept")
    # The first has the handshake in it.
    took = [float(answer[3]) for answer in answers[1:]]
    parts = statistics.quantiles(took, n=1000)
    p99 = parts[989] * 1000
    bench.table.goal("discovery by HTTP/2, one client, p99 ms", f"{p99:.2f}", "< 3", p99 < 3)
    return len(took), {"seconds": sum(took), "p50": parts[499] * 1e6, "p99": parts[989] * 1e6, "p999": parts[998] * 1e6}
