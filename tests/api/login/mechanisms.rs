//! Every mechanism by the forms of the page alone, and what a person does between them.

use cyberark_identity_mock::clock::Timestamp;
use serde_json::{Value, json};

use super::form::{Form, attribute};
use super::{FAILURE, session_of};
use crate::harness::{Answer, Mock, Setup};

const USER: &str = "mel@example.com";

/// A tenant with these settings of the sign-in, and a user with these members.
fn mock(authentication: &Value, user: &Value) -> Mock {
    let mut mel = json!({
        "name": USER,
        "password": "mel-password",
        "mail": "mel@example.com",
        "phone": "+1 555 0199",
        "oath_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "radius_passcode": "246810",
        "security_questions": [{ "question": "First pet?", "answer": "Rex" }],
    });
    for (name, value) in user.as_object().expect("members") {
        mel[name] = value.clone();
    }
    let document = json!({ "tenant": { "authentication": authentication }, "users": [mel] });
    Setup::default().with(&document).start()
}

/// The page after the user name.
fn named(mock: &Mock) -> Answer {
    Form::on(&mock.get("/login?cloudRedirect=my"), "username-form")
        .submit(mock, &[("username", USER)])
}

/// Submits the challenge's form with these fields.
fn step(mock: &Mock, page: &Answer, fields: &[(&str, &str)]) -> Answer {
    Form::on(page, "challenge-form").submit(mock, fields)
}

/// Presses the button of a mechanism.
fn choose(mock: &Mock, page: &Answer, mechanism: &str) -> Answer {
    let tags = page.body.split("<button ").map(|tag| format!(" {tag}"));
    let mut ours =
        tags.filter(|tag| attribute(tag, "data-mechanism").as_deref() == Some(mechanism));
    let tag = ours.next().unwrap_or_else(|| panic!("no {mechanism}: {page:?}"));
    step(mock, page, &[("choice", &attribute(&tag, "value").expect("the button has one"))])
}

/// The newest message.
fn message(mock: &Mock) -> Value {
    mock.get("/_mock/outbox").json()[0].clone()
}

fn settle(mock: &Mock, answer: &str) {
    let id = message(mock)["id"].as_str().expect("a message").to_owned();
    assert_eq!(mock.post(&format!("/_mock/outbox/{id}/{answer}"), &[]).status, 200);
}

fn is_shown(page: &Answer, id: &str) -> bool {
    let (_, rest) = page.body.split_once(&format!(" id=\"{id}\"")).expect("the page has it");
    let (tag, _) = rest.split_once('>').expect("the tag ends");
    !tag.ends_with(" hidden") && !tag.contains(" hidden ")
}

#[test]
fn each_mechanism_signs_in_by_its_text() {
    let mock =
        mock(&json!({}), &json!({ "challenges": ["UP", "EMAIL,SMS,OATH,OTP,U2F,RADIUS,SQ,UP"] }));
    for (mechanism, label, kind, text) in [
        ("EMAIL", "Email sent to xxxx@example.com. Click the link", "text", None),
        ("SMS", "Sending a text to mobile phone ending... 0199.", "text", None),
        ("OTP", "Sent Mobile Authenticator request", "text", None),
        ("U2F", "Insert security key", "text", None),
        // RFC 6238, Appendix B: the time of the second row.
        ("OATH", "Enter Verification Code", "text", Some("081804")),
        ("RADIUS", "Enter RADIUS Passcode", "password", Some("246810")),
        ("SQ", "Answer security question &#39;First pet?&#39;:", "text", Some("rex")),
        ("UP", "Enter Password", "password", Some("mel-password")),
    ] {
        mock.clock.set(Timestamp::from_seconds(1_111_111_109));
        let choice = step(&mock, &named(&mock), &[("answer", "mel-password")]);
        let page = choose(&mock, &choice, mechanism);
        assert!(page.body.contains(&format!("for=\"answer\">{label}")), "{mechanism}: {page:?}");
        assert!(page.body.contains(&format!("name=\"answer\" type=\"{kind}\"")), "{mechanism}");
        let sent =
            text.map_or_else(|| message(&mock)["code"].as_str().unwrap().to_owned(), str::to_owned);
        let done = step(&mock, &page, &[("answer", &sent)]);
        assert_eq!(done.location(), "/my", "{mechanism}");
        let portal = mock.request("GET", "/my").cookie(&session_of(&done)).send();
        assert!(portal.body.contains(USER), "{mechanism}");
    }
}

