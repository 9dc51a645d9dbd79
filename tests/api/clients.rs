//! Several clients of one application, each with credentials and redirect URIs of its own.

mod fixture;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::end_session::front_channel::frames;
use crate::harness::{Answer, CALLBACK, ClientKeys, Mock, Setup, hs256, text};

const WEB_CALLBACK: &str = "https://web.example/callback";
const FORM_CALLBACK: &str = "https://form.example/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An application `shop` whose own client is confidential, with these further clients.
fn shop(policy: Policy, clients: &Value) -> Mock {
    let shop = json!({
        "application_id": "shop",
        "client_id": "shop-client",
        "client_secret": "shop-secret",
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": ["http://localhost:3000/out"],
        "allowed_auth": ["AuthorizationCode", "Implicit", "ClientCreds"],
        "issue_refresh_tokens": true,
        "clients": clients,
    });
    Setup { policy, ..Setup::default() }.with(&json!({ "apps": [shop] })).start()
}

/// `web` (any way with its secret) and `form` (its secret in the form only).
fn two() -> Value {
    json!([
        {
            "client_id": "web", "client_secret": "web-secret",
            "redirect_uris": [WEB_CALLBACK],
            "post_logout_redirect_uris": ["https://web.example/out"],
        },
        {
            "client_id": "form", "client_secret": "form-secret",
            "token_endpoint_auth_method": "client_secret_post",
            "redirect_uris": [FORM_CALLBACK],
        },
    ])
}

fn ask(mock: &Mock, client: &str, redirect_uri: &str, more: &[(&str, &str)]) -> Answer {
    let own = [("client_id", client), ("redirect_uri", redirect_uri)];
    mock.authorize("shop", Some(&mock.alice()), &[&own, more].concat())
}

fn code(mock: &Mock, client: &str, redirect_uri: &str) -> String {
    let answer = ask(mock, client, redirect_uri, &[]);
    answer.callback_parameter("code").unwrap_or_else(|| panic!("{client}: {answer:?}"))
}

fn redeem(mock: &Mock, who: (&str, &str), code: &str, redirect_uri: &str) -> Answer {
    let form =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)];
    mock.call("/OAuth2/Token/shop", Some(who), &form)
}

const PRESETS: [fn() -> Policy; 2] = [Policy::cyberark, Policy::strict];

#[test]
fn each_client_has_its_own_flow() {
    for policy in PRESETS {
        let mock = shop(policy(), &two());
        for (id, secret, uri) in
            [("shop-client", "shop-secret", CALLBACK), ("web", "web-secret", WEB_CALLBACK)]
        {
            let tokens = redeem(&mock, (id, secret), &code(&mock, id, uri), uri).json();
            let claims = mock.verified("shop", &text(&tokens, "id_token")).claims;
            assert_eq!((&claims["aud"], &claims["iss"]), (&json!(id), &json!(mock.issuer("shop"))));
            let refresh = text(&tokens, "refresh_token");
            let form = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
            let answer = mock.call("/OAuth2/Token/shop", Some((id, secret)), &form);
            assert_eq!(answer.status, 200, "{id}: {answer:?}");
        }
    }
}

#[test]
fn a_redirect_uri_serves_its_own_client_alone() {
    for policy in PRESETS {
        let mock = shop(policy(), &two());
        for (client, uri) in [
            ("shop-client", WEB_CALLBACK),
            ("web", CALLBACK),
            ("web", FORM_CALLBACK),
            ("form", WEB_CALLBACK),
        ] {
            let answer = ask(&mock, client, uri, &[]);
            assert_eq!(answer.status, 400, "{client} {uri}: {answer:?}");
            assert!(answer.body.contains("invalid redirect"), "{client} {uri}: {answer:?}");
        }
    }
}

#[test]
fn a_code_of_one_client_is_nothing_to_another() {
    for policy in PRESETS {
        let mock = shop(policy(), &two());
        let code = code(&mock, "web", WEB_CALLBACK);
        let (status, error, _) =
            redeem(&mock, ("shop-client", "shop-secret"), &code, WEB_CALLBACK).error();
        assert_eq!((status, &*error), (400, "invalid_grant"));
        // The attempt did not spend it.
        assert_eq!(redeem(&mock, ("web", "web-secret"), &code, WEB_CALLBACK).status, 200);
    }
}

