"""The part of the user's browser, for clients that run outside of one.

Follows an authorization URL, signs in where the login page would, and stops at the client's callback.
"""

import html
import re
import urllib.parse

import requests


class Browser:
    def __init__(self, base, user, password):
        self.base = base
        self.user = user
        self.password = password
        self.session = requests.Session()
        # Sent by hand: the session cookie is marked Secure, and some servers under test speak http.
        self.cookie = ""

    def follow(self, start):
        """The URL of the callback with all that it brings, or `(action, fields)` of a form to be posted."""
        url = start
        for _ in range(10):
            if not url.startswith(f"{self.base}/"):
                return url
            parts = urllib.parse.urlsplit(url)
            if parts.path == "/login":
                self._sign_in()
                url = f"{self.base}/{urllib.parse.parse_qs(parts.query)['cloudRedirect'][0]}"
            answer = self.session.get(url, headers={"Cookie": self.cookie}, allow_redirects=False)
            if "Location" not in answer.headers:
                return form(answer)
            url = urllib.parse.urljoin(url, answer.headers["Location"])
        raise AssertionError(f"too many redirects, the last to {url}")

    def _sign_in(self):
        package = self._call("StartAuthentication", {"User": self.user, "Version": "1.0"})
        mechanism = package["Challenges"][0]["Mechanisms"][0]["MechanismId"]
        answer = {"MechanismId": mechanism, "Action": "Answer", "Answer": self.password}
        self._call("AdvanceAuthentication", {"SessionId": package["SessionId"], **answer})

    def _call(self, operation, body):
        answer = self.session.post(f"{self.base}/Security/{operation}", json=body)
        cookie = answer.headers.get("Set-Cookie", "").split(";")[0]
        self.cookie = cookie or self.cookie
        envelope = answer.json()
        assert envelope["success"], f"{operation}: {envelope['Message']}"
        return envelope["Result"]


def form(answer):
    action = re.search(r'<form id="form-post" method="post" action="([^"]*)"', answer.text)
    assert action, f"the browser stays at a page, status {answer.status_code}: {answer.text[:300]}"
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    return html.unescape(action[1]), {name: html.unescape(value) for name, value in fields}
