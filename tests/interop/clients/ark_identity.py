"""ark-sdk-python, CyberArk's own SDK: users, factors, service users, and how it finds its tenant."""

import contextlib
import os
import threading
import urllib.parse

import requests
from ark_sdk_python.auth import ArkISPAuth
from ark_sdk_python.auth.identity.ark_identity import ArkIdentity
from ark_sdk_python.auth.identity.ark_identity_service_user import ArkIdentityServiceUser
from ark_sdk_python.common import ArkSystemConfig
from ark_sdk_python.models import ArkException
from ark_sdk_python.models.auth import (
    ArkAuthMethod,
    ArkAuthProfile,
    ArkSecret,
    IdentityArkAuthMethodSettings,
    IdentityServiceUserArkAuthMethodSettings,
)

import detour
import outbox
from steps import step
from terminal import Terminal

BASE = os.environ["INTEROP_BASE"]
PLATFORM = "__idaptive_cybr_user_oidc"
TWO_FACTORS = ("dana@example.com", "dana-password")

ArkSystemConfig.disable_interactive()


def user(name="alice@example.com", password="alice-password", url=BASE, **settings):
    return ArkIdentity(name, password, identity_url=url, cache_authentication=False, **settings)


def vendor_hosts():
    """Lets the SDK call the hosts that it derives by itself."""
    address = urllib.parse.urlsplit(BASE)
    return detour.every_host_is((address.hostname, address.port))


def bearer(token):
    def sign(request):
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


with step("user login"):
    identity = user()
    identity.auth_identity()
    assert identity.session_details.summary == "LoginSuccess"
    answer = identity.session.post(f"{BASE}/Security/WhoAmI").json()
    assert answer["Result"]["User"] == "alice@example.com", answer

with step("user login, by the authenticator of the platform"):
    settings = IdentityArkAuthMethodSettings(identity_url=BASE, identity_mfa_interactive=False)
    profile = ArkAuthProfile(
        username="alice@example.com", auth_method=ArkAuthMethod.Identity, auth_method_settings=settings
    )
    token = ArkISPAuth(cache_authentication=False).authenticate(
        auth_profile=profile, secret=ArkSecret(secret="alice-password")
    )
    assert token.endpoint == BASE, token.endpoint
    assert token.refresh_token, "no refresh token"

with step("wrong password"):
    try:
        user(password="wrong").auth_identity()
    except ArkException as error:
        assert "failed" in str(error), error
    else:
        raise AssertionError("was accepted")

with step("token refresh"):
    identity = user()
    identity.auth_identity()
    before, refresh = identity.session_token, identity.session_details.refresh_token
    identity.refresh_auth_identity()
    assert identity.session_token != before, "the same token"
    assert identity.session_details.refresh_token != refresh, "the same refresh token"
    answer = requests.post(f"{BASE}/Security/WhoAmI", auth=bearer(identity.session_token)).json()
    assert answer["Result"]["User"] == "alice@example.com", answer

with step("e-mail factor, the link of the message"):
    known = outbox.ids(BASE, TWO_FACTORS[0])
    identity = user(*TWO_FACTORS, mfa_type="email")
    login = threading.Thread(target=identity.auth_identity, daemon=True)
    login.start()
    message = outbox.wait(BASE, TWO_FACTORS[0], "EMAIL", known)
    assert requests.get(message["link"]).ok
    login.join(15)
    assert identity.session_token, "not signed in"

for factor in ("email", "sms"):
    with step(f"{factor} factor, the code typed at the SDK's prompt"):
        known = outbox.ids(BASE, TWO_FACTORS[0])
        terminal = Terminal("ark_prompt.py", *TWO_FACTORS, factor)
        with contextlib.closing(terminal):
            terminal.expect("pick one of the following")
            terminal.type("")
            message = outbox.wait(BASE, TWO_FACTORS[0], factor.upper(), known)
            terminal.expect("code to authenticate|Enter the code")
            terminal.type(message["code"])
            terminal.expect(r"signed in as (\S+)")
            assert terminal.matched(1) == TWO_FACTORS[0], terminal.matched(1)

with step("service user"):
    service = ArkIdentityServiceUser(
        "svc@example.com", "svc-secret", PLATFORM, identity_url=BASE, cache_authentication=False
    )
    service.auth_identity()
    assert service.session_token, "no token"

with step("service user, wrong secret"):
    try:
        ArkIdentityServiceUser(
            "svc@example.com", "wrong", PLATFORM, identity_url=BASE, cache_authentication=False
        ).auth_identity()
    except ArkException:
        pass
    else:
        raise AssertionError("was accepted")

with step("tenant discovery by suffix, user"), vendor_hosts():
    identity = user(url=None)
    identity.auth_identity()
    assert identity.session_token, "not signed in"

with step("tenant discovery by suffix, service user, by the authenticator of the platform"), vendor_hosts():
    settings = IdentityServiceUserArkAuthMethodSettings(identity_authorization_application=PLATFORM)
    profile = ArkAuthProfile(
        username="svc@example.com", auth_method=ArkAuthMethod.IdentityServiceUser, auth_method_settings=settings
    )
    token = ArkISPAuth(cache_authentication=False).authenticate(
        auth_profile=profile, secret=ArkSecret(secret="svc-secret")
    )
    assert token.token.get_secret_value(), "no token"

with step("no identity provider, a password is asked"):
    assert not ArkIdentity.is_idp_user("alice@example.com", BASE, None)
    assert ArkIdentity.is_password_required("alice@example.com", BASE, None)
