//! The mock as Rust tests start it: in any runtime, with expectations, stopped by its drop.

mod beside;
mod parallel;
mod sign_in;

use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cyberark_identity_mock::clock::{Clock, Stopwatch, Timestamp};
use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::mock::{Expectation, MockTenant, Place, StartError, Times};
use cyberark_identity_mock::tenant::document::TenantSettings;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::Value;

use crate::harness::{Answer, CALLBACK, Request, Trust};

const ALICE: &str = "alice@example.com";

fn get(url: String) -> Answer {
    Request::new("GET", url).send()
}

/// Exchanges a code of `bank`.
fn exchange(mock: &MockTenant, code: &str) -> Answer {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    let request = Request::new("POST", mock.token_url("bank"));
    request.basic("bank-client", "bank-secret").form(&form).send()
}

/// What `verify` panics with.
fn complaint(mock: &Place) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| mock.verify())).expect_err("a complaint");
    panic.downcast_ref::<String>().expect("a text").clone()
}

/// The issuer in the document at the discovery URL of `bank`.
fn told_issuer(mock: &MockTenant) -> Value {
    get(mock.discovery_url("bank")).json()["issuer"].clone()
}

#[test]
fn it_starts_in_a_plain_test_and_frees_its_port_when_it_is_dropped() {
    let mock = MockTenant::start();
    assert_eq!(told_issuer(&mock), mock.issuer("bank"));
    assert_eq!((mock.https_url(), mock.authority_pem()), (None, None));
    let address = mock.url().trim_start_matches("http://").to_owned();
    assert!(TcpListener::bind(&address).is_err(), "the port is taken");
    drop(mock);
    TcpListener::bind(&address).expect("the port is free");
}

#[test]
fn it_starts_and_stops_inside_tokio_and_actix() {
    async fn used() {
        let mock = MockTenant::start();
        let url = mock.discovery_url("bank");
        let answer = tokio::task::spawn_blocking(move || get(url)).await.expect("an answer");
        assert_eq!(answer.json()["issuer"], mock.issuer("bank"));
    }
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build();
    tokio.expect("a runtime").block_on(used());
    actix_web::rt::System::new().block_on(used());
}

#[test]
fn two_share_nothing() {
    let (one, other) = (MockTenant::start(), MockTenant::start());
    assert_ne!(one.url(), other.url());
    let code = one.code(ALICE, "bank", CALLBACK).expect("a code");
    assert_eq!(exchange(&other, &code).error().1, "invalid_grant");
    assert_eq!(exchange(&one, &code).status, 200);
    one.tenant().remove_user(ALICE);
    assert!(one.session(ALICE).is_err() && other.session(ALICE).is_ok());
}

#[test]
fn a_session_needs_no_page() {
    let mock = MockTenant::start();
    let cookie = mock.session(ALICE).expect("alice is there");
    let url = mock.authorization_url("bank", CALLBACK).scope("openid profile").state("xyz");
    let asked = Request::new("GET", url.to_string()).header("cookie", &cookie).send();
    assert_eq!(asked.callback_parameter("state").as_deref(), Some("xyz"));
    let code = asked.callback_parameter("code").expect("a code");
    assert_eq!(exchange(&mock, &code).status, 200);

    let url = url.response_type("code id_token").nonce("n-0S6");
    let asked = Request::new("GET", url.to_string()).header("cookie", &cookie).send();
    assert!(asked.callback_parameter("id_token").is_some(), "{asked:?}");
    let unknown = mock.authorization_url("nothing", CALLBACK);
    for url in [url.without("client_id").to_string(), unknown.to_string()] {
        assert!(!url.contains("client_id") && url.contains("response_type=code"), "{url}");
    }

    for (user, app, redirect_uri, path) in [
        ("nobody", "bank", CALLBACK, "user"),
        (ALICE, "nothing", CALLBACK, "app"),
        (ALICE, "bank", "callback", "redirect_uri"),
    ] {
        assert_eq!(mock.code(user, app, redirect_uri).expect_err("refused").path, path);
    }
}

