//! `request_uri`: request objects by reference (OpenID Connect Core §6.2), from the URIs that a client
//! has registered and from nowhere else.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::landing::{Landing, outcome};
use crate::harness::{
    Answer, CALLBACK, CLIENT_ALGORITHMS, ClientKeys, Kept, Mock, Setup, Shelf, hs256, unsigned,
    with_signing_client,
};

const CODE: &str = "?state=inside&code=*&iss=/desk/";

/// A mock whose client `desk-client` may keep objects under these URIs.
fn keeping(policy: Policy, keys: &ClientKeys, uris: &[String]) -> Mock {
    let mut setup: Setup = with_signing_client(policy, keys);
    let desk = setup.document.apps.iter_mut().find(|app| app.application_id == "desk");
    desk.expect("desk is there").request_uris =
        serde_json::from_value(json!(uris)).expect("they can be registered");
    setup.start()
}

fn members() -> Value {
    json!({
        "client_id": "desk-client", "response_type": "code", "redirect_uri": CALLBACK,
        "scope": "openid email", "state": "inside", "nonce": "n-inside",
    })
}

/// Asks at `desk` for what stands at this URI; `more` goes before the parameters beside it.
fn ask(mock: &Mock, session: Option<&str>, uri: &str, more: &[(&str, &str)]) -> Answer {
    let beside = [
        ("client_id", "desk-client"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "beside"),
        ("request_uri", uri),
    ];
    let kept = beside.iter().filter(|(name, _)| !more.iter().any(|(set, _)| set == name));
    let query: Vec<(&str, &str)> = more.iter().chain(kept).copied().collect();
    let request = mock.request("GET", "/OAuth2/Authorize/desk").query(&query);
    match session {
        Some(session) => request.cookie(session).send(),
        None => request.send(),
    }
}

fn refused(code: &str, description: &str) -> String {
    format!("?error={code}&error_description={description}&state=beside&iss=/desk/")
}

fn nonce(mock: &Mock, answer: &Answer) -> Value {
    let code = Landing::of(answer).value("code").to_owned();
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let answer = mock.call("/OAuth2/Token/desk", Some(("desk-client", "desk-secret")), &form);
    let tokens = answer.json();
    mock.verified("desk", tokens["id_token"].as_str().expect("an ID token")).claims["nonce"].clone()
}

#[test]
fn an_object_at_a_registered_uri_is_read_as_one_in_the_request() {
    let (keys, shelf) = (ClientKeys::generate(), Shelf::start());
    let mock = keeping(Policy::strict(), &keys, &[shelf.url("/object.jwt")]);
    let alice = mock.alice();
    let signed = CLIENT_ALGORITHMS.map(|name| (name, keys.signed(name, &members())));
    let others = [("none", unsigned(&members())), ("HS256", hs256(b"desk-secret", &members()))];
    for (count, (case, object)) in others.into_iter().chain(signed).enumerate() {
        shelf.keep("/object.jwt", Kept::Object(object));
        let answer = ask(&mock, Some(&alice), &shelf.url("/object.jwt"), &[]);
        assert_eq!(outcome(&answer), CODE, "{case}");
        assert_eq!(nonce(&mock, &answer), "n-inside", "{case}");
        assert_eq!(shelf.asked(), count + 1, "{case}: asked each time, as the object may change");
    }
}

#[test]
fn the_object_is_fetched_once_although_the_user_signs_in_meanwhile() {
    let shelf = Shelf::start();
    let mock = keeping(Policy::strict(), &ClientKeys::generate(), &[shelf.url("/o")]);
    shelf.keep("/o", Kept::Object(unsigned(&members())));
    let bounce = ask(&mock, None, &shelf.url("/o"), &[]).bounce();
    shelf.keep("/o", Kept::Object("changed".to_owned()));
    let path = format!("/OAuth2/Authorize/desk?bounce={bounce}");
    let answer = mock.request("GET", &path).cookie(&mock.alice()).send();
    assert_eq!((outcome(&answer), shelf.asked()), (CODE.to_owned(), 1));
}

#[test]
fn a_fragment_is_the_hash_of_the_content() {
    let shelf = Shelf::start();
    let uris = [shelf.url("/bare"), shelf.url("/fixed#one")];
    let mock = keeping(Policy::strict(), &ClientKeys::generate(), &uris);
    let alice = mock.alice();
    let object = unsigned(&members());
    for path in ["/bare", "/fixed"] {
        shelf.keep(path, Kept::Object(object.clone()));
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, object.as_bytes());
    let hash = URL_SAFE_NO_PAD.encode(digest);
    let other = URL_SAFE_NO_PAD.encode([7; 32]);
    let mismatch = refused(
        "invalid_request_uri",
        "what stands at request_uri has not the hash in its fragment",
    );
    let unknown = refused("invalid_request_uri", "request_uri is not registered for this client");
    for (path, expected) in [
        (format!("/bare#{hash}"), CODE),
        ("/bare#version-2".to_owned(), CODE),
        (format!("/bare#{other}"), &*mismatch),
        ("/fixed#one".to_owned(), CODE),
        ("/fixed#two".to_owned(), &*unknown),
        ("/fixed".to_owned(), &*unknown),
    ] {
        let answer = ask(&mock, Some(&alice), &shelf.url(&path), &[]);
        assert_eq!(outcome(&answer), expected, "{path}");
    }
}

