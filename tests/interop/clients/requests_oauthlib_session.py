"""requests-oauthlib: the grants that its OAuth2Session knows."""

import os

from oauthlib.oauth2 import MobileApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from browser import Browser
from steps import step

BASE = os.environ["INTEROP_BASE"]
CALLBACK = "http://localhost:3000/callback"
SCOPE = ["openid", "profile", "email"]
AUTHORIZE, TOKEN, USERINFO = (f"{BASE}/OAuth2/{name}" for name in ("Authorize", "Token", "UserInfo"))

# The library's own switch for a callback (and a server) that speaks http.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

browser = Browser(BASE, "alice@example.com", "alice-password")


def sign_in(app="bank", pkce=None, **credentials):
    session = OAuth2Session(f"{app}-client", redirect_uri=CALLBACK, scope=SCOPE, pkce=pkce)
    url, _ = session.authorization_url(f"{AUTHORIZE}/{app}", nonce="n-0S6")
    session.fetch_token(f"{TOKEN}/{app}", authorization_response=browser.follow(url), **credentials)
    return session


with step("code, secret by Basic"):
    sign_in(client_secret="bank-secret")

with step("code, secret in the form"):
    sign_in(client_secret="bank-secret", include_client_id=True)

with step("code with PKCE"):
    sign_in(pkce="S256", client_secret="bank-secret")

with step("code with PKCE, public client"):
    sign_in("spa", pkce="S256", include_client_id=True)

with step("wrong secret refused"):
    try:
        sign_in(client_secret="wrong")
    except OAuth2Error as error:
        expected = "invalid_client" if os.environ["INTEROP_POLICY"] == "strict" else "access_denied"
        assert error.error == expected, error
    else:
        raise AssertionError("was accepted")

with step("userinfo"):
    user = sign_in(client_secret="bank-secret").get(f"{USERINFO}/bank").json()
    assert user["email"] == "alice@example.com", user

with step("refresh"):
    session = sign_in(client_secret="bank-secret")
    session.refresh_token(f"{TOKEN}/bank", auth=HTTPBasicAuth("bank-client", "bank-secret"))
    assert session.get(f"{USERINFO}/bank").status_code == 200

with step("expired token refreshed by the library"):
    token = sign_in(client_secret="bank-secret").token
    told = []
    session = OAuth2Session(
        "bank-client",
        token={**token, "expires_at": 1},
        auto_refresh_url=f"{TOKEN}/bank",
        auto_refresh_kwargs={"client_id": "bank-client", "client_secret": "bank-secret"},
        token_updater=told.append,
    )
    assert session.get(f"{USERINFO}/bank").status_code == 200
    assert len(told) == 1, told

with step("implicit, id_token token"):
    client = MobileApplicationClient("bank-client")
    client.response_type = "id_token token"
    session = OAuth2Session(client=client, redirect_uri=CALLBACK, scope=SCOPE)
    url, _ = session.authorization_url(f"{AUTHORIZE}/bank", nonce="n-0S6")
    session.token_from_fragment(browser.follow(url))
    assert session.get(f"{USERINFO}/bank").status_code == 200
