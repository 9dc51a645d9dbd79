"""The tenants that are measured, as fixture documents."""

CALLBACK = "http://localhost:3000/callback"
SECRET = "bench-secret"


def bank():
    """The application of the code flow, as the built-in tenant has it."""
    return {
        "application_id": "bank",
        "client_id": "bank-client",
        "client_secret": "bank-secret",
        "redirect_uris": ["http://localhost:*/*"],
        "issue_refresh_tokens": True,
    }


def machine(number=None, **more):
    """An application that gives tokens for its own credentials."""
    name = "machine" if number is None else f"machine{number}"
    return {
        "application_id": name,
        "type": "oauth2_server",
        "client_id": f"{name}-client",
        "client_secret": SECRET,
        "allowed_auth": ["ClientCreds"],
        "scopes": [{"name": "stock:read"}],
        **more,
    }


def alice():
    return {"name": "alice@example.com", "display_name": "Alice Adams", "mail": "alice@example.com",
            "password": "alice-password"}


def small(**settings):
    """Two applications and one user."""
    return {"tenant": settings, "users": [alice()], "apps": [bank(), machine()]}


def large(users, apps, live):
    """Many users and applications, and room for as many live tokens."""
    more = [{"name": f"user{n}@example.com", "display_name": f"User {n}", "mail": f"user{n}@example.com",
             "password": "password", "roles": [f"role{n % 50}"]} for n in range(users)]
    return {
        "tenant": {"live_limit": live},
        "users": [alice(), *more],
        "apps": [
            bank(),
            # Tokens that cost no signature, two an answer: to fill the tenant with.
            machine("-fill", token_type="opaque", issue_refresh_tokens=True),
            *(machine(number) for number in range(apps)),
        ],
    }