#[test]
fn nothing_is_fetched_but_what_the_client_has_registered() {
    let shelf = Shelf::start();
    let mock = keeping(Policy::strict(), &ClientKeys::generate(), &[shelf.url("/o")]);
    let alice = mock.alice();
    let at = |path: &str| shelf.url(path);
    for uri in [
        at("/other"),
        at("/o/"),
        at("/o?x=1"),
        at("/O"),
        at("/%6f"),
        at("/../o"),
        at("/o").replace("127.0.0.1", "localhost"),
        at("/o").replace("http:", "HTTP:"),
        at("/o").replace("http://", "http://user@"),
        "file:///etc/passwd".to_owned(),
        "urn:example:o".to_owned(),
        "x".repeat(10_000),
    ] {
        let answer = ask(&mock, Some(&alice), &uri, &[]);
        let text = "request_uri is not registered for this client";
        assert_eq!(outcome(&answer), refused("invalid_request_uri", text), "{uri:.80}");
    }
    let elsewhere = ask(&mock, Some(&alice), &at("/o"), &[("client_id", "bank-client")]);
    assert_eq!(outcome(&elsewhere), "page 400 invalid_request_uri", "another client");
    let unproven = [("redirect_uri", "http://localhost:3000/other")];
    let unproven = ask(&mock, Some(&alice), &at("/other"), &unproven);
    assert_eq!(outcome(&unproven), "page 400 invalid_request_uri", "another's redirect URI");
    let nobody = ask(&mock, Some(&alice), &at("/o"), &[("client_id", "")]);
    assert_eq!(outcome(&nobody), "page 400 invalid_request", "no client");
    assert_eq!(shelf.asked(), 0);
}

/// What may stand at a URI and is no request object: what it is, the code, how the description starts.
type Bad = (&'static str, Kept, &'static str, &'static str);

fn bad_objects(nested: &Value) -> Vec<Bad> {
    const UNREADABLE: &str = "the request object is malformed, or not signed by the client";
    const NESTED: &str = "a request object holds no other request object";
    let code = "invalid_request_object";
    let foreign = ClientKeys::generate().signed("ES256", &members());
    vec![
        ("no JWT", Kept::Object("<html>".into()), code, UNREADABLE),
        ("empty", Kept::Object(String::new()), code, UNREADABLE),
        ("somebody else's", Kept::Object(foreign), code, UNREADABLE),
        ("nested", Kept::Object(unsigned(nested)), code, NESTED),
    ]
}

fn bad_answers(good: &str, elsewhere: &str) -> Vec<Bad> {
    const UNREADABLE: &str = "request_uri cannot be read: ";
    let raw = |head: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len());
        Kept::Raw([head.as_bytes(), body].concat())
    };
    let redirect = raw(&format!("302 X\r\nlocation: {elsewhere}"), b"");
    let code = "invalid_request_uri";
    vec![
        ("404", raw("404 X", b"x"), code, "request_uri answers 404, not 200"),
        ("500", raw("500 X", good.as_bytes()), code, "request_uri answers 500, not 200"),
        ("redirect", redirect, code, "request_uri answers 302, not 200"),
        ("no UTF-8", raw("200 OK", &[0xff; 9]), code, UNREADABLE),
        ("huge", Kept::Object("a".repeat(70_000)), code, UNREADABLE),
        ("no HTTP", Kept::Raw(b"hello".to_vec()), code, UNREADABLE),
        ("closed", Kept::Raw(Vec::new()), code, UNREADABLE),
    ]
}

#[test]
fn what_is_no_request_object_is_told_to_the_client() {
    let (keys, shelf) = (ClientKeys::generate(), Shelf::start());
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{gone}/o");
    let mock = keeping(Policy::strict(), &keys, &[shelf.url("/o"), gone.clone()]);
    let alice = mock.alice();
    let good = unsigned(&members());
    shelf.keep("/good", Kept::Object(good.clone()));
    let objects = bad_objects(&json!({ "request_uri": shelf.url("/o") }));
    let answers = bad_answers(&good, &shelf.url("/good"));
    for (case, kept, code, description) in objects.into_iter().chain(answers) {
        shelf.keep("/o", kept);
        let before = shelf.asked();
        let told = outcome(&ask(&mock, Some(&alice), &shelf.url("/o"), &[]));
        let start = format!("?error={code}&error_description={description}");
        assert!(told.starts_with(&start), "{case}: {told}");
        assert!(told.ends_with("&state=beside&iss=/desk/"), "{case}: {told}");
        assert!(told.len() < 400, "{case}: {told}");
        assert_eq!(shelf.asked(), before + 1, "{case}: a redirect is not followed");
    }
    let told = outcome(&ask(&mock, Some(&alice), &gone, &[]));
    assert!(told.contains("request_uri cannot be read: io: Connection refused"), "{told}");
}

