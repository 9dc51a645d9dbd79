"""schemathesis: calls every operation of the control API as its OpenAPI document describes it, and wrongly."""

import os
import pathlib
import re
import subprocess
import sys

from steps import step

BASE = os.environ["INTEROP_BASE"]
PROGRAM = pathlib.Path(sys.executable).with_name("schemathesis")
HOOKS = pathlib.Path(__file__).with_name("schemathesis_control_hooks.py")
OPTIONS = (
    # The same cases each time.
    *("--seed", "1", "--max-examples", "3", "--phases", "coverage,fuzzing", "--no-color"),
    # It waits, as it should.
    *("--exclude-path-regex", "/journal/wait$"),
)

run = subprocess.run(
    [PROGRAM, "run", f"{BASE}/_mock/openapi.json", *OPTIONS],
    # It keeps notes in the folder where it runs.
    cwd=os.environ["INTEROP_FOLDER"],
    env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)},
    capture_output=True,
    text=True,
    check=False,
)
print(run.stdout, run.stderr, file=sys.stderr)

with step("every operation answers as the OpenAPI document tells, and nothing makes it fail"):
    tested = re.search(r"Tested: (\d+)", run.stdout)
    assert tested and int(tested[1]) > 50, f"operations tested: {tested and tested[1]}"
    failures = re.findall(r"^- (ST\d+ .*)$", run.stdout, re.MULTILINE)
    assert run.returncode == 0, "; ".join(sorted(set(failures))) or f"exit code {run.returncode}"
