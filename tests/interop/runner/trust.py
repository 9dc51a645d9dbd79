"""Trust in the server's certificate authority, for a browser: the list that Chromium keeps in its home."""

import shutil

import install


def teach_browser(folder, ca):
    if not shutil.which("certutil"):
        raise install.Missing("no certutil to tell Chromium of the certificate authority")
    database = folder / "home" / ".pki" / "nssdb"
    shutil.rmtree(database, ignore_errors=True)
    database.mkdir(parents=True)
    certutil = ["certutil", "-d", f"sql:{database}"]
    install.command("certutil makes no list", [*certutil, "-N", "--empty-password"])
    install.command("certutil takes no certificate", [*certutil, "-A", "-t", "C,,", "-n", "mock", "-i", str(ca)])
