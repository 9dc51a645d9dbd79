//! A parameter that is sent twice, at the endpoints that take a token (RFC 6749 §3.2, RFC 6750
//! §3.1); the authorization and token endpoints have tests of their own.

use crate::harness::{Answer, BANK, Mock};

fn twice(mock: &Mock, endpoint: &str, first: &str, second: &str) -> Answer {
    let name = if endpoint == "UserInfo" { "access_token" } else { "token" };
    let form = [(name, first), (name, second)];
    let basic = Some(BANK).filter(|_| endpoint != "UserInfo");
    mock.call(&format!("/OAuth2/{endpoint}/bank"), basic, &form)
}

#[test]
fn strict_refuses_a_token_that_is_sent_twice() {
    let mock = Mock::strict();
    let token = mock.access_token(&[]);
    for (endpoint, name) in
        [("Introspect", "token"), ("Revoke", "token"), ("UserInfo", "access_token")]
    {
        let (status, error, description) = twice(&mock, endpoint, &token, &token).error();
        assert_eq!((status, error.as_str()), (400, "invalid_request"), "{endpoint}");
        assert_eq!(description, format!("parameter {name} is sent more than once"), "{endpoint}");
    }
    assert_eq!(mock.userinfo(&token).status, 200, "nothing was revoked");
}

#[test]
fn the_product_takes_the_first_of_two_tokens() {
    let mock = Mock::start();
    let token = mock.access_token(&[]);
    assert_eq!(twice(&mock, "Introspect", &token, "x").json()["active"], true);
    assert_eq!(twice(&mock, "Introspect", "x", &token).json()["active"], false);
    assert_eq!(twice(&mock, "UserInfo", &token, "x").status, 200);
    assert_eq!(twice(&mock, "UserInfo", "x", &token).status, 401);
    assert_eq!(twice(&mock, "Revoke", "x", &token).status, 200);
    assert_eq!(mock.userinfo(&token).status, 200);
    assert_eq!(twice(&mock, "Revoke", &token, "x").status, 200);
    assert_eq!(mock.userinfo(&token).status, 401);
}