/// How long `act` takes.
#[expect(clippy::disallowed_methods, reason = "how long somebody waits is no time of the tenant")]
fn timed<R>(act: impl FnOnce() -> R) -> (R, Duration) {
    let start = Instant::now();
    let done = act();
    (done, start.elapsed())
}

#[test]
fn a_place_that_does_not_answer_delays_its_own_request_alone() {
    let shelf = Shelf::start();
    let uris = [shelf.url("/silence"), shelf.url("/drip")];
    let mock = keeping(Policy::strict(), &ClientKeys::generate(), &uris);
    let alice = mock.alice();
    shelf.keep("/silence", Kept::Silence);
    shelf.keep("/drip", Kept::Drip);
    std::thread::scope(|scope| {
        let slow = uris.each_ref().map(|uri| {
            let (mock, alice) = (&mock, &alice);
            scope.spawn(move || timed(|| outcome(&ask(mock, Some(alice), uri, &[]))))
        });
        while shelf.asked() < 2 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let (_, took) = timed(|| mock.tokens(&[]));
        assert!(took < Duration::from_secs(3), "{took:?}");
        for slow in slow {
            let (told, took) = slow.join().unwrap();
            let start = "?error=invalid_request_uri&error_description=request_uri cannot be read: ";
            assert!(told.starts_with(start), "{told}");
            assert!(took < Duration::from_secs(9), "{took:?}");
        }
    });
}

#[test]
fn an_object_in_the_request_and_one_elsewhere_are_one_too_many() {
    let shelf = Shelf::start();
    let mock = keeping(Policy::strict(), &ClientKeys::generate(), &[shelf.url("/o")]);
    let object = unsigned(&members());
    shelf.keep("/o", Kept::Object(object.clone()));
    let answer = ask(&mock, Some(&mock.alice()), &shelf.url("/o"), &[("request", &object)]);
    let text = "request and request_uri may not be sent together";
    assert_eq!(outcome(&answer), refused("invalid_request", text));
    assert_eq!(shelf.asked(), 0);
}

#[test]
fn the_product_fetches_nothing_unless_the_field_says_so() {
    let (keys, shelf) = (ClientKeys::generate(), Shelf::start());
    shelf.keep("/o", Kept::Object(unsigned(&members())));
    let uris = [shelf.url("/o")];
    let mock = keeping(Policy::cyberark(), &keys, &uris);
    let answer = ask(&mock, Some(&mock.alice()), &uris[0], &[]);
    assert_eq!(outcome(&answer), "?state=beside&responseType=code&code=*");
    assert_eq!(shelf.asked(), 0);
    let reading = Policy {
        request_objects: cyberark_identity_mock::tenant::policy::RequestObjects::Read,
        ..Policy::cyberark()
    };
    let mock = keeping(reading, &keys, &uris);
    let answer = ask(&mock, Some(&mock.alice()), &uris[0], &[]);
    assert_eq!(outcome(&answer), "?state=inside&responseType=code&code=*");
    assert_eq!(shelf.asked(), 1);
}

#[test]
fn one_client_of_an_application_does_not_keep_objects_for_another() {
    let shelf = Shelf::start();
    let client = |id: &str, more: Value| {
        let mut client = json!({
            "client_id": id, "client_secret": "a-secret", "redirect_uris": [CALLBACK],
        });
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client
    };
    let app = json!({
        "application_id": "desk", "client_id": "desk-client", "client_secret": "desk-secret",
        "redirect_uris": [CALLBACK],
        "clients": [
            client("one", json!({ "request_uris": [shelf.url("/o")] })),
            client("two", json!({})),
        ],
    });
    let setup = Setup { policy: Policy::strict(), ..Setup::default() };
    let mock = setup.with(&json!({ "apps": [app] })).start();
    let alice = mock.alice();
    shelf.keep("/o", Kept::Object(unsigned(&json!({ "state": "inside" }))));
    let unknown = refused("invalid_request_uri", "request_uri is not registered for this client");
    for (id, expected) in [("one", CODE), ("two", &*unknown), ("desk-client", &*unknown)] {
        let answer = ask(&mock, Some(&alice), &shelf.url("/o"), &[("client_id", id)]);
        assert_eq!(outcome(&answer), expected, "{id}");
    }
}

#[test]
fn discovery_tells_whether_references_are_read() {
    let keys = ClientKeys::generate();
    for (policy, uris, expected) in [
        (Policy::strict(), &[][..], (json!(false), Value::Null)),
        (Policy::strict(), &["https://app.example/o".to_owned()], (json!(true), json!(true))),
        (Policy::cyberark(), &["https://app.example/o".to_owned()], (Value::Null, Value::Null)),
    ] {
        let mock = keeping(policy, &keys, uris);
        let document = mock.get("/desk/.well-known/openid-configuration").json();
        let told = (
            document["request_uri_parameter_supported"].clone(),
            document["require_request_uri_registration"].clone(),
        );
        assert_eq!(told, expected, "{uris:?}");
    }
}
