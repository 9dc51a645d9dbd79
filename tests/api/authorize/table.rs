//! Every response type × response mode × policy × PKCE for a signed-in user: the exact parameters,
//! their place and order, every hash, and the code's redemption.

use std::fmt;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::Value;

use super::ask::{Change, ask};
use super::landing::{Landing, Place, is_opaque_id, object_moved, outcome};
use crate::harness::{Answer, CALLBACK, Jwt, Mock, Setup, half_hash};

/// The pair of RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// One response type.
struct Kind {
    /// Ways to write it.
    sent: &'static [&'static str],
    /// The product's `responseType`.
    list: &'static str,
    /// Names of the response under the product's policy.
    product: &'static [&'static str],
    /// Names of the response under the specifications, without the `iss` at its end.
    strict: &'static [&'static str],
}

/// OpenID Connect Core §3.3.2.5; order and additions of the product as its API description has them.
const KINDS: [Kind; 6] = [
    Kind {
        sent: &["code"],
        list: "code",
        product: &["state", "responseType", "code"],
        strict: &["state", "code"],
    },
    Kind {
        sent: &["id_token"],
        list: "id_token",
        product: &["state", "responseType", "id_token", "scope"],
        strict: &["state", "id_token"],
    },
    Kind {
        sent: &["id_token token", "token id_token", "id_token,token"],
        list: "id_token, token",
        product: &[
            "state",
            "responseType",
            "access_token",
            "token_type",
            "expires_in",
            "id_token",
            "scope",
        ],
        strict: &["state", "access_token", "token_type", "expires_in", "id_token", "scope"],
    },
    Kind {
        sent: &["code id_token", "id_token code"],
        list: "code, id_token",
        product: &["state", "responseType", "code", "id_token", "scope"],
        strict: &["state", "code", "id_token"],
    },
    Kind {
        sent: &["code token", "token code"],
        list: "code, token",
        product: &[
            "state",
            "responseType",
            "code",
            "access_token",
            "token_type",
            "expires_in",
            "scope",
        ],
        strict: &["state", "code", "access_token", "token_type", "expires_in", "scope"],
    },
    Kind {
        sent: &["code id_token token", "code token id_token", "token id_token code"],
        list: "code, id_token, token",
        product: &[
            "state",
            "responseType",
            "code",
            "access_token",
            "token_type",
            "expires_in",
            "id_token",
            "scope",
        ],
        strict: &["state", "code", "access_token", "token_type", "expires_in", "id_token", "scope"],
    },
];

const MODES: [Option<&str>; 4] = [None, Some("query"), Some("fragment"), Some("form_post")];

struct Case {
    kind: &'static Kind,
    sent: &'static str,
    mode: Option<&'static str>,
    pkce: bool,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = self.mode.unwrap_or("no mode");
        write!(f, "{:?}, {mode}, {}", self.sent, if self.pkce { "PKCE" } else { "no PKCE" })
    }
}

impl Case {
    fn has_token(&self) -> bool {
        self.sent != "code"
    }

    /// `None` when tokens would go into the query.
    fn place(&self) -> Option<Place> {
        match self.mode {
            None if self.has_token() => Some(Place::Fragment),
            None => Some(Place::Query),
            Some("query") => (!self.has_token()).then_some(Place::Query),
            Some("fragment") => Some(Place::Fragment),
            Some(_) => Some(Place::Form),
        }
    }
}

struct Walk {
    mock: Mock,
    session: String,
    keys: Value,
    strict: bool,
}

#[test]
fn every_type_and_mode_is_answered_as_the_product_does() {
    Walk::start(Policy::cyberark()).every_case();
}

#[test]
fn every_type_and_mode_is_answered_as_the_specifications_demand() {
    Walk::start(Policy::strict()).every_case();
}

impl Walk {
    fn start(policy: Policy) -> Self {
        let mock = Setup { policy, ..Setup::default() }.start();
        let session = mock.alice();
        let keys = mock.get("/OAuth2/Keys/bank").json();
        Self { mock, session, keys, strict: policy == Policy::strict() }
    }

    fn every_case(&self) {
        for kind in &KINDS {
            for sent in kind.sent {
                for mode in MODES {
                    for pkce in [true, false] {
                        self.check(&Case { kind, sent, mode, pkce });
                    }
                }
            }
        }
    }

    fn check(&self, case: &Case) {
        let answer = self.ask(case);
        let place = match (case.place(), self.strict) {
            (Some(place), _) => place,
            // CyberArk: undocumented; the mode that belongs to the type is taken.
            (None, false) => Place::Fragment,
            (None, true) => {
                let refused = "#error=invalid_request&error_description=response_mode query cannot \
                               carry tokens&state=a b&c&iss=/bank/";
                assert_eq!(outcome(&answer), refused, "{case}");
                return;
            }
        };
        let landing = Landing::of(&answer);
        assert_eq!((landing.place, landing.target.as_str()), (place, CALLBACK), "{case}");
        let iss = self.strict.then(|| self.mock.issuer("bank"));
        let mut names = if self.strict { case.kind.strict } else { case.kind.product }.to_vec();
        names.extend(iss.is_some().then_some("iss"));
        assert_eq!(landing.names(), names, "{case}");
        check_bytes(case, &answer, &landing);
        check_values(case, &landing);
        assert_eq!(landing.get("iss"), iss.as_deref(), "{case}");
        self.check_id_token(case, &landing);
        self.check_access_token(case, &landing);
        self.check_redemption(case, &landing);
    }

