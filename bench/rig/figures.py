"""What is measured."""

import base64
import collections
import http.client
import json
import statistics
import time
import urllib.parse

from . import start, tenants
from .machine import FORM, Load, Server, Wrong, run, say

Size = collections.namedtuple(
    "Size", "seconds signing saturated rounds turn live users apps entries launches")
WHOLE = Size(seconds=5, signing=2, saturated=60, rounds=5, turn=4, live=1_000_000, users=10_000, apps=1_000,
             entries=100_000, launches=20)
QUICK = Size(seconds=2, signing=0.5, saturated=5, rounds=3, turn=1, live=40_000, users=1_000, apps=1_000,
             entries=20_000, launches=5)

CONNECTIONS = 16
HYBRID = "code id_token token"
CREDENTIALS = "grant_type=client_credentials&client_id={0}-client&client_secret=" + tenants.SECRET


class Bench:
    """What the measurements share."""

    def __init__(self, program, limits, work, size, table):
        self.program, self.work, self.size, self.table = program, work, size, table
        self.signer, self.answerer = limits or (None, None)
        self.servers = 0

    def server(self, fixture=None, program=None, **options):
        self.servers += 1
        return Server(program or self.program, self.work, f"server{self.servers}", fixture, **options)

    def signature(self, threads=2, seconds=None):
        """Signatures a second, and the processor time of one; what is usual, when nobody wants to know."""
        if not self.signer:
            return 4000, None
        seconds = seconds or self.size.signing
        figures = json.loads(run([self.signer, str(threads), str(seconds)]))
        return figures["per_second"], figures["cpu_seconds"]


def basic(name, secret):
    return "Authorization: Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def milliseconds(figures):
    return [figures[name] / 1000 for name in ("p50", "p99", "p999")]


def get(path, *fields, pause=0):
    return [str(pause), "GET", path, "", *fields]


def post(path, body, *fields):
    return ["0", "POST", path, body, FORM, *fields]


TOKEN = post("/OAuth2/Token/machine", CREDENTIALS.format("machine"))


def limit(bench):
    """The pure signing limit."""
    if not bench.signer:
        return
    for threads in (1, 2):
        rate, cpu = bench.signature(threads, bench.size.signing * 2)
        bench.table.load(f"signatures alone, {threads} thread{'s' * (threads > 1)}", rate, cpu=cpu, signatures=1)


def calls(bench):
    """Each kind of call on its own, at saturation."""
    server = bench.server(tenants.small())
    try:
        one_call_at_a_time(bench, server)
        server.stop()
    finally:
        server.kill()


def one_call_at_a_time(bench, server):
    def repeat(what, signatures):
        # With tokens of its own: the mock drops the oldest, and a quick machine makes many in the rows before.
        request = requests(server)[what]
        measured(bench, server, what, signatures, lambda s: repeated(server, request, s))

    for what in SIGNED:
        repeat(what, 1)
    measured(bench, server, "token: code", 2, lambda s: exchanges(bench, server, s))
    for what, signatures, kind in FLOWS:
        measured(bench, server, what, signatures, lambda s: flows(server, kind, s))
    if bench.answerer:
        of_constants(bench)
    for what in UNSIGNED:
        repeat(what, 0)


def of_constants(bench):
    """The same of a program that has nothing else to tell: as much as can be reached."""
    server = bench.server(program=bench.answerer)
    try:
        measured(bench, server, "token of constants", 1, lambda s: repeated(server, TOKEN, s), has_goal=False)
        for what, signatures, kind in FLOWS:
            name = what.split(":")[0] + " of constants"
            measured(bench, server, name, signatures, lambda s: flows(server, kind, s), has_goal=False)
        server.stop()
    finally:
        server.kill()


FLOWS = (("code flow: sign-in, authorization, code", 3, "code"), ("hybrid flow: the same, tokens twice", 5, HYBRID))
SIGNED = ("token: client_credentials", "token: refresh")
UNSIGNED = ("authorization with a session", "discovery", "JWKS", "introspection", "userinfo")


