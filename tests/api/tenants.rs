//! Named tenants: below `/_tenant/{name}` or at a host of their own, and nothing shared.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::tenants::PutError;
use serde_json::Value;

use crate::harness::{CALLBACK, Mock, request_bytes};

/// A mock with the tenants `t1` and `t2` beside the default one, all of the built-in fixture.
fn mock() -> Mock {
    let mock = Mock::start();
    put(&mock, "t1", &[]);
    put(&mock, "t2", &["t2.example"]);
    mock
}

fn put(mock: &Mock, name: &str, hosts: &[&str]) {
    let tenant = mock.tenant.beside(fixtures::built_in()).expect("the fixture holds together");
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    let name = name.parse().expect("a name");
    mock.tenants.put(&name, tenant, hosts).expect("there is room");
}

/// The issuer of `bank` by this `Host`.
fn issuer_at(mock: &Mock, host: &str, path: &str) -> String {
    let target = format!("{path}/bank/.well-known/openid-configuration");
    let request = request_bytes("GET", &target, &[("Host", host)], b"");
    let answer = mock.raw(&request).expect("the mock answers");
    answer.json()["issuer"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[test]
fn a_user_signs_in_at_a_named_tenant() {
    let mock = mock();
    let t1 = mock.at("t1");
    let document = t1.get("/bank/.well-known/openid-configuration").json();
    let urls = document.as_object().unwrap().iter().filter_map(|(_, value)| value.as_str());
    for url in urls.filter(|url| url.starts_with("http")) {
        assert!(url.starts_with(&format!("{}/", t1.url)), "{url}");
    }
    let to_login = t1.authorize("bank", None, &[]);
    assert!(to_login.location().starts_with("/_tenant/t1/login?cloudRedirect="), "{to_login:?}");
    let tokens = t1.tokens(&[]);
    let id_token = t1.verified("bank", tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token.claims["iss"], t1.issuer("bank"));
    assert_eq!(t1.userinfo(tokens["access_token"].as_str().unwrap()).status, 200);
}

#[test]
fn tenants_share_no_session_code_or_token() {
    let mock = mock();
    let (t1, t2) = (mock.at("t1"), mock.at("t2"));
    let session = t1.alice();
    assert!(t1.authorize("bank", Some(&session), &[]).callback_parameter("code").is_some());
    let access_token = t1.access_token(&[]);
    for other in [&t2, &*mock] {
        let answer = other.authorize("bank", Some(&session), &[]);
        assert!(answer.location().contains("/login?"), "{}: {answer:?}", other.url);
        let refused = other.exchange(&t1.code(&[]), &[]);
        assert_eq!(refused.error().1, "invalid_grant", "{}", other.url);
        assert_eq!(other.userinfo(&access_token).status, 401, "{}", other.url);
    }
}

#[test]
fn tenants_have_keys_and_a_clock_of_their_own() {
    let mock = mock();
    let kids = |place: &crate::harness::Place| place.get("/OAuth2/Keys/bank").json();
    let before = kids(&mock.at("t2"));
    let t1 = mock.tenants.get("t1").unwrap();
    t1.rotate_key(SigningKey::from_pem(&SigningKey::generate_pem()).unwrap());
    mock.clock.advance(std::time::Duration::from_secs(86_400));
    assert_ne!(kids(&mock.at("t1"))["keys"][0], before["keys"][0]);
    assert_eq!(kids(&mock.at("t2")), before);
    let issued = |place: &crate::harness::Place| -> Value {
        let token = place.access_token(&[]);
        place.verified("bank", &token).claims["iat"].clone()
    };
    assert!(issued(&mock).as_i64().unwrap() > issued(&mock.at("t1")).as_i64().unwrap() + 86_000);
}

#[test]
fn a_cookie_is_for_the_path_of_its_tenant() {
    let mock = mock();
    let package = mock.at("t1").post("/login", &[("username", "alice@example.com")]).body;
    let value = |name: &str| {
        let (_, rest) = package.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (session_id, mechanism_id) = (value("session_id"), value("mechanism_id"));
    let form = [
        ("session_id", session_id.as_str()),
        ("mechanism_id", mechanism_id.as_str()),
        ("answer", "alice-password"),
    ];
    let signed_in = mock.at("t1").post("/login", &form);
    assert_eq!(signed_in.location(), "/_tenant/t1/my");
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(cookie.split("; ").any(|attribute| attribute == "Path=/_tenant/t1"), "{cookie}");
}

#[test]
fn a_host_leads_to_its_tenant() {
    let mock = mock();
    for (host, path, issuer) in [
        ("t1.localhost", "", "http://t1.localhost/bank/"),
        ("t1.localhost:8080", "", "http://t1.localhost:8080/bank/"),
        ("T2.localhost", "", "http://t2.localhost/bank/"),
        ("t2.example:81", "", "http://t2.example:81/bank/"),
        ("t9.localhost", "", "http://t9.localhost/bank/"),
        ("t2.localhost", "/_tenant/t1", "http://t2.localhost/_tenant/t1/bank/"),
    ] {
        assert_eq!(issuer_at(&mock, host, path), issuer);
    }
    let t1 = mock.tenants.get("t1").unwrap();
    t1.rotate_key(SigningKey::from_pem(&SigningKey::generate_pem()).unwrap());
    let keys = |host| mock.raw(&request_bytes("GET", "/OAuth2/Keys/bank", &[("Host", host)], b""));
    let own = mock.at("t1").get("/OAuth2/Keys/bank").body;
    assert_eq!(keys("t1.localhost").unwrap().body, own);
    assert_ne!(keys("t2.localhost").unwrap().body, own);
}

#[test]
fn the_metadata_of_rfc_8414_has_the_tenant_behind_the_fixed_segments() {
    let mock = mock();
    let answer = mock.get("/.well-known/oauth-authorization-server/_tenant/t1/bank");
    assert_eq!(answer.json()["issuer"], mock.at("t1").issuer("bank"));
}

#[test]
fn a_tenant_that_is_not_there_is_404() {
    let mock = mock();
    for name in ["t9", "T1", "t1.", "t%31.", "..", "%2e%2e"] {
        let answer = mock.request("GET", &format!("/_tenant/{name}/OAuth2/Keys/bank")).send();
        assert_eq!(answer.status, 404, "{name}: {answer:?}");
    }
    // A letter that is encoded without need is the letter.
    assert_eq!(mock.get("/_tenant/%74%31/OAuth2/Keys/bank").status, 200);
    assert_eq!(mock.at("t9").get("/health").body, "There is no tenant t9.\n");
    assert!(mock.tenants.remove(&"t1".parse().unwrap()));
    assert_eq!(mock.at("t1").get("/OAuth2/Keys/bank").status, 404);
    assert_eq!(mock.at("default").get("/OAuth2/Keys/bank").status, 200);
}

#[test]
fn a_tenant_is_exchanged_for_a_new_one_while_it_is_served() {
    let mock = mock();
    let session = mock.alice();
    assert!(mock.tenants.exchange("default", mock.tenant.renewed()));
    let answer = mock.authorize("bank", Some(&session), &[("redirect_uri", CALLBACK)]);
    assert!(answer.location().starts_with("/login?"), "{answer:?}");
    assert!(mock.tokens(&[])["id_token"].is_string());
    assert!(!mock.tenants.exchange("t9", mock.tenant.renewed()));
}

#[test]
fn a_host_belongs_to_one_tenant() {
    let mock = mock();
    let tenant = || mock.tenant.beside(fixtures::built_in()).unwrap();
    let put = |name: &str, host: &str| {
        mock.tenants.put(&name.parse().unwrap(), tenant(), vec![host.to_owned()])
    };
    assert_eq!(put("t3", "t2.example"), Err(PutError::HostTaken("t2.example".to_owned())));
    assert!(mock.tenants.get("t3").is_none());
    assert_eq!(put("t2", "other.example"), Ok(false));
    assert_eq!(put("t3", "t2.example"), Ok(true));
    let names: Vec<String> = mock.tenants.list().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["default", "t1", "t2", "t3"]);
}