    fn ask(&self, case: &Case) -> Answer {
        let challenge = case.pkce.then_some(CHALLENGE);
        let changes: [Change; 6] = [
            ("response_type", Some(case.sent)),
            ("response_mode", case.mode),
            ("state", Some("a b&c")),
            ("nonce", Some("n-0S6")),
            ("code_challenge", challenge),
            ("code_challenge_method", challenge.map(|_| "S256")),
        ];
        ask(&self.mock, Some(&self.session), &changes)
    }

    fn check_id_token(&self, case: &Case, landing: &Landing) {
        let Some(id_token) = landing.get("id_token") else { return };
        let (code, access_token) = (landing.get("code"), landing.get("access_token"));
        let mut names = vec!["auth_time", "iss", "iat", "aud"];
        names.extend((!self.strict).then_some("unique_name"));
        names.extend(["exp", "sub", "nonce"]);
        names.extend(access_token.map(|_| "at_hash"));
        names.extend(code.map(|_| "c_hash"));
        if !self.strict || (code, access_token) == (None, None) {
            names.extend(["given_name", "name", "family_name", "preferred_username"]);
        }
        let claims = Jwt::verified(id_token, &self.keys);
        assert_eq!(claims.names(), names, "{case}");
        let text = |name: &str| claims.claims[name].as_str().map(str::to_owned);
        assert_eq!(text("at_hash"), access_token.map(half_hash), "{case}");
        assert_eq!(text("c_hash"), code.map(half_hash), "{case}");
        assert_eq!(text("nonce").as_deref(), Some("n-0S6"), "{case}");
        assert_eq!(text("aud").as_deref(), Some("bank-client"), "{case}");
        assert_eq!(text("iss"), Some(self.mock.issuer("bank")), "{case}");
    }

    fn check_access_token(&self, case: &Case, landing: &Landing) {
        let Some(access_token) = landing.get("access_token") else { return };
        let access_token = Jwt::verified(access_token, &self.keys);
        let names = "auth_time iss iat aud unique_name exp sub nonce scope app_id jti";
        assert_eq!(access_token.names().join(" "), names, "{case}");
        assert_eq!(access_token.claims["scope"], "openid profile", "{case}");
        assert_eq!(access_token.claims["app_id"], "bank", "{case}");
    }

    /// The code redeems with its verifier, and only with it.
    fn check_redemption(&self, case: &Case, landing: &Landing) {
        let Some(code) = landing.get("code") else { return };
        let mismatch = (400, "invalid_grant".to_owned(), "challenge mismatch".to_owned());
        let (wrong, right): (&[_], &[_]) = if case.pkce {
            (&[], &[("code_verifier", VERIFIER)])
        } else {
            (&[("code_verifier", VERIFIER)], &[])
        };
        assert_eq!(self.mock.exchange(code, wrong).error(), mismatch, "{case}");
        let answer = self.mock.exchange(code, right);
        assert_eq!(answer.status, 200, "{case}: {answer:?}");
        let tokens = answer.json();
        let id_token = Jwt::verified(tokens["id_token"].as_str().expect("an ID token"), &self.keys);
        let access_token = tokens["access_token"].as_str().expect("an access token");
        assert_eq!(id_token.claims["at_hash"], half_hash(access_token), "{case}");
        assert_eq!(id_token.claims["nonce"], "n-0S6", "{case}");
    }
}

/// The redirect, byte for byte: percent-encoded, spaces as `%20`, and the body with the same link.
fn check_bytes(case: &Case, answer: &Answer, landing: &Landing) {
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{case}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
    let separator = match landing.place {
        Place::Query => '?',
        Place::Fragment => '#',
        Place::Form => return,
    };
    let encode = |text: &str| {
        let escapes = [('&', "%26"), (',', "%2C"), (' ', "%20"), (':', "%3A"), ('/', "%2F")];
        escapes.iter().fold(text.to_owned(), |text, (plain, code)| text.replace(*plain, code))
    };
    let pairs: Vec<String> = landing
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    let location = format!("{CALLBACK}{separator}{}", pairs.join("&"));
    assert_eq!(answer.location(), location, "{case}");
    assert_eq!(answer.body, object_moved(&location), "{case}");
}

fn check_values(case: &Case, landing: &Landing) {
    let fixed = [
        ("state", "a b&c"),
        ("responseType", case.kind.list),
        ("token_type", "Bearer"),
        ("expires_in", "18000"),
        ("scope", "openid profile"),
    ];
    for (name, value) in fixed {
        if landing.names().contains(&name) {
            assert_eq!(landing.get(name), Some(value), "{case}: {name}");
        }
    }
    if let Some(code) = landing.get("code") {
        assert!(is_opaque_id(code), "{case}: {code}");
    }
}