def requests(server):
    """Requests that can be repeated, each tried, by their names in `SIGNED` and `UNSIGNED`."""
    session = server.control("POST", "/mint/session", {"user": "alice@example.com"})
    tokens = exchange_one(server)
    bearer = f"Authorization: Bearer {tokens['access_token']}"
    client = basic("bank-client", "bank-secret")
    told = "token=" + urllib.parse.quote(tokens["access_token"])
    if '"active":true' not in server.ask("POST", "/OAuth2/Introspect/bank", told, [FORM, client]):
        raise Wrong("introspection does not know a token")
    if "Alice Adams" not in server.ask("GET", "/OAuth2/UserInfo/bank", fields=[bearer]):
        raise Wrong("userinfo does not know a token")
    server.ask("POST", "/OAuth2/Token/machine", CREDENTIALS.format("machine"), [FORM])
    refresh = post("/OAuth2/Token/bank", "grant_type=refresh_token&refresh_token=" + tokens["refresh_token"], client)
    cookie = f"Cookie: {session['cookie']}"
    authorize = "/OAuth2/Authorize/bank?client_id=bank-client&response_type=code&scope=openid%20profile" \
                "&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&state=s&nonce=n"
    return {
        "token: client_credentials": TOKEN,
        "token: refresh": refresh,
        "authorization with a session": get(authorize, cookie),
        "discovery": get("/bank/.well-known/openid-configuration"),
        "JWKS": get("/OAuth2/Keys/bank"),
        "introspection": post("/OAuth2/Introspect/bank", told, client),
        "userinfo": get("/OAuth2/UserInfo/bank", bearer),
    }


def exchange_one(server):
    code = server.control("POST", "/mint/code", {
        "app": "bank", "user": "alice@example.com", "redirect_uri": tenants.CALLBACK, "scope": "openid profile"})
    body = urllib.parse.urlencode({"grant_type": "authorization_code", "redirect_uri": tenants.CALLBACK, **code})
    return json.loads(server.ask("POST", "/OAuth2/Token/bank", body, [FORM, basic("bank-client", "bank-secret")]))


def repeated(server, request, seconds, connections=CONNECTIONS, url=None):
    """How many, and what wrk says of them."""
    figures = Load(url or server.url, "request.lua", request, seconds, connections).good()
    return figures["requests"], figures


def flows(server, response_type, seconds):
    """Whole flows; latencies are of flows."""
    load = Load(server.url, "flow.lua", [response_type, "0", "0"], seconds, CONNECTIONS)
    figures = load.good()
    return figures["wholes"], figures


def exchanges(bench, server, seconds):
    """Codes that were made without a flow, each exchanged once."""
    rate, _ = bench.signature()
    count = int(rate * seconds * 0.6)
    wanted = json.dumps({"app": "bank", "user": "alice@example.com", "redirect_uri": tenants.CALLBACK,
                         "scope": "openid profile"})
    path = bench.work / "codes"
    codes = minted(server, "/mint/code", wanted, count, "code")
    form = {"grant_type": "authorization_code", "redirect_uri": tenants.CALLBACK}
    path.write_text("".join(urllib.parse.urlencode({**form, "code": code}) + "\n" for code in codes))
    before = server.cpu()
    arguments = ["/OAuth2/Token/bank", str(path), "1", FORM, basic("bank-client", "bank-secret")]
    figures = Load(server.url, "list.lua", arguments, seconds, CONNECTIONS).good()
    # Making the codes is not what is measured.
    figures["cpu"] = server.cpu() - before
    return figures["requests"], figures