#[test]
fn a_refresh_token_of_one_client_is_nothing_to_another() {
    for policy in PRESETS {
        let mock = shop(policy(), &two());
        let code = code(&mock, "web", WEB_CALLBACK);
        let tokens = redeem(&mock, ("web", "web-secret"), &code, WEB_CALLBACK).json();
        let token = text(&tokens, "refresh_token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
        let foreign = mock.call("/OAuth2/Token/shop", Some(("shop-client", "shop-secret")), &form);
        assert_eq!(foreign.error().1, "invalid_grant");
        let path = "/OAuth2/Revoke/shop";
        mock.call(path, Some(("shop-client", "shop-secret")), &[("token", &token)]);
        let own = mock.call("/OAuth2/Token/shop", Some(("web", "web-secret")), &form);
        assert_eq!(own.status, 200, "{own:?}");
    }
}

#[test]
fn one_clients_secret_is_not_anothers() {
    let mock = shop(Policy::strict(), &two());
    for who in [("web", "shop-secret"), ("shop-client", "web-secret"), ("web", ""), ("none", "x")] {
        let (status, error, _) = redeem(&mock, who, "no code", WEB_CALLBACK).error();
        assert_eq!((status, &*error), (401, "invalid_client"), "{who:?}");
    }
}

#[test]
fn a_client_authenticates_in_the_way_that_it_is_registered_for_and_no_other() {
    let keys = ClientKeys::generate();
    let ways = [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ];
    let client = |method: &str| {
        let secret = (method != "none").then_some("a-secret");
        json!({
            "client_id": method, "client_secret": secret, "jwks": keys.jwks(),
            "token_endpoint_auth_method": method, "redirect_uris": [CALLBACK],
        })
    };
    let clients: Vec<Value> = ways.into_iter().map(client).collect();
    for (preset, policy) in [("cyberark", Policy::cyberark()), ("strict", Policy::strict())] {
        let mock = shop(policy, &json!(clients));
        for id in ways {
            for way in ways {
                let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
                let code = ask(&mock, id, CALLBACK, &pkce).callback_parameter("code").unwrap();
                let claims = json!({
                    "iss": id, "sub": id, "aud": mock.issuer("shop"), "jti": code,
                    "exp": mock.clock.now().seconds() + 60,
                });
                let assertion = match way {
                    "private_key_jwt" => keys.signed("ES256", &claims),
                    _ => hs256(b"a-secret", &claims),
                };
                let mut form = vec![
                    ("grant_type", "authorization_code"),
                    ("code", &*code),
                    ("redirect_uri", CALLBACK),
                    ("code_verifier", VERIFIER),
                ];
                match way {
                    "client_secret_basic" => {}
                    "client_secret_post" => {
                        form.extend([("client_id", id), ("client_secret", "a-secret")]);
                    }
                    "none" => form.push(("client_id", id)),
                    _ => form.extend([
                        ("client_assertion_type", JWT_BEARER),
                        ("client_assertion", &*assertion),
                    ]),
                }
                let basic = (way == "client_secret_basic").then_some((id, "a-secret"));
                let answer = mock.call("/OAuth2/Token/shop", basic, &form);
                let case = format!("{preset}: {id} by {way}: {answer:?}");
                assert_eq!(answer.status == 200, id == way, "{case}");
                if id != way {
                    let code = answer.error().1;
                    assert!(["invalid_client", "access_denied"].contains(&&*code), "{case}");
                }
            }
        }
    }
}

#[test]
fn a_client_uses_the_grants_and_response_types_that_it_is_registered_for() {
    let client = json!({
        "client_id": "web", "client_secret": "web-secret", "redirect_uris": [WEB_CALLBACK],
        "grant_types": ["authorization_code"], "response_types": ["code"],
    });
    let mock = shop(Policy::strict(), &json!([client]));
    let answer = ask(&mock, "web", WEB_CALLBACK, &[("response_type", "id_token")]);
    assert_eq!(answer.callback_parameter("error").as_deref(), Some("unauthorized_client"));
    let who = ("web", "web-secret");
    let tokens = redeem(&mock, who, &code(&mock, "web", WEB_CALLBACK), WEB_CALLBACK).json();
    assert_eq!(tokens["refresh_token"], Value::Null);
    for grant in ["client_credentials", "refresh_token"] {
        let form = [("grant_type", grant), ("refresh_token", "x")];
        let (status, error, _) = mock.call("/OAuth2/Token/shop", Some(who), &form).error();
        assert_eq!((status, &*error), (400, "unauthorized_client"), "{grant}");
    }
}

#[test]
fn a_client_with_a_secret_gets_tokens_for_itself() {
    let mock = shop(Policy::strict(), &two());
    let answer = mock.call(
        "/OAuth2/Token/shop",
        Some(("web", "web-secret")),
        &[("grant_type", "client_credentials")],
    );
    let claims = mock.verified("shop", &text(&answer.json(), "access_token")).claims;
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("web"), &json!("web")));
}

