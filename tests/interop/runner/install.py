"""The clients' libraries, in a folder of their own, and the tools found on the machine."""

import concurrent.futures
import dataclasses
import hashlib
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parents[1]
OLDEST_NODE = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE = 300


class Missing(Exception):
    """Why a client cannot run here."""


@dataclasses.dataclass(frozen=True)
class Tools:
    """For each need of a client the command that meets it, or why there is none."""

    found: dict
    missing: dict


def prepare(folder, needs):
    """Looks for the tools, and installs the libraries side by side unless they are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = {"python": python, "node": node, "browser": browser}
    found, missing = {}, {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        started = {need: pool.submit(makers[need], folder) for need in sorted(needs)}
    for need, future in started.items():
        try:
            found[need] = future.result()
        except Missing as reason:
            missing[need] = str(reason)
    return Tools(found, missing)


def python(folder):
    """The interpreter of a virtual environment that holds the Python clients."""
    home = folder / "python"
    interpreter = home / "bin" / "python"
    pins = [HERE / "requirements.txt", HERE / "constraints.txt"]
    if not fresh(home, pins):
        shutil.rmtree(home, ignore_errors=True)
        command("python3 makes no virtual environment", ["python3", "-m", "venv", str(home)])
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command("pip installs nothing", [*pip, "-r", str(pins[0]), "-c", str(pins[1])])
        stamp(home, pins)
    return [str(interpreter), "-B"]


def node(folder):
    """Node; the clients written for it go to `node/node_modules`, and their scripts beside them."""
    words = node_command()
    home = folder / "node"
    pins = [HERE / "package.json", HERE / "package-lock.json"]
    if not fresh(home, pins):
        if not shutil.which("npm"):
            raise Missing("no npm")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for pin in pins:
            shutil.copy(pin, home)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
        command("npm installs nothing", ["npm", "ci", *quiet], cwd=home)
        stamp(home, pins)
    shutil.copytree(HERE / "clients", home / "clients", dirs_exist_ok=True)
    return words


def node_command():
    program = shutil.which("node")
    if program is None:
        raise Missing("no node")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        raise Missing(f"node is {version.strip() or 'broken'}, {OLDEST_NODE} is needed")
    # Before 20 the Web Cryptography API is there only when asked for.
    return [program, "--experimental-global-webcrypto"] if int(major[1]) < 20 else [program]


def browser(_folder):
    for name in BROWSERS:
        program = shutil.which(name)
        if program is not None:
            return [program]
    raise Missing("no Chromium")


def trust(folder, ca, tools):
    """Puts the server's certificate authority into the list that Chromium keeps in its home."""
    database = folder / "home" / ".pki" / "nssdb"
    certutil = ["certutil", "-d", f"sql:{database}"]
    try:
        if not shutil.which("certutil"):
            raise Missing("no certutil to tell Chromium of the certificate authority")
        shutil.rmtree(database, ignore_errors=True)
        database.mkdir(parents=True)
        command("certutil makes no list", [*certutil, "-N", "--empty-password"])
        command("certutil takes no certificate", [*certutil, "-A", "-t", "C,,", "-n", "mock", "-i", str(ca)])
    except Missing as reason:
        tools.missing["trust"] = str(reason)


def command(complaint, words, cwd=None):
    try:
        done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise Missing(f"{complaint}: not done after {PATIENCE} seconds") from None
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise Missing(f"{complaint}: {lines[-1]}")


def digest(pins):
    return hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()


def fresh(home, pins):
    mark = home / "installed"
    return mark.exists() and mark.read_text() == digest(pins)


def stamp(home, pins):
    (home / "installed").write_text(digest(pins))
