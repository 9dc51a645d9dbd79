"""Authlib, in the web application that its documentation shows for Flask."""

import os

from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, jsonify, url_for

from browser import Browser
from steps import step

BASE = os.environ["INTEROP_BASE"]
SCOPE = "openid profile email"

site = Flask(__name__)
site.secret_key = "for tests"
site.testing = True
oauth = OAuth(site)
browser = Browser(BASE, "alice@example.com", "alice-password")


def register(name, app, **settings):
    secret = {"client_secret": "bank-secret"} if app == "bank" else {}
    oauth.register(
        name,
        client_id=f"{app}-client",
        server_metadata_url=f"{BASE}/{app}/.well-known/openid-configuration",
        **secret,
        client_kwargs={"scope": SCOPE, **settings},
    )


register("basic", "bank")
register("form", "bank", token_endpoint_auth_method="client_secret_post")
register("pkce", "bank", code_challenge_method="S256")
register("public", "spa", code_challenge_method="S256", token_endpoint_auth_method="none")
register("form_post", "bank", response_mode="form_post")


@site.get("/login/<name>")
def login(name):
    callback = url_for("callback", name=name, _external=True)
    mode = {"response_mode": "form_post"} if name == "form_post" else {}
    return oauth.create_client(name).authorize_redirect(callback, **mode)


@site.route("/callback/<name>", methods=["GET", "POST"])
def callback(name):
    return jsonify(oauth.create_client(name).authorize_access_token())


def sign_in(name):
    """The token that the application gets, with what its library read in the ID token."""
    visitor = site.test_client()
    redirect = visitor.get(f"/login/{name}", base_url="http://localhost:3000")
    arrival = browser.follow(redirect.headers["Location"])
    if isinstance(arrival, tuple):
        # A browser would not bring the site's cookie along with a form of another site, unless the
        # site asked for that; the test client always brings it.
        answer = visitor.post(arrival[0], data=arrival[1])
    else:
        answer = visitor.get(arrival)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


for name in ("basic", "form", "pkce", "public", "form_post"):
    with step(f"code, {name}, ID token checked"):
        user = sign_in(name)["userinfo"]
        assert user["iss"].startswith(BASE), user

with step("userinfo"):
    token = sign_in("basic")
    with site.app_context():
        user = oauth.basic.userinfo(token=token)
    assert user["email"] == "alice@example.com", user

with step("refresh"):
    token = sign_in("basic")
    session = OAuth2Session("bank-client", "bank-secret", scope=SCOPE, token=token)
    session.refresh_token(f"{BASE}/OAuth2/Token/bank")
    assert session.get(f"{BASE}/OAuth2/UserInfo/bank").json()["sub"] == token["userinfo"]["sub"]

with step("expired token refreshed by the library"):
    token = sign_in("basic")
    with site.app_context():
        expired = {**token, "expires_at": 1}
        answer = oauth.basic.get(f"{BASE}/OAuth2/UserInfo/bank", token=expired)
        assert answer.status_code == 200, answer.text

with step("end session"):
    token = sign_in("basic")
    with site.app_context():
        logout = oauth.basic.create_logout_url(
            post_logout_redirect_uri="http://localhost:3000/bye", id_token_hint=token["id_token"]
        )
    end = browser.follow(logout["url"])
    assert end == f"http://localhost:3000/bye?state={logout['state']}", end
