"""How a client tells what it did: one line a step on standard output, the whole story on standard error."""

import contextlib
import sys
import traceback


@contextlib.contextmanager
def step(name):
    try:
        yield
    except Exception as error:
        traceback.print_exc()
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print(f"failed {name}: {reason}", flush=True)
    else:
        print(f"passed {name}", flush=True)
    sys.stderr.flush()