#[test]
fn document_policy_clock_and_seed_are_the_testers() {
    let start = || {
        let clock = Clock::default();
        clock.set(Timestamp::from_seconds(1_790_000_000));
        clock.freeze();
        let builder = MockTenant::builder().policy(Policy::strict()).clock(clock).seed(7);
        builder.start().expect("it starts")
    };
    let (mock, again) = (start(), start());
    let code = mock.code(ALICE, "bank", CALLBACK).expect("a code");
    assert_eq!(again.code(ALICE, "bank", CALLBACK), Ok(code.clone()));
    mock.tenant().clock().advance(Duration::from_secs(3600));
    assert_eq!(mock.tenant().clock().now(), Timestamp::from_seconds(1_790_003_600));
    assert_eq!(exchange(&mock, &code).error().1, "invalid_grant", "the code has expired");
    let document = get(mock.discovery_url("bank")).json();
    let strict = &document["authorization_response_iss_parameter_supported"];
    assert_eq!(*strict, true, "{document}");

    let mut wrong = fixtures::built_in();
    wrong.tenant = Some(TenantSettings { live_limit: 0, ..TenantSettings::default() });
    let error = MockTenant::builder().document(wrong).start().expect_err("refused");
    assert!(matches!(error, StartError::Document(_)), "{error}");
    assert_eq!(error.to_string(), "tenant.live_limit: 0: expected at least 1");
}

#[test]
fn a_token_goes_from_issue_to_expiry_to_refresh_to_dead_in_no_time() {
    let watch = Stopwatch::start();
    let mock = MockTenant::start();
    let clock = mock.tenant().clock().clone();
    clock.freeze();
    let answer = exchange(&mock, &mock.code(ALICE, "bank", CALLBACK).expect("a code")).json();
    let userinfo = |token: &Value| {
        let request = Request::new("GET", format!("{}/OAuth2/UserInfo/bank", mock.url()));
        request.bearer(token.as_str().expect("a token")).send().status
    };
    let refreshed = || {
        let token = answer["refresh_token"].as_str().expect("a token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let request = Request::new("POST", mock.token_url("bank"));
        request.basic("bank-client", "bank-secret").form(&form).send()
    };
    let lives = answer["expires_in"].as_u64().expect("a number");
    assert_eq!(userinfo(&answer["access_token"]), 200);
    clock.advance(Duration::from_secs(lives - 1));
    assert_eq!(userinfo(&answer["access_token"]), 200, "the last second");
    clock.advance(Duration::from_secs(1));
    assert_eq!(userinfo(&answer["access_token"]), 401, "expired");
    let renewed = refreshed().json();
    assert_eq!(userinfo(&renewed["access_token"]), 200, "refreshed");
    clock.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(refreshed().error().1, "invalid_grant", "dead");
    assert_eq!(userinfo(&renewed["access_token"]), 401);
    assert!(watch.elapsed() < Duration::from_secs(10), "{:?}", watch.elapsed());
}

#[test]
fn over_https_every_url_is_https() {
    let mock = MockTenant::builder().https().start().expect("it starts");
    let trust = Trust::in_pem(mock.authority_pem().expect("an authority"));
    let request = Request::new("GET", mock.discovery_url("bank"));
    let document = request.trusting(Some(&trust)).send().json();
    assert_eq!(document["issuer"], mock.issuer("bank"));
    assert_eq!(document["token_endpoint"], mock.token_url("bank"));
    let https = mock.https_url().expect("https is on");
    assert!(https.starts_with("https://") && mock.issuer("bank").starts_with(&https));
    assert_eq!(get(format!("{}/health", mock.url())).status, 200, "http stays");
}

#[test]
fn what_was_expected_and_came_passes() {
    let mock = MockTenant::start();
    get(mock.discovery_url("bank"));
    let discovery = || Expectation::get("/bank/.well-known/openid-configuration");
    mock.expect(discovery().times(0));
    mock.verify();
    mock.reset();
    let token = || Expectation::post("/OAuth2/Token/bank").client("bank-client").app("bank");
    mock.expect(discovery().status(200));
    mock.expect(token().times(2).any_parameter("code"));
    mock.expect(token().error("invalid_grant").parameter("code", "made-up"));
    mock.expect(token().user(ALICE).status(200).parameter("grant_type", "authorization_code"));
    mock.expect(Expectation::any().endpoint("userinfo").times(..=3));
    mock.expect(Expectation::any().times(3));
    get(mock.discovery_url("bank"));
    exchange(&mock, "made-up");
    exchange(&mock, &mock.code(ALICE, "bank", CALLBACK).expect("a code"));
    mock.verify();
}

#[test]
fn what_did_not_come_is_told_with_what_came() {
    let mock = MockTenant::start();
    mock.expect(Expectation::any().endpoint("userinfo").times(0));
    mock.expect(
        Expectation::post("/OAuth2/Token/bank").parameter("grant_type", "refresh_token").times(1),
    );
    assert_eq!(
        complaint(&mock),
        "the mock did not receive what was expected\nexpected:\n  \
         POST /OAuth2/Token/bank, grant_type=refresh_token: 1, received 0\nreceived: nothing"
    );
    exchange(&mock, "made-up");
    let told = complaint(&mock);
    let came = "received:\n  1. POST /oauth2/token/bank grant_type=authorization_code \
                code=made-up redirect_uri=http://localhost:3000/callback -> 400 invalid_grant";
    assert!(told.contains(came), "{told}");
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(mock))).expect_err("the drop fails too");
    assert_eq!(dropped.downcast_ref::<String>(), Some(&told));

    let mut document = fixtures::built_in();
    document.tenant = Some(TenantSettings { journal_limit: 0, ..TenantSettings::default() });
    let mock = MockTenant::builder().document(document).start().expect("it starts");
    mock.expect(Expectation::any());
    let told = complaint(&mock);
    assert!(told.ends_with("unknown, for the tenant's journal_limit is 0"), "{told}");
    mock.reset();
}

