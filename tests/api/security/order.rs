//! No sequence of calls, in any order, signs in before every challenge is answered.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use cyberark_identity_mock::clock::Clock;
use cyberark_identity_mock::ids::Ids;
use cyberark_identity_mock::protocol::base_url::BaseUrl;
use cyberark_identity_mock::protocol::security::authentication::{
    AdvanceAuthenticationRequest, NewPackage, StartAuthenticationRequest,
};
use cyberark_identity_mock::tenant::document::TenantDocument;
use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::login::{Advance, Start};
use cyberark_identity_mock::tenant::policy::Policy;
use cyberark_identity_mock::tenant::{Tenant, TenantParts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

/// Read once: it takes longer than a whole sequence of calls.
static KEY: LazyLock<SigningKey> = LazyLock::new(SigningKey::development);

/// Something that a client, or the user elsewhere, does with one of two packages.
#[derive(Debug, Clone)]
enum Move {
    /// The mechanism by its challenge and place, and the answer if it is one.
    Advance(usize, (usize, usize), &'static str, Guess),
    /// On the message that is so many from the newest.
    Settle(usize, bool),
    Drop(usize),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Guess {
    Right,
    Wrong,
    None,
}

fn moves() -> impl Strategy<Value = Move> {
    let actions = &["Answer", "Answer", "StartOOB", "Poll", "RetryOOB", "ForgotPassword", "Other"];
    let guess =
        prop_oneof![4 => Just(Guess::Right), 1 => Just(Guess::Wrong), 1 => Just(Guess::None)];
    let advance =
        (0..2_usize, (0..2_usize, 0..6_usize), proptest::sample::select(&actions[..]), guess)
            .prop_map(|(package, mechanism, action, guess)| {
                Move::Advance(package, mechanism, action, guess)
            });
    prop_oneof![
        12 => advance,
        3 => (0..4_usize, any::<bool>()).prop_map(|(message, approve)| Move::Settle(message, approve)),
        1 => (0..2_usize).prop_map(Move::Drop),
    ]
}

/// What differs from tenant to tenant.
#[derive(Debug, Clone, Copy)]
struct Tenancy {
    continues: bool,
    must_change: bool,
    /// Whether there is a QR code to answer by; it takes long to draw.
    has_picture: bool,
}

fn tenancy() -> impl Strategy<Value = Tenancy> {
    let has_picture = proptest::bool::weighted(0.05);
    (any::<bool>(), proptest::bool::weighted(0.25), has_picture).prop_map(
        |(continues, must_change, has_picture)| Tenancy { continues, must_change, has_picture },
    )
}

/// Moves, mostly behind a right password.
fn sequence() -> impl Strategy<Value = Vec<Move>> {
    (proptest::bool::weighted(0.8), vec(moves(), 0..24)).prop_map(|(password, mut moves)| {
        if password {
            moves.insert(0, Move::Advance(0, (0, 0), "Answer", Guess::Right));
        }
        moves
    })
}

fn tenant(Tenancy { continues, must_change, has_picture }: Tenancy) -> Tenant {
    let second = if has_picture { "EMAIL,PF,QR" } else { "EMAIL,OTP,PF,U2F,DUO,RADIUS" };
    let document: TenantDocument = serde_json::from_value(json!({
        "tenant": { "authentication": {
            "continue_failed_sessions": continues, "allow_forgot_password": true,
        } },
        "users": [{
            "name": "pat@example.com",
            "mail": "pat@example.com",
            "phone": "+1 555 6789",
            "password": "right",
            "radius_passcode": "right",
            "security_questions": [{ "question": "?", "answer": "right" }],
            "must_change_password": must_change,
            "challenges": ["UP,SQ", second],
        }],
    }))
    .expect("a document");
    let parts = TenantParts {
        policy: Policy::cyberark(),
        key: KEY.clone(),
        clock: Clock::default(),
        ids: Ids::default(),
    };
    Tenant::new(document, parts).expect("it holds together")
}

fn started(tenant: &Tenant, base: &BaseUrl) -> NewPackage {
    let request =
        StartAuthenticationRequest { user: Some("pat@example.com".into()), ..Default::default() };
    match tenant.start_authentication(base, &request, &[]) {
        Start::NewPackage(package) => *package,
        other => panic!("a package is expected, not {other:?}"),
    }
}

/// Plays the moves on a tenant of its own. What a challenge is met by is kept apart from the
/// tenant: a right answer to a mechanism of it, or an approval of a message for it.
fn play(moves: &[Move], tenancy: Tenancy) -> Result<bool, TestCaseError> {
    let tenant = tenant(tenancy);
    let base: BaseUrl = "http://localhost".parse().expect("a base URL");
    let packages = [started(&tenant, &base), started(&tenant, &base)];
    let mut met: [BTreeSet<usize>; 2] = [BTreeSet::new(), BTreeSet::new()];
    let mut signed_in = false;
    for step in moves {
        match step {
            Move::Drop(package) => {
                tenant.drop_package(&packages[*package].session_id);
            }
            Move::Settle(message, approve) => {
                let Some(message) = tenant.outbox(None).into_iter().nth(*message) else { continue };
                // Which package it was for, the outbox does not tell: both may be.
                if tenant.answer_message(&message.id, *approve).is_ok() && *approve {
                    for met in met.iter_mut().filter(|met| met.contains(&0)) {
                        met.insert(1);
                    }
                }
            }
            Move::Advance(package, (challenge, mechanism), action, guess) => {
                let mechanisms = &packages[*package].challenges[*challenge].mechanisms;
                let mechanism = &mechanisms[mechanism % mechanisms.len()];
                let answer = match (guess, mechanism.name) {
                    (Guess::None, _) => None,
                    (Guess::Wrong, _) => Some("wrong".to_owned()),
                    (Guess::Right, "UP" | "SQ" | "RADIUS") => Some("right".to_owned()),
                    (Guess::Right, _) => {
                        let mut sent = tenant.outbox(None).into_iter();
                        let code = sent.find_map(|message| message.code);
                        Some(code.unwrap_or_else(|| "00000000".to_owned()))
                    }
                };
                let is_right = *action == "Answer" && *guess == Guess::Right;
                let request: AdvanceAuthenticationRequest = serde_json::from_value(json!({
                    "SessionId": packages[*package].session_id,
                    "MechanismId": mechanism.mechanism_id,
                    "Action": action,
                    "Answer": answer,
                }))
                .expect("a request");
                if is_right && (*challenge == 0 || met[*package].contains(&0)) {
                    met[*package].insert(*challenge);
                }
                match tenant.advance_authentication(&base, &request) {
                    Advance::Success(_) => {
                        prop_assert!(!tenancy.must_change, "a new password was never chosen");
                        prop_assert_eq!(met[*package].len(), 2, "package {}", package);
                        signed_in = true;
                    }
                    Advance::NewPackage(_) => prop_assert!(false, "the last challenge is polled"),
                    _ => {}
                }
            }
        }
    }
    Ok(signed_in)
}

#[test]
fn no_order_of_calls_signs_in_without_every_challenge_answered() {
    let signed_in = std::cell::Cell::new(0);
    let config = Config { cases: 2000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(sequence(), tenancy()), |(moves, tenancy)| {
            let got_in = play(&moves, tenancy)?;
            signed_in.set(signed_in.get() + u32::from(got_in));
            Ok(())
        })
        .unwrap();
    assert!(signed_in.get() > 10, "only {} of the sequences signed in", signed_in.get());
}
