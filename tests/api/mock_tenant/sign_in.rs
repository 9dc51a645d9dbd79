//! A user signed in at an application, without a request.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::mock::{MockTenant, SignIn};
use cyberark_identity_mock::tenant::app::App;
use cyberark_identity_mock::tenant::mint::Wanted;
use cyberark_identity_mock::tenant::policy::Policy;
use cyberark_identity_mock::tenant::steer::{Steer, TokenChange, When};
use serde_json::{Map, Value, json};

use super::{ALICE, exchange, get};
use crate::harness::{CALLBACK, Jwt, Request};

/// The same by the browser's and the client's requests: what the token endpoint answers.
fn over_http(mock: &MockTenant) -> Value {
    let cookie = mock.session(ALICE).expect("alice is there");
    let url = mock.authorization_url("bank", CALLBACK).to_string();
    let asked = Request::new("GET", url).header("cookie", &cookie).send();
    exchange(mock, &asked.callback_parameter("code").expect("a code")).json()
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn claims(token: Option<&str>) -> Value {
    Jwt::unverified(token.expect("a token")).claims
}

/// What stands in the tenant by now, as `kind state`, and of how many families.
fn alive(mock: &MockTenant) -> (Vec<String>, usize) {
    let alive = mock.tenant().alive();
    let mut told: Vec<String> = alive.iter().map(|a| format!("{} {}", a.kind, a.state)).collect();
    told.sort();
    let mut families: Vec<_> = alive.iter().filter_map(|a| a.family.clone()).collect();
    families.sort();
    families.dedup();
    (told, families.len())
}

fn app(members: Value) -> App {
    serde_json::from_value(members).expect("an application")
}

#[test]
fn a_sign_in_is_what_the_code_flow_brings() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = MockTenant::builder().policy(policy).start().expect("it starts");
        let SignIn { tokens, .. } = mock.sign_in(ALICE, "bank").expect("alice and bank are there");
        assert_eq!(mock.tenant().journal().last(), 0, "no request was made");
        let keys = get(format!("{}/OAuth2/Keys/bank", mock.url())).json();
        Jwt::verified(tokens.id_token.as_deref().expect("an ID token"), &keys);
        Jwt::verified(&tokens.access_token, &keys);

        let (minted, sent) = (serde_json::to_value(&tokens).expect("JSON"), over_http(&mock));
        assert_eq!(names(&minted), names(&sent));
        for name in ["token_type", "expires_in", "scope"] {
            assert_eq!(minted[name], sent[name], "{name}");
        }
        for name in ["id_token", "access_token"] {
            let (minted, sent) = (claims(minted[name].as_str()), claims(sent[name].as_str()));
            assert_eq!(names(&minted), names(&sent), "{name}");
            for claim in ["iss", "aud", "sub", "unique_name", "scope", "app_id"] {
                assert_eq!(minted[claim], sent[claim], "{name}: {claim}");
            }
        }
    }
}

#[test]
fn session_code_and_tokens_belong_together() {
    let mock = MockTenant::start();
    let SignIn { cookie, tokens } = mock.sign_in(ALICE, "bank").expect("alice is there");
    let expected = [
        "access_token live",
        "code redeemed",
        "id_token live",
        "refresh_token live",
        "session live",
    ];
    assert_eq!(alive(&mock), (expected.map(str::to_owned).to_vec(), 1));

    let url = mock.authorization_url("bank", CALLBACK).to_string();
    let asked = Request::new("GET", url).header("cookie", &cookie).send();
    assert!(asked.callback_parameter("code").is_some(), "the session is alive: {asked:?}");

    let by_client = |endpoint: &str, form: &[(&str, &str)]| {
        let request = Request::new("POST", format!("{}/OAuth2/{endpoint}/bank", mock.url()));
        request.basic("bank-client", "bank-secret").form(form).send()
    };
    let refresh_token = tokens.refresh_token.expect("bank issues them");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &*refresh_token)];
    assert_eq!(by_client("Token", &form).status, 200);
    by_client("Revoke", &[("token", &refresh_token)]);
    assert!(!mock.tenant().verdict(mock.base(), &tokens.access_token).valid, "the family is over");
}