#[test]
fn a_user_is_sent_on_to_a_uri_of_the_client_that_the_hint_names() {
    let mock = shop(Policy::strict(), &two());
    let hint = |client: (&str, &str), uri: &str| {
        let tokens = redeem(&mock, client, &code(&mock, client.0, uri), uri).json();
        text(&tokens, "id_token")
    };
    let web = hint(("web", "web-secret"), WEB_CALLBACK);
    let own = hint(("shop-client", "shop-secret"), CALLBACK);
    for (hint, uri, status) in [
        (&web, "https://web.example/out", 302),
        (&web, "http://localhost:3000/out", 400),
        (&own, "https://web.example/out", 400),
        (&own, "http://localhost:3000/out", 302),
    ] {
        let query = [("id_token_hint", &**hint), ("post_logout_redirect_uri", uri)];
        let answer = mock.request("GET", "/OAuth2/EndSession/shop").query(&query).send();
        assert_eq!(answer.status, status, "{uri}: {answer:?}");
    }
}

#[test]
fn a_client_is_told_at_its_own_logout_uri() {
    let mut clients = two();
    clients[0]["frontchannel_logout_uri"] = "https://web.example/gone".into();
    let mock = shop(Policy::strict(), &clients);
    let session = mock.alice();
    for (id, secret, uri) in
        [("shop-client", "shop-secret", CALLBACK), ("web", "web-secret", WEB_CALLBACK)]
    {
        let own = [("client_id", id), ("redirect_uri", uri)];
        let code = mock.authorize("shop", Some(&session), &own).callback_parameter("code").unwrap();
        let id_token = text(&redeem(&mock, (id, secret), &code, uri).json(), "id_token");
        let sid = mock.verified("shop", &id_token).claims["sid"].clone();
        assert_eq!(sid.is_string(), id == "web", "{id}");
    }
    let form = [("confirmed", "yes")];
    let page = mock.request("POST", "/OAuth2/EndSession/shop").cookie(&session).form(&form).send();
    let [frame] = &frames(&page)[..] else { panic!("one frame: {page:?}") };
    assert!(frame.starts_with("https://web.example/gone?iss="), "{frame}");
}

#[test]
fn a_request_object_is_signed_by_the_client_that_it_is_for() {
    let (ours, theirs) = (ClientKeys::generate(), ClientKeys::generate());
    let client = |id: &str, keys: &ClientKeys| json!({ "client_id": id, "jwks": keys.jwks(), "redirect_uris": [WEB_CALLBACK] });
    let mock = shop(Policy::strict(), &json!([client("a", &ours), client("b", &theirs)]));
    let object = json!({ "client_id": "a", "nonce": "inside" });
    for (keys, expected) in [(&ours, None), (&theirs, Some("invalid_request_object"))] {
        let object = keys.signed("RS256", &object);
        let answer = ask(&mock, "a", WEB_CALLBACK, &[("request", &object)]);
        assert_eq!(answer.callback_parameter("error").as_deref(), expected, "{answer:?}");
    }
}

#[test]
fn a_listed_client_goes_before_an_application_that_takes_anything() {
    let app = json!({
        "application_id": "open", "client_id_type": "anything", "redirect_uris": [CALLBACK],
        "clients": [{ "client_id": "web", "client_secret": "s", "redirect_uris": [WEB_CALLBACK] }],
    });
    let mock = Setup::default().with(&json!({ "apps": [app] })).start();
    let form = |id| [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", id)];
    let answer = mock.post("/OAuth2/Token/open", &form("web"));
    assert_eq!(answer.error().1, "access_denied");
    assert_eq!(mock.post("/OAuth2/Token/open", &form("other")).error().1, "invalid_grant");
}
