"""A sign-in with ark-sdk-python at a terminal: name, password and factor are the arguments."""

import os
import sys

from ark_sdk_python.auth.identity.ark_identity import ArkIdentity

name, password, factor = sys.argv[1:]
identity = ArkIdentity(
    name, password, identity_url=os.environ["INTEROP_BASE"], mfa_type=factor, cache_authentication=False
)
identity.auth_identity(interactive=True)
answer = identity.session.post(f"{os.environ['INTEROP_BASE']}/Security/WhoAmI").json()
print(f"signed in as {answer['Result']['User']}")
