//! The vendor's calls beside the authentication API: sessions, portal, look-ups, and what is missing.

use serde_json::{Value, json};

use crate::harness::{Answer, Mock, SERVICE};

const BOB: &str = "b0b00000-0000-4000-8000-000000000002";

fn post(mock: &Mock, path: &str, session: &str) -> Answer {
    mock.request("POST", path).cookie(session).send()
}

fn bob(mock: &Mock) -> String {
    mock.sign_in("bob@example.com", "bob-password")
}

fn is_signed_in(mock: &Mock, session: &str) -> bool {
    post(mock, "/Security/whoami", session).json()["success"] == true
}

fn failed(answer: &Answer, message: &str, case: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["success"]), (200, &json!(false)), "{case}: {answer:?}");
    assert_eq!(body["Message"], message, "{case}");
    assert_eq!(body["ErrorID"].as_str().map(str::len), Some(69), "{case}");
}

const NOT_AUTHORIZED: &str =
    "You are not authorized to perform this operation. Please contact your IT helpdesk.";
const TRY_AGAIN: &str = "Please try again or contact your system administrator for assistance.";

#[test]
fn signing_out_of_the_current_session_leaves_the_others() {
    let mock = Mock::start();
    let (here, there) = (bob(&mock), bob(&mock));
    let answer = post(&mock, "/UserMgmt/SignOutCurrentSession", &here);
    assert_eq!(answer.json()["success"], true);
    assert!(answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with(".ASPXAUTH=;")));
    assert_eq!((is_signed_in(&mock, &here), is_signed_in(&mock, &there)), (false, true));
    failed(&post(&mock, "/UserMgmt/SignOutCurrentSession", &here), NOT_AUTHORIZED, "twice");
}

#[test]
fn signing_out_everywhere_ends_every_session_of_the_user() {
    let mock = Mock::start();
    let (here, there, alice) = (bob(&mock), bob(&mock), mock.alice());
    let path = format!("/UserMgmt/SignOutEverywhere?id={BOB}");
    assert_eq!(post(&mock, &path, &here).json()["success"], true);
    let signed_in = [&here, &there, &alice].map(|session| is_signed_in(&mock, session));
    assert_eq!(signed_in, [false, false, true]);
    failed(&post(&mock, &path, &here), NOT_AUTHORIZED, "over");
}

#[test]
fn only_an_administrator_signs_others_out() {
    let mock = Mock::start();
    let (bob, alice) = (bob(&mock), mock.alice());
    let alices = "/UserMgmt/SignOutEverywhere?id=a11ce000-0000-4000-8000-000000000001";
    failed(&post(&mock, alices, &bob), NOT_AUTHORIZED, "bob");
    failed(&post(&mock, "/UserMgmt/SignOutEverywhere?id=x", &bob), NOT_AUTHORIZED, "unknown");
    failed(&post(&mock, "/UserMgmt/SignOutEverywhere?id=x", &alice), TRY_AGAIN, "unknown");
    failed(&mock.post(alices, &[]), NOT_AUTHORIZED, "nobody");
    assert_eq!((is_signed_in(&mock, &bob), is_signed_in(&mock, &alice)), (true, true));
    let answer = post(&mock, &format!("/UserMgmt/SignOutEverywhere?id={BOB}"), &alice);
    assert_eq!(answer.json()["success"], true);
    assert_eq!(answer.header("set-cookie"), None, "alice stays");
    assert_eq!((is_signed_in(&mock, &bob), is_signed_in(&mock, &alice)), (false, true));
}

#[test]
fn logout_leads_to_this_server_and_to_listed_urls_only() {
    let mock = Mock::start();
    for (url, target) in [
        ("%2Fmy", Some("/my")),
        ("http%3A%2F%2Flocalhost%3A3000%2Fbye", Some("http://localhost:3000/bye")),
        ("https%3A%2F%2Fevil.example%2F", None),
        ("%2F%2Fevil.example", None),
        ("%2F%5Cevil.example", None),
        ("javascript%3Aalert(1)", None),
        ("", None),
    ] {
        let session = bob(&mock);
        let path = format!("/Security/Logout?redirectUrl={url}&allowIWA=true");
        let answer = post(&mock, &path, &session);
        match target {
            Some(target) => assert_eq!(answer.location(), target),
            None => assert_eq!((answer.status, &answer.json()["success"]), (200, &json!(true))),
        }
        assert!(answer.header("set-cookie").is_some(), "{url}");
        assert!(!is_signed_in(&mock, &session), "{url}");
    }
}

