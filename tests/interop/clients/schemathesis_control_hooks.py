"""What no schema can say is put right in bodies that are to be accepted: which names there are, which of them
have to be the same, and what is a key. Everything else stays as schemathesis has made it."""

import os
from urllib.parse import quote, unquote

import requests
import schemathesis

CALLBACK = "http://localhost:3000/callback"


@schemathesis.hook
def before_call(context, case, kwargs):
    if not case.meta or not case.meta.generation.mode.is_positive or not isinstance(case.body, dict):
        return
    body = case.body = without_points(case.body)
    path = {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}
    base = case.operation.path.replace("/tenants/{tenant}/", "/")
    root = f"{os.environ['INTEROP_BASE']}/_mock/v1"
    if base != case.operation.path:
        root += f"/tenants/{quote(path['tenant'], safe='')}"
    if base.endswith("/users/{user}"):
        # A profile has to be there, a mechanism needs members, and a UUID is one user's.
        body |= {"name": path["user"], "authentication_profile": None, "challenges": None, "uuid": None}
    elif base.endswith("/roles/{role}"):
        body["name"] = path["role"]
        for member in body.get("members", []):
            put(root, "users", member, {"name": member})
    elif "/keys" in base:
        body.pop("pem", None)
    elif "/mint/" in base:
        if base.endswith("/mint/code"):
            # The other tokens take a redirect URI and a challenge of any form.
            body |= {"user": body.get("user") or "a", "redirect_uri": CALLBACK, "code_challenge": None}
        if "app" in body:
            app = {"application_id": body["app"], "client_id_type": "anything"}
            put(root, "apps", body["app"], app)
        if body.get("user") is not None:
            put(root, "users", body["user"], {"name": body["user"]})


def without_points(value):
    """JSON Schema takes 1.0 for an integer; the mock does not."""
    if isinstance(value, dict):
        return {name: without_points(member) for name, member in value.items()}
    if isinstance(value, list):
        return [without_points(member) for member in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def put(root, kind, name, body):
    """Makes what a body names."""
    requests.put(f"{root}/{kind}/{quote(name, safe='')}", json=body, timeout=30)