#[test]
fn what_is_steered_is_in_the_tokens() {
    let mock = MockTenant::start();
    let entry = |when: When, name: &str| {
        let claims = Map::from_iter([(name.to_owned(), json!("${request.grant_type}"))]);
        let tokens = TokenChange { claims, ..TokenChange::default() };
        let entry = Steer { when, times: Some(1), tokens: Some(tokens), ..Steer::default() };
        mock.tenant().steer(entry).expect("a good entry");
    };
    let user = Some(ALICE.to_owned());
    entry(When { user, ..When::default() }, "of_user");
    let endpoint = Some("token".to_owned());
    entry(When { app: Some("bank".to_owned()), endpoint, ..When::default() }, "of_endpoint");
    entry(When { app: Some("spa".to_owned()), ..When::default() }, "of_other");
    let steered = |token: &str| {
        let claims = Jwt::unverified(token).claims;
        ["of_user", "of_endpoint", "of_other"].map(|name| claims[name].clone())
    };
    let tokens = mock.sign_in(ALICE, "bank").expect("alice is there").tokens;
    let grant = || json!("authorization_code");
    assert_eq!(steered(&tokens.access_token), [grant(), grant(), Value::Null]);
    assert_eq!(steered(&tokens.id_token.expect("one")), [grant(), grant(), Value::Null]);
    let again = mock.sign_in(ALICE, "bank").expect("alice is there").tokens;
    assert_eq!(steered(&again.access_token), [Value::Null, Value::Null, Value::Null]);
}

#[test]
fn each_application_gives_what_its_settings_say() {
    let mut document = fixtures::built_in();
    document.apps.push(app(json!({
        "application_id": "opaque", "token_type": "opaque", "token_lifetime": "0.00:01:00",
        "policy": { "pkce": "required" },
    })));
    document.apps.push(app(json!({
        "application_id": "told", "backchannel_logout_uri": "https://told.example/over",
    })));
    let mock = MockTenant::builder().document(document).start().expect("it starts");
    let sign_in = |app: &str| mock.sign_in(ALICE, app).expect("alice may");
    let public = sign_in("spa");
    assert_eq!(claims(public.tokens.id_token.as_deref())["aud"], "spa-client");
    let opaque = sign_in("opaque").tokens;
    assert_eq!((opaque.refresh_token, opaque.expires_in), (None, 60));
    assert_eq!(opaque.access_token.matches('.').count(), 0, "{}", opaque.access_token);

    let told = sign_in("told");
    let sid = &claims(told.tokens.id_token.as_deref())["sid"];
    let session = told.cookie.split_once('=').expect("a pair").1.to_owned();
    let notices = mock.tenant().sign_out(&[session]);
    let [notice] = <[_; 1]>::try_from(notices.back_channel).expect("one is told");
    let logout_token = notice.logout_token();
    assert!(sid.is_string() && claims(Some(&logout_token))["sid"] == *sid, "{sid}");
}

#[test]
fn wishes_beyond_user_and_application_are_wanted_of_the_tenant() {
    let mock = MockTenant::start();
    let wanted = Wanted {
        app: "bank".to_owned(),
        user: Some(ALICE.to_owned()),
        scope: Some("openid email".to_owned()),
        nonce: Some("n-0S6".to_owned()),
        tokens: TokenChange { lifetime: Some(7), ..TokenChange::default() },
        redirect_uri: Some("no URI".to_owned()),
        ..Wanted::default()
    };
    let (session, issuance) = mock.tenant().mint_sign_in(mock.base(), wanted).expect("alice may");
    let tokens = issuance.respond();
    assert_eq!((tokens.scope.as_str(), tokens.expires_in), ("openid email", 7));
    assert_eq!(claims(tokens.id_token.as_deref())["nonce"], "n-0S6");
    assert_eq!(mock.tenant().who_am_i(&[session]).expect("a session").user, ALICE);
}

#[test]
fn nobody_is_signed_in_where_the_code_flow_has_no_end() {
    let mut document = fixtures::built_in();
    let implicit = json!({ "application_id": "implicit", "allowed_auth": ["Implicit"] });
    document.apps.push(app(implicit));
    document.apps.push(app(json!({ "application_id": "a", "clients": [
        { "client_id": "refreshing", "client_secret": "s", "grant_types": ["refresh_token"] },
    ] })));
    let mock = MockTenant::builder().document(document).start().expect("it starts");
    for (user, app, told) in [
        ("nobody", "bank", "user: \"nobody\": expected the login name of a user"),
        (ALICE, "nothing", "app: \"nothing\": expected an Application ID"),
        (ALICE, "implicit", "app: \"implicit\": its allowed_auth lacks AuthorizationCode"),
    ] {
        assert_eq!(mock.sign_in(user, app).expect_err("refused").to_string(), told);
    }
    let wanted = |client: &str, user: Option<&str>| Wanted {
        app: "a".to_owned(),
        client: Some(client.to_owned()),
        user: user.map(str::to_owned),
        ..Wanted::default()
    };
    for (wanted, path) in [
        (wanted("refreshing", Some(ALICE)), "client"),
        (wanted("other", Some(ALICE)), "client"),
        (wanted("refreshing", None), "user"),
    ] {
        let refused = mock.tenant().mint_sign_in(mock.base(), wanted).expect_err("refused");
        assert_eq!(refused.path, path, "{refused}");
    }
    assert_eq!(alive(&mock).0, [""; 0], "nothing is left of them");
}
