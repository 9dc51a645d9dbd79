"""An application that signs its users in with OpenID Connect, by the standard library alone.

It shows the code flow; an application that means it uses a library. See compose.yaml.
"""

import base64
import hashlib
import json
import os
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

ISSUER = os.environ["ISSUER"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
PORT = int(os.environ.get("PORT", "3000"))
CALLBACK = f"http://localhost:{PORT}/callback"

# Sign-ins under way: state to code verifier.
waiting = {}


def ask(request):
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)


def metadata():
    document = ask(ISSUER + ".well-known/openid-configuration")
    if document["issuer"] != ISSUER:
        raise ValueError(f"the issuer is {document['issuer']}, expected {ISSUER}")
    return document


def sign_in_url():
    state, verifier = secrets.token_urlsafe(), secrets.token_urlsafe(48)
    waiting[state] = verifier
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return metadata()["authorization_endpoint"] + "?" + urlencode({
        "client_id": CLIENT_ID,
        "response_type": "code",
        "scope": "openid profile email",
        "redirect_uri": CALLBACK,
        "state": state,
        "nonce": secrets.token_urlsafe(),
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    })


def user_of(code, verifier):
    server = metadata()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code_verifier": verifier,
    }
    tokens = ask(Request(server["token_endpoint"], urlencode(form).encode()))
    bearer = {"Authorization": "Bearer " + tokens["access_token"]}
    return ask(Request(server["userinfo_endpoint"], headers=bearer))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        sent = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/":
            self.redirect(sign_in_url())
        elif url.path == "/callback":
            verifier = waiting.pop(sent.get("state"), None)
            if verifier is None or "code" not in sent:
                self.answer(400, sent)
            else:
                self.answer(200, user_of(sent["code"], verifier))
        else:
            self.answer(404, {})

    def redirect(self, url):
        self.send_response(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status, value):
        body = json.dumps(value, indent=2).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


print(f"listening at http://localhost:{PORT}")
ThreadingHTTPServer(("", PORT), Handler).serve_forever()