def minted(server, path, wanted, count, member):
    """Makes many of something by the control API, one after the other."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    made = []
    for _ in range(count):
        connection.request("POST", "/_mock/v1" + path, wanted, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise Wrong(f"{path}: {answer.status}: {text[:300]}")
        made.append(json.loads(text)[member])
    connection.close()
    return made


def measured(bench, server, what, signatures, load, has_goal=True):
    """A row: the load, between two looks at what a signature costs just now."""
    before = bench.signature()[1] if signatures else None
    used = server.cpu()
    count, figures = load(bench.size.seconds)
    used = figures.get("cpu") or server.cpu() - used
    after = bench.signature()[1] if signatures else None
    cpu = used / max(count, 1)
    share = signatures * (before + after) / 2 / cpu if before else None
    bench.table.load(what, count / figures["seconds"], milliseconds(figures), cpu, signatures, share)
    say(f"  {what}: {count / figures['seconds']:,.0f}/s, {cpu * 1e6:.0f} µs" +
        (f", signatures are {share:.1%}" if share else ""))
    if share is None or not has_goal:
        return
    if signatures == 1:
        bench.table.goal(f"{what}: the signature's share of the processor time", f"{share:.1%}", "≥ 90 %", share >= 0.9)
    if "flow" in what:
        bench.table.goal(f"{what}: cost beside its signatures", f"{1 / share - 1:.1%}", "≤ 10 %", share >= 1 / 1.1)


def saturated(bench):
    """Discovery while tokens are signed as fast as can be; memory before and after."""
    server = bench.server(tenants.small())
    try:
        time.sleep(1)
        rest = server.rss()
        bench.table.goal("resident at rest, MB", f"{rest:.1f}", "≤ 8", rest <= 8)
        seconds = bench.size.saturated
        tokens = Load(server.url, "request.lua", TOKEN, seconds, CONNECTIONS)
        asked = get("/bank/.well-known/openid-configuration", pause=5)
        others = Load(server.url, "request.lua", asked, max(seconds - 1, 1), 4, paced=True).good()
        figures = tokens.good()
        after = server.rss()
        bench.table.load("discovery meanwhile (4 clients, 5 ms apart)", others["requests"] / others["seconds"],
                         milliseconds(others))
        p99 = others["p99"] / 1000
        bench.table.goal("discovery while tokens saturate, p99 ms", f"{p99:.2f}", "< 3", p99 < 3)
        bench.table.goal(f"resident after {seconds} s and {figures['requests']:,} tokens, MB", f"{after:.1f}", "≤ 15",
                         after <= 15)
        server.stop()
    finally:
        server.kill()


def memory(bench):
    """What a live code and a session take."""
    entries = bench.size.entries
    for what, path, wanted in [
        ("codes", "/mint/code", {"app": "bank", "user": "alice@example.com", "redirect_uri": tenants.CALLBACK,
                                 "scope": "openid profile", "nonce": "n-0S6_WzA2Mj"}),
        ("sessions", "/mint/session", {"user": "alice@example.com"}),
    ]:
        server = bench.server(tenants.small())
        try:
            request = ["0", "POST", "/_mock/v1" + path, json.dumps(wanted), "Content-Type: application/json"]
            repeated(server, get("/health"), 1, CONNECTIONS)
            rest = server.rss()
            made = 0
            while made < entries:
                # Counted by the server: wrk is bounded by time only.
                made += repeated(server, request, 1)[0]
            each = (server.rss() - rest) / min(made, 100_000) * 100_000
            say(f"  {made:,} {what}: {each:.1f} MB per 100,000")
            bench.table.goal(f"100,000 live {what}, MB", f"{each:.1f}", "< 40", each < 40)
            server.stop()
        finally:
            server.kill()


def large(bench):
    """Tokens of a tenant that is full, against those of an empty one, in turns."""
    size = bench.size
    empty = bench.server(tenants.large(1, size.apps, 1_200_000))
    full = bench.server(tenants.large(size.users, size.apps, max(size.live * 6 // 5, 2000)))
    try:
        live = fill(full, size.live)
        say(f"  {live:,} live tokens, {full.rss():.0f} MB")
        token = post("/OAuth2/Token/machine{n}", CREDENTIALS.format("machine{n}"))
        for what, request in [("token: client_credentials", token),
                              ("discovery", get("/machine{n}/.well-known/openid-configuration"))]:
            rates, costs = {empty: [], full: []}, {empty: [], full: []}
            for turn in range(size.rounds):
                for server in (empty, full) if turn % 2 else (full, empty):
                    before = server.cpu()
                    count, figures = repeated(server, request, size.turn)
                    rates[server].append(count / figures["seconds"])
                    costs[server].append((server.cpu() - before) / count)
            rate = statistics.median(rates[full]) / statistics.median(rates[empty])
            cost = statistics.median(costs[empty]) / statistics.median(costs[full])
            say(f"  {what}: throughput {rate:.1%}, by processor time {cost:.1%}")
            bench.table.goal(f"{what} with {live:,} live tokens, {size.users:,} users, {size.apps:,} apps: "
                             "throughput, by processor time, against the empty tenant",
                             f"{rate:.1%}, {cost:.1%}", "≥ 95 %", rate >= 0.95)
        empty.stop()
        full.stop()
    finally:
        empty.kill()
        full.kill()


def fill(server, live):
    """Opaque access tokens with refresh tokens, two live tokens an answer: no signatures."""
    request = post("/OAuth2/Token/machine-fill", CREDENTIALS.format("machine-fill"))
    made = 0
    while made < live:
        made += 2 * repeated(server, request, 2)[0]
    return made


def starts(bench):
    """From exec to the first answer of /health, and to the first token."""
    launcher = start.launcher(bench.work)
    token = "grant_type=client_credentials&scope=api&client_id=svc%40example.com&client_secret=svc-secret"
    for what, goal, request in [
        ("health", 5, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("the first token", 15, "POST /OAuth2/PlatformToken HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
         f"application/x-www-form-urlencoded\r\nContent-Length: {len(token)}\r\n\r\n{token}"),
    ]:
        took = [start.measure(launcher, bench, request) for _ in range(bench.size.launches)]
        median = statistics.median(took)
        how = "" if launcher else ", by Python as there is no C compiler"
        bench.table.goal(f"exec to {what}, median of {len(took)}{how}, ms", f"{median:.1f}", f"≤ {goal}", median <= goal)


PARTS = {"limit": limit, "start": starts, "calls": calls, "saturated": saturated, "memory": memory, "large": large}