#[test]
fn a_page_that_waits_goes_on_when_the_user_says_yes_and_starts_over_at_a_no() {
    let mock = mock(&json!({}), &json!({ "challenges": ["UP", "EMAIL,SMS,OTP,PF,DUO,QR"] }));
    for (mechanism, by_itself, number, picture) in [
        ("EMAIL", false, false, false),
        ("SMS", false, false, false),
        ("OTP", false, true, false),
        ("PF", true, false, false),
        ("DUO", true, false, false),
        ("QR", true, false, true),
    ] {
        for answer in ["approve", "deny"] {
            let choice = step(&mock, &named(&mock), &[("answer", "mel-password")]);
            let page = choose(&mock, &choice, mechanism);
            let page = step(&mock, &page, &[("action", "Poll")]);
            assert!(is_shown(&page, "poll-submit"), "{mechanism}: {page:?}");
            assert_eq!(is_shown(&page, "number-line"), number, "{mechanism}");
            assert_eq!(is_shown(&page, "picture-line"), picture, "{mechanism}");
            if number {
                let shown = format!(
                    "<output id=\"number\">{}<",
                    message(&mock)["number"].as_str().unwrap()
                );
                assert!(page.body.contains(&shown), "{page:?}");
            }
            let refresh = page.body.split_once("content=\"2; url=").map(|(_, rest)| {
                let url = rest.split('"').next().unwrap().replace("&#38;", "&");
                url.replace("&amp;", "&")
            });
            assert_eq!(refresh.is_some(), by_itself, "{mechanism}");
            settle(&mock, answer);
            let after = match refresh {
                Some(url) => mock.get(&url),
                None => step(&mock, &page, &[("action", "Poll")]),
            };
            if answer == "approve" {
                assert_eq!(after.location(), "/my", "{mechanism}");
            } else {
                assert!(after.body.contains(FAILURE), "{mechanism}: {after:?}");
                assert_eq!(Form::on(&after, "username-form").value("username"), USER);
            }
        }
    }
}

#[test]
fn another_way_leads_back_to_the_choice_and_sending_again_sends_again() {
    let mock = Mock::start();
    let name = Form::on(&mock.get("/login"), "username-form");
    let password = name.submit(&mock, &[("username", "dana@example.com")]);
    assert!(!is_shown(&password, "back-submit"), "there is one way only");
    let choice = step(&mock, &password, &[("answer", "dana-password")]);
    for text in
        ["Email... @example.com", "SMS... XXX-0104", "OATH OTP Client", "Phone Call... XXX-0104"]
    {
        assert!(choice.body.contains(text), "{choice:?}");
    }
    let mail = choose(&mock, &choice, "EMAIL");
    assert!(is_shown(&mail, "back-submit") && is_shown(&mail, "outbox-line"));
    let again = step(&mock, &mail, &[("action", "RetryOOB")]);
    let mails = mock.get("/_mock/outbox").json();
    let mails: Vec<_> =
        mails.as_array().unwrap().iter().filter(|one| one["mechanism"] == "EMAIL").collect();
    assert!(mails.len() == 2 && mails[0]["code"] != mails[1]["code"], "{mails:?}");
    let choice = step(&mock, &again, &[("action", "Back")]);
    assert!(is_shown(&choice, "choice-fields") && !is_shown(&choice, "answer-fields"));
    let text = choose(&mock, &choice, "SMS");
    let code = message(&mock)["code"].as_str().unwrap().to_owned();
    assert_eq!(step(&mock, &text, &[("answer", &code)]).location(), "/my");
}

#[test]
fn several_questions_are_asked_at_once() {
    let questions = json!([
        { "question": "First pet?", "answer": "Rex" },
        { "question": "<Town>?", "answer": "Ulm" },
    ]);
    let mock = mock(&json!({}), &json!({ "challenges": ["SQ"], "security_questions": questions }));
    for (answers, signed_in) in
        [(["Rex", "Ulm"], true), (["Rex", "Rex"], false), (["Rex", ""], false)]
    {
        let page = named(&mock);
        assert!(
            page.body.contains("<label for=\"question-2\">&#60;Town&#62;?</label>"),
            "{page:?}"
        );
        let (_, fields) = page.body.split_once("<fieldset id=\"question-fields\"").unwrap();
        let names = fields.split("<input ").skip(1).take(2);
        let names: Vec<_> =
            names.map(|tag| attribute(&format!(" {tag}"), "name").unwrap()).collect();
        let fields = [(names[0].as_str(), answers[0]), (names[1].as_str(), answers[1])];
        let answer = step(&mock, &page, &fields);
        assert_eq!(answer.status == 302, signed_in, "{answers:?}: {answer:?}");
        assert_eq!(answer.body.contains(FAILURE), !signed_in, "{answers:?}");
    }
}