#[test]
fn what_is_expected_is_counted_over_resets_by_http_and_beyond_the_journal() {
    let mut document = fixtures::built_in();
    document.tenant = Some(TenantSettings { journal_limit: 2, ..TenantSettings::default() });
    let mock = MockTenant::builder().document(document).start().expect("it starts");
    let wanted = || Expectation::any().endpoint("discovery").app("bank");
    mock.expect(wanted().times(9));
    let ask = || (0..3).for_each(|_| drop(get(mock.discovery_url("bank"))));
    let by_http = |method: &str, path: &str| {
        Request::new(method, format!("{}/_mock/v1{path}", mock.url())).send();
    };
    ask();
    by_http("DELETE", "");
    ask();
    by_http("DELETE", "/journal");
    assert!(complaint(&mock).contains(": 9, received 6\nreceived: nothing"));
    let snapshot = mock.tenant().snapshot();
    mock.restore(snapshot).expect("its own snapshot");
    ask();
    mock.verify();
    mock.expect(wanted().times(0));
    mock.reset();
    ask();
    mock.expect(wanted().times(3));
    ask();
    mock.verify();
    assert_eq!(mock.tenant().journal().last(), 15);
}

#[test]
fn a_failed_test_is_not_failed_again_by_its_mock() {
    let panic = catch_unwind(|| {
        let mock = MockTenant::start();
        mock.expect(Expectation::any());
        panic!("the test's own failure");
    });
    let panic = panic.expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the test's own failure"));
}

#[test]
fn times_are_numbers_and_ranges() {
    for (times, text) in [
        (Times::from(0), "none"),
        (Times::from(2), "2"),
        (Times::from(1..), "at least 1"),
        (Times::from(..=3), "at most 3"),
        (Times::from(1..=3), "1 to 3"),
    ] {
        assert_eq!(times.to_string(), text);
    }
}

#[test]
fn a_test_waits_for_what_another_thread_asks() {
    let mock = MockTenant::start();
    let wanted = Expectation::any().endpoint("discovery").app("spa").times(2);
    assert!(mock.wait_for(&wanted, Duration::from_millis(1)).is_empty());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for app in ["spa", "bank", "spa"] {
                std::thread::sleep(Duration::from_millis(5));
                get(mock.discovery_url(app));
            }
        });
        assert_eq!(mock.wait_for(&wanted, Duration::from_secs(20)).len(), 2);
    });
    let coded = Expectation::any().any_parameter("code");
    assert!(mock.wait_for(&coded, Duration::from_millis(1)).is_empty());
}
