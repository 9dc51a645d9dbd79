"""Installs the clients, starts the servers, runs each client in a process of its own, and counts."""

import argparse
import contextlib
import pathlib
import subprocess
import sys

import clients
import install
import mock
from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[3]


def arguments():
    parser = argparse.ArgumentParser(prog="tests/interop/run", description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, help="the server; without it `cargo build` makes one")
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=ROOT / "target" / "interop",
        help="where clients, logs and screenshots go (default: target/interop)",
    )
    parser.add_argument("--only", action="append", metavar="CLIENT", help="run this client alone; may be repeated")
    return parser.parse_args()


def built():
    """The path of a fresh debug build, as cargo tells it."""
    command = ["cargo", "build", "--locked", "--message-format", "json-render-diagnostics"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return mock.executable_of(output)


def main():
    options = arguments()
    folder = options.folder.resolve()
    wanted = [client for client in clients.ALL if not options.only or client.name in options.only]
    unknown = set(options.only or []) - {client.name for client in wanted}
    if unknown:
        known = ", ".join(client.name for client in clients.ALL)
        sys.exit(f"no such client: {', '.join(sorted(unknown))}; there are {known}")
    binary = options.binary.resolve() if options.binary else built()
    tools = install.prepare(folder, {need for client in wanted for need in client.needs})
    report = Report()
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(mock.serve(binary, policy, folder)) for policy in clients.POLICIES]
        if "browser" in tools.found:
            install.trust(folder, servers[0].ca, tools)
        clients.run(wanted, servers, tools, folder, report)
    print(report.summary())
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