#[test]
fn a_new_password_is_asked_for_until_it_has_all_it_needs() {
    let mock = mock(&json!({}), &json!({ "must_change_password": true }));
    let mut page = step(&mock, &named(&mock), &[("answer", "mel-password")]);
    let hint = "At least 8 characters, with a digit, an upper-case letter and a lower-case letter.";
    assert!(page.body.contains(&format!("id=\"password-hint\" class=\"quiet small\">{hint}")));
    for (first, second, failure) in [
        ("short", "short", hint),
        ("", "", hint),
        ("Passw0rd-1", "Passw0rd-2", "The two passwords are not the same."),
    ] {
        let fields = [("new_password", first), ("new_password_again", second)];
        page = step(&mock, &page, &fields);
        assert!(page.body.contains(&format!("role=\"alert\">{failure}</p>")), "{page:?}");
        assert!(is_shown(&page, "password-fields"));
    }
    let fields = [("new_password", "Passw0rd-1"), ("new_password_again", "Passw0rd-1")];
    assert_eq!(step(&mock, &page, &fields).location(), "/my");
    let again = step(&mock, &named(&mock), &[("answer", "Passw0rd-1")]);
    assert_eq!(again.location(), "/my", "it is asked for once");
}

#[test]
fn a_forgotten_password_is_replaced_by_the_link_of_a_message() {
    let mock = mock(
        &json!({ "allow_forgot_password": true }),
        &json!({ "challenges": ["UP", "EMAIL,SMS"] }),
    );
    let page = named(&mock);
    assert!(is_shown(&page, "forgot-submit"));
    let told = step(&mock, &page, &[("action", "ForgotPassword")]);
    let notice = "role=\"status\">If the account exists, a message has been sent.";
    assert!(told.body.contains(notice) && is_shown(&told, "outbox-line"), "{told:?}");
    let link = message(&mock)["link"].as_str().expect("a link").to_owned();
    let reset = mock.get(link.strip_prefix(&mock.url).expect("it leads here"));
    let fields = [("new_password", "Passw0rd-1"), ("new_password_again", "Passw0rd-1")];
    let choice = step(&mock, &reset, &fields);
    let mail = choose(&mock, &choice, "EMAIL");
    let code = message(&mock)["code"].as_str().unwrap().to_owned();
    assert_eq!(step(&mock, &mail, &[("answer", &code)]).location(), "/my");
    let spent = mock.get(link.strip_prefix(&mock.url).unwrap());
    assert!(spent.body.contains(FAILURE), "the link is spent: {spent:?}");
    let next = step(&mock, &named(&mock), &[("answer", "Passw0rd-1")]);
    assert!(is_shown(&next, "choice-fields"), "{next:?}");
}

#[test]
fn nothing_is_offered_that_the_tenant_does_not_allow() {
    let closed = named(&mock(&json!({}), &json!({})));
    assert!(!is_shown(&closed, "forgot-submit") && !is_shown(&closed, "persist-line"));
    let open = mock(&json!({ "allow_persistent_login": true }), &json!({}));
    for (persist, age) in [(vec![], false), (vec![("persist", "yes")], true)] {
        let page = named(&open);
        assert!(is_shown(&page, "persist-line"));
        let fields = [vec![("answer", "mel-password")], persist].concat();
        let done = step(&open, &page, &fields);
        let cookie = done.header("set-cookie").expect("a session").to_owned();
        assert_eq!(cookie.contains("Max-Age="), age, "{cookie}");
    }
}

#[test]
fn a_failed_answer_can_be_corrected_where_failed_sessions_go_on() {
    let mock = mock(
        &json!({ "continue_failed_sessions": true }),
        &json!({ "challenges": ["UP", "OTP,PF"] }),
    );
    let wrong = step(&mock, &named(&mock), &[("answer", "wrong")]);
    assert!(wrong.body.contains(FAILURE) && is_shown(&wrong, "answer-fields"), "{wrong:?}");
    let choice = step(&mock, &wrong, &[("answer", "mel-password")]);
    let push = choose(&mock, &choice, "OTP");
    let wrong = step(&mock, &push, &[("answer", "wrong")]);
    assert!(wrong.body.contains(FAILURE) && is_shown(&wrong, "number-line"), "{wrong:?}");
    settle(&mock, "deny");
    let denied = step(&mock, &wrong, &[("action", "Poll")]);
    assert!(denied.body.contains(FAILURE) && is_shown(&denied, "choice-fields"), "{denied:?}");
}

#[test]
fn somebody_who_is_locked_out_is_back_at_the_user_name() {
    let mock = mock(&json!({ "lockout": { "failures": 2, "duration": 60 } }), &json!({}));
    for password in ["wrong", "wrong", "mel-password"] {
        let page = step(&mock, &named(&mock), &[("answer", password)]);
        assert!(page.body.contains(FAILURE), "{page:?}");
        assert_eq!(Form::on(&page, "username-form").value("username"), USER);
    }
}

#[test]
fn a_user_of_another_pod_is_told_where_to_go() {
    let mock = mock(&json!({}), &json!({ "pod": "pod7.example.com" }));
    let page = named(&mock);
    let link =
        "<a id=\"other-pod-link\" href=\"http://pod7.example.com/login\">pod7.example.com</a>";
    assert!(is_shown(&page, "other-pod") && page.body.contains(link), "{page:?}");
    assert!(is_shown(&page, "username-stage") && !page.body.contains(FAILURE));
}
