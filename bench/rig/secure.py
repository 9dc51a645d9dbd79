"""What https costs, by HTTP/1.1 and by HTTP/2."""

import shutil
import statistics
import subprocess
import time

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
        if curl_speaks_http2():
            authority = bench.work / "ca.pem"
            authority.write_text(server.ask("GET", "/_mock/ca.pem"))
            measured(bench, server, "HTTP/2: discovery, one client", 0, lambda s: one_client(bench, authority, url, s))
        else:
            say("  no curl here that speaks HTTP/2: not measured")
        server.stop()
    finally:
        server.kill()


def curl_speaks_http2():
    return shutil.which("curl") is not None and "HTTP2" in curl("-V").stdout


def curl(*arguments):
    try:
        return subprocess.run(["curl", *arguments], capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        raise Wrong("curl did not end in two minutes") from None


def one_client(bench, authority, url, seconds):
    """Requests one after the other, by one connection of curl: wrk does not speak HTTP/2."""
    count = 400 * seconds
    began = time.monotonic()
    # A range in the query makes curl ask as often.
    asked = curl("-sS", "--http2", "--cacert", str(authority), "-o", "/dev/null", "-w", TOLD,
                 f"{url}{DISCOVERY}?[1-{count}]")
    took = time.monotonic() - began
    answers = [line.split() for line in asked.stdout.splitlines()]
    if asked.returncode != 0 or any(answer[:2] != ["2", "200"] for answer in answers) or len(answers) != count:
        raise Wrong(f"curl by HTTP/2: {asked.stderr or answers[:3]}")
    if sum(int(answer[2]) for answer in answers) != 1:
        raise Wrong("curl by HTTP/2: the connection was not kept")
    # The first has the handshake in it.
    parts = statistics.quantiles((float(answer[3]) for answer in answers[1:]), n=1000, method="inclusive")
    p99 = parts[989] * 1000
    bench.table.goal("discovery by HTTP/2, one client, p99 ms", f"{p99:.2f}", "< 3", p99 < 3)
    return count, {"seconds": took, "p50": parts[499] * 1e6, "p99": parts[989] * 1e6, "p999": parts[998] * 1e6}
