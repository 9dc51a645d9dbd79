"""The user's mailbox: what the server would have sent by mail or as a text."""

import time
import urllib.parse

import requests


def wait(base, user, mechanism, known=()):
    """The newest message to `user` that is none of `known`."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        messages = requests.get(f"{base}/_mock/outbox?user={urllib.parse.quote(user)}").json()
        new = [m for m in messages if m["mechanism"] == mechanism and m["id"] not in known]
        if new:
            return new[0]
        time.sleep(0.1)
    raise AssertionError(f"no {mechanism} to {user}")


def ids(base, user):
    messages = requests.get(f"{base}/_mock/outbox?user={urllib.parse.quote(user)}").json()
    return {message["id"] for message in messages}