#[test]
fn the_portal_lists_the_applications_of_who_is_signed_in() {
    let mock = Mock::start();
    let session = bob(&mock);
    let answer = post(&mock, "/UPRest/GetUPData?force=true", &session);
    insta::assert_json_snapshot!("up_data", answer.json());
    let items = post(&mock, "/UPRest/GetSecuredItemsData", &session).json();
    assert_eq!(
        (&items["success"], &items["Result"]),
        (&json!(true), &json!({ "SecuredItems": [] }))
    );
    for path in ["/UPRest/GetUPData", "/UPRest/GetSecuredItemsData", "/CDirectoryService/GetUser"] {
        failed(&mock.post(path, &[]), NOT_AUTHORIZED, path);
    }
}

#[test]
fn the_directory_tells_a_user_about_themselves_and_an_administrator_about_everybody() {
    let mock = Mock::start();
    let ask = |session: &str, body: &Value| {
        mock.request("POST", "/CDirectoryService/GetUser").cookie(session).json(body).send()
    };
    let (bob, alice) = (bob(&mock), mock.alice());
    let own = ask(&bob, &json!({})).json()["Result"].take();
    insta::assert_json_snapshot!("directory_user", own);
    assert_eq!(ask(&alice, &json!({ "ID": BOB })).json()["Result"], own);
    let alices = json!({ "ID": "a11ce000-0000-4000-8000-000000000001" });
    failed(&ask(&bob, &alices), NOT_AUTHORIZED, "bob");
    failed(&ask(&alice, &json!({ "ID": "x" })), TRY_AGAIN, "unknown");
}

#[test]
fn a_call_that_is_not_imitated_says_so_and_is_counted() {
    let mock = Mock::start();
    for path in ["/UserMgmt/GetUserInfo", "/usermgmt//getuserinfo/", "/RedRock/query"] {
        let answer = mock.request("POST", path).json(&json!({})).send();
        let canonical = path.to_lowercase().replace("//", "/");
        let call = format!("POST {}", canonical.trim_end_matches('/'));
        failed(
            &answer,
            &format!("{call} is not imitated by this mock of CyberArk Identity."),
            path,
        );
    }
    for path in [
        "/Security/Nothing",
        "/SaasManage/GetApplication",
        "/Roles/x",
        "/Core/x",
        "/Policy/x",
        "/U2f/x",
        "/api/x",
        "/api/idadmin/x/y/z",
    ] {
        assert_eq!(mock.get(path).json()["success"], false, "{path}");
    }
    let missing = mock.get("/_mock/missing").json();
    let counted = |call: &str, count: u64| json!({ "call": call, "count": count });
    let list = missing.as_array().expect("a list");
    assert!(list.contains(&counted("POST /usermgmt/getuserinfo", 2)), "{missing}");
    assert!(list.contains(&counted("GET /api/idadmin/x/y/z", 1)), "{missing}");
}

#[test]
fn the_count_of_missing_calls_is_bounded() {
    let mock = Mock::start();
    for number in 0..600 {
        mock.tenant.note_missing(&format!("GET /core/{number}"));
    }
    let missing = mock.get("/_mock/missing").json();
    let list = missing.as_array().expect("a list");
    assert_eq!(list.len(), 513);
    assert!(list.contains(&json!({ "call": "others", "count": 88 })));
}

