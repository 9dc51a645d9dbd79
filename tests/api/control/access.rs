//! Who may call the control API.

use cyberark_identity_mock::protocol::secret::Secret;
use cyberark_identity_mock::server::ControlAccess;

use crate::harness::{Mock, Setup};

fn with(control: ControlAccess) -> Mock {
    Setup { control, ..Setup::default() }.start()
}

#[test]
fn a_token_is_asked_for_on_the_whole_surface() {
    let mock = with(ControlAccess::Token(Secret::new("t-o-k-e-n")));
    for path in
        ["/_mock/v1/users", "/_mock/openapi.json", "/_mock", "/_Mock/anything", "//_mock/v1"]
    {
        for request in [mock.request("GET", path), mock.request("GET", path).bearer("t-o-k-e")] {
            let answer = request.send();
            assert_eq!(answer.status, 401, "{path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"control\""));
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        }
    }
    assert_eq!(mock.request("GET", "/_mock/v1/users").bearer("t-o-k-e-n").send().status, 200);
    assert_eq!((mock.get("/health").status, mock.get("/_mock/ca.pem").status), (200, 404));
}

#[test]
fn it_can_be_turned_off() {
    let mock = with(ControlAccess::Off);
    assert_eq!(mock.get("/_mock/v1/users").status, 403);
    assert_eq!(mock.at("default").get("/_mock/v1/users").status, 403);
    assert!(mock.tokens(&[])["id_token"].is_string());
}
