"""What no schema can say is put right in bodies that are to be accepted: which names there are, which of them
have to be the same or to differ, what is a URI and what a key. Everything else stays as schemathesis has made it."""

import os
from urllib.parse import quote, unquote

import requests
import schemathesis

CALLBACK = "http://localhost:3000/callback"

# Every reader of JSON knows numbers up to here.
LARGEST = 10**300

# Members of applications and of their clients that are URIs, or lists of them.
URI_LISTS = ("redirect_uris", "post_logout_redirect_uris", "request_uris")
URIS = ("issuer", "frontchannel_logout_uri", "backchannel_logout_uri")


@schemathesis.hook
def before_call(context, case, kwargs):
    if not case.meta or not case.meta.generation.mode.is_positive or not isinstance(case.body, dict):
        return
    body = case.body = with_plain_numbers(case.body)
    path = {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}
    base = case.operation.path.replace("/tenants/{tenant}/", "/")
    root = f"{os.environ['INTEROP_BASE']}/_mock/v1"
    if base != case.operation.path:
        root += f"/tenants/{quote(path['tenant'], safe='')}"
    if base.endswith("/apps/{app}"):
        application(body, path["app"])
    elif base.endswith("/users/{user}"):
        user(body, path["user"])
    elif base.endswith("/roles/{role}"):
        body["name"] = path["role"]
        for member in body.get("members", []):
            put(root, "users", member, {"name": member})
    elif base.endswith("/snapshot"):
        document(body)
    elif base.endswith("/tenants/{tenant}"):
        document(body.get("document") or {})
        body["hosts"] = [f"h{at}.example" for at, _ in enumerate(body.get("hosts", []))]
    elif "/keys" in base:
        body.pop("pem", None)
    elif "/mint/" in base:
        minted(body, root, is_code=base.endswith("/code"))


def application(app, name):
    app["application_id"] = name
    # Of the clients of an application no two have one id.
    app["clients"] = [client | {"client_id": f"c{at}"} for at, client in enumerate(app.get("clients", []))]
    for client in [app, *app["clients"]]:
        client |= {name: [CALLBACK for _ in client[name]] for name in URI_LISTS if name in client}
        client |= {name: CALLBACK for name in URIS if client.get(name) is not None}
        # The way to authenticate says which fit.
        client.pop("token_endpoint_auth_signing_alg", None)


def user(user, name):
    # A profile has to be there, a mechanism needs members, and a UUID is one user's.
    user |= {"name": name, "authentication_profile": None, "challenges": None, "uuid": None}


def document(document):
    for at, app in enumerate(document.get("apps", [])):
        application(app, f"a{at}")
    for at, each in enumerate(document.get("users", [])):
        user(each, f"u{at}")
    for at, role in enumerate(document.get("roles", [])):
        names = [each["name"] for each in document.get("users", [])]
        role |= {"name": f"r{at}", "members": names if role.get("members") else []}
    authentication = (document.get("tenant") or {}).get("authentication") or {}
    for at, profile in enumerate(authentication.get("profiles", [])):
        profile["name"] = f"p{at}"
    authentication.pop("default_profile", None)


def minted(body, root, is_code):
    if is_code:
        # Of other tokens these may have any form.
        body |= {"user": body.get("user") or "a", "redirect_uri": CALLBACK, "code_challenge": None}
    if "app" in body:
        put(root, "apps", body["app"], {"application_id": body["app"], "client_id_type": "anything"})
    if body.get("user") is not None:
        put(root, "users", body["user"], {"name": body["user"]})


def with_plain_numbers(value):
    """JSON Schema takes 1.0 for an integer and numbers of any length; the mock does not."""
    if isinstance(value, dict):
        return {name: with_plain_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_plain_numbers(member) for member in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 63:
        return int(value)
    return 0 if isinstance(value, int) and abs(value) > LARGEST else value


def put(root, kind, name, body):
    """Makes what a body names."""
    requests.put(f"{root}/{kind}/{quote(name, safe='')}", json=body, timeout=30)
