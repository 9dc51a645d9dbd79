//! The clock, which everything that expires or stamps reads.

use serde_json::json;

use crate::harness::Mock;

#[test]
fn a_clock_is_set_stopped_advanced_and_set_back() {
    let mock = Mock::start();
    let stopped =
        mock.put("/_mock/v1/clock", &json!({ "now": "2030-06-01T12:00:00+02:00", "frozen": true }));
    let expected =
        json!({ "now": "2030-06-01T10:00:00Z", "seconds": 1_906_538_400, "frozen": true });
    assert_eq!(stopped.json(), expected);
    assert_eq!(mock.get("/_mock/v1/clock").json(), expected);
    let by = json!({ "by": "0.01:00:00" });
    let advanced = mock.request("POST", "/_mock/v1/clock/advance").json(&by).send().json();
    assert_eq!(advanced["seconds"], 1_906_542_000);
    assert_eq!(
        mock.put("/_mock/v1/clock", &json!({ "now": 7 })).json()["now"],
        "1970-01-01T00:00:07Z"
    );
    let back = mock.request("DELETE", "/_mock/v1/clock").send().json();
    assert!(back["frozen"] == false && back["seconds"].as_i64() > Some(1_700_000_000), "{back}");
}

#[test]
fn a_token_goes_from_issue_to_expiry_to_refresh_to_dead() {
    let mock = Mock::start();
    mock.put("/_mock/v1/clock", &json!({ "now": "2030-01-01T00:00:00Z", "frozen": true }));
    let tokens = mock.tokens(&[]);
    let access_token = tokens["access_token"].as_str().unwrap();
    let issued = mock.verified("bank", access_token).claims;
    assert_eq!(issued["iat"], 1_893_456_000);
    let advance = |seconds: i64| {
        let by = json!({ "by": seconds });
        mock.request("POST", "/_mock/v1/clock/advance").json(&by).send();
    };
    let refreshed = || {
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        mock.call("/OAuth2/Token/bank", Some(("bank-client", "bank-secret")), &form)
    };
    let lives = tokens["expires_in"].as_i64().unwrap();
    advance(lives - 1);
    assert_eq!(mock.userinfo(access_token).status, 200);
    advance(1);
    assert_eq!(mock.userinfo(access_token).status, 401);
    assert_eq!(mock.introspected(access_token)["active"], false);
    let renewed = refreshed().json();
    assert_eq!(mock.userinfo(renewed["access_token"].as_str().unwrap()).status, 200);
    advance(30 * 86_400);
    assert_eq!(refreshed().error().1, "invalid_grant");
}