#[test]
fn a_tenant_is_found_by_its_subdomain() {
    let mock = Mock::start();
    let (url, host) = (&mock.url, mock.url.trim_start_matches("http://"));
    for (path, expected) in [
        ("/api/identity-endpoint/acme", json!({ "endpoint": url })),
        ("/api/v2/services/subdomain/acme", json!({ "identity_administration": { "api": url } })),
        ("/shell/api/endpoint/acme", json!({ "fqdn": host })),
        ("/API/Identity-Endpoint/Acme/", json!({ "endpoint": url })),
        ("/Api/V2//Services/Subdomain/Acme", json!({ "identity_administration": { "api": url } })),
        ("/Shell/API/Endpoint/Acme", json!({ "fqdn": host })),
    ] {
        assert_eq!(mock.get(path).json(), expected, "{path}");
    }
}

#[test]
fn the_sdks_prefix_leads_to_the_products_paths() {
    let mock = Mock::start();
    let form = [("grant_type", "client_credentials")];
    let token = mock.call("/api/idadmin/oauth2/platformtoken", Some(SERVICE), &form);
    assert_eq!(token.status, 200, "{token:?}");
    let session = bob(&mock);
    for path in
        ["/api/idadmin/CDirectoryService/GetUser", "/API/IdAdmin//cdirectoryservice/GETUSER/"]
    {
        let user = mock.request("POST", path).cookie(&session).json(&json!({})).send().json();
        assert_eq!(user["success"], true, "{path}: {user}");
    }
    let missing = mock.request("POST", "/api/idadmin/UserMgmt/GetUserInfo").send();
    let message = "POST /usermgmt/getuserinfo is not imitated by this mock of CyberArk Identity.";
    failed(&missing, message, "named as without the prefix");
    let below = mock.request("POST", "/_tenant/nobody/api/idadmin/Security/whoami").send();
    assert_eq!(below.status, 404, "the tenant comes first");
}

#[test]
fn headers_of_the_sdks_do_no_harm() {
    let mock = Mock::start();
    for (name, value) in [
        ("X-IDAP-NATIVE-CLIENT", "Web"),
        ("X-IDAP-NATIVE-CLIENT'", "true"),
        ("X-CENTRIFY-NATIVE-CLIENT", "1"),
        ("X-Cybr-Telemetry", "e30="),
        ("Content-Type", "application/json"),
    ] {
        let request = mock.request("POST", "/Security/StartAuthentication").header(name, value);
        assert_eq!(request.send().status, 200, "{name}");
    }
}

/// The first path of each row of the README's table of calls, with the method and what it says.
fn readme_rows() -> Vec<(String, String, String)> {
    let readme = include_str!("../../README.md");
    let rows = readme.lines().skip_while(|line| *line != "## Endpoints");
    let rows = rows.skip(1).take_while(|line| !line.starts_with("## "));
    rows.filter_map(|row| {
        let mut columns = row.strip_prefix("| `")?.splitn(2, " | ");
        let (calls, support) = (columns.next()?, columns.next()?);
        let path = &calls[calls.find('/')?..];
        let path = path.split(['`', '?', ' ']).next()?.replace("{app}", "bank");
        let method = if calls.starts_with("POST") { "POST" } else { "GET" };
        Some((method.to_owned(), path, support.to_owned()))
    })
    .collect()
}

#[test]
fn every_call_of_the_readme_is_routed_unless_it_is_called_absent() {
    let mock = Mock::start();
    let rows = readme_rows();
    assert!(rows.len() > 20, "{rows:?}");
    for (method, path, support) in rows.iter().filter(|(_, _, support)| support != "absent |") {
        let answer = mock.request(method, path).send();
        let is_unknown = answer.body.contains("is not imitated by this mock");
        assert!(!is_unknown, "{method} {path}, {support}: {answer:?}");
    }
    let readme = include_str!("../../README.md");
    let absent = readme.lines().find(|line| line.starts_with("| every other call below"));
    let below = absent.and_then(|row| row.split(" | ").next()).expect("the row of absent calls");
    for namespace in below.split('`').skip(1).step_by(2) {
        let answer = mock.request("POST", &format!("{namespace}/Nothing")).send();
        let call = format!("POST {}/nothing", namespace.to_lowercase());
        failed(
            &answer,
            &format!("{call} is not imitated by this mock of CyberArk Identity."),
            namespace,
        );
    }
}
