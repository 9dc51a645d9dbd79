//! From what a person sent to where they stand, without JavaScript: calls on the tenant in the
//! page's order. The page's script walks the same way through [`crate::http::security`].

use super::step::{Step, mechanisms};
use crate::http::extract::Here;
use crate::protocol::parameters::Parameters;
use crate::protocol::secret::Secret;
use crate::protocol::security::AUTHENTICATION_FAILED;
use crate::protocol::security::authentication::{
    AdvanceAuthenticationRequest, Answer, MESSAGE_SENT, NewPackage, Operation,
    StartAuthenticationRequest,
};
use crate::protocol::security::mechanism::{Mechanism, MechanismKind};
use crate::tenant::login::{Advance, Start};
use crate::tenant::pending_login::PendingLogin;

/// Where a person stands.
pub(super) enum Place {
    /// At the user name; what went wrong before.
    Name(Option<&'static str>),
    /// At a challenge; what is to be told beside.
    Step(Box<Step>, Option<Word>),
    /// Signed in.
    SignedIn(Box<PendingLogin>),
    /// At the wrong pod: host (and port) of the right one.
    Elsewhere(String),
    /// At another identity provider: its page.
    AtIdp(String),
}

/// What the page tells beside the challenge.
pub(super) enum Word {
    /// Something went wrong.
    Failure(String),
    /// Something was done.
    Notice(&'static str),
}

/// Names of the fields with the answers to several questions: this, then the question's id.
const ANSWER_TO: &str = "answer.";

/// A user name was entered. Nothing is sent that could prove a session: whoever sees the page was
/// asked to sign in.
pub(super) fn begin(here: &Here, sent: &Parameters) -> Place {
    let request = StartAuthenticationRequest {
        user: sent.owned("username"),
        ..StartAuthenticationRequest::default()
    };
    match here.tenant.start_authentication(&here.base, &request, &[]) {
        Start::NewPackage(package) => open(here, &package, None),
        Start::WrongPod(pod) => Place::Elsewhere(pod),
        Start::Federated(start) => Place::AtIdp(start.idp_redirect_url),
        _ => failed(),
    }
}

/// A package is looked at: by the link of a message, or on the way back.
pub(super) fn resume(here: &Here, sent: &Parameters) -> Place {
    resume_with(here, session_of(sent), None)
}

fn resume_with(here: &Here, session_id: &str, word: Option<Word>) -> Place {
    match here.tenant.package(&here.base, session_id) {
        Some(package) => open(here, &package, word),
        None => failed(),
    }
}

/// A button of the challenge stage was pressed.
pub(super) fn go_on(here: &Here, sent: &Parameters) -> Place {
    if let Some(mechanism_id) = sent.get("choice") {
        return show(here, session_of(sent), mechanism_id, None);
    }
    match sent.get("action") {
        Some("Back") => match here.tenant.package(&here.base, session_of(sent)) {
            Some(package) => Place::Step(Box::new(Step::choice(&package)), None),
            None => failed(),
        },
        _ if sent.get("new_password") != sent.get("new_password_again") => {
            let word = Word::Failure("The two passwords are not the same.".to_owned());
            show(here, session_of(sent), mechanism_of(sent), Some(word))
        }
        action => operate(here, sent, action.unwrap_or("Answer")),
    }
}

fn operate(here: &Here, sent: &Parameters, action: &str) -> Place {
    let request = AdvanceAuthenticationRequest {
        persistent_login: sent.get("persist").map(|_| true),
        ..request(session_of(sent), mechanism_of(sent), action, answer_of(sent))
    };
    match here.tenant.advance_authentication(&here.base, &request) {
        Advance::Success(login) => Place::SignedIn(login),
        Advance::NewPackage(package) => open(here, &package, None),
        Advance::NextChallenge => resume(here, sent),
        Advance::Pending(number) => match here.tenant.package(&here.base, session_of(sent)) {
            Some(package) => stand_at(&package, mechanism_of(sent), number, None),
            None => failed(),
        },
        Advance::Noncommittal => {
            let word = Word::Notice(MESSAGE_SENT);
            show(here, session_of(sent), mechanism_of(sent), Some(word))
        }
        Advance::Refused(hint) => {
            let word = Word::Failure(hint);
            show(here, session_of(sent), mechanism_of(sent), Some(word))
        }
        Advance::Failure => {
            // Where the tenant lets failed sessions go on, the package is still there.
            let word = Word::Failure(AUTHENTICATION_FAILED.to_owned());
            match action {
                "Answer" => show(here, session_of(sent), mechanism_of(sent), Some(word)),
                _ => resume_with(here, session_of(sent), Some(word)),
            }
        }
    }
}

/// The current challenge: its only mechanism, or the choice.
fn open(here: &Here, package: &NewPackage, word: Option<Word>) -> Place {
    match mechanisms(package) {
        [only] => open_mechanism(here, package, only, word),
        _ => Place::Step(Box::new(Step::choice(package)), word),
    }
}

/// A mechanism of the current challenge.
fn show(here: &Here, session_id: &str, mechanism_id: &str, word: Option<Word>) -> Place {
    let Some(package) = here.tenant.package(&here.base, session_id) else {
        return failed();
    };
    match find(&package, mechanism_id) {
        Some(mechanism) => open_mechanism(here, &package, mechanism, word),
        None => open(here, &package, word),
    }
}

/// A mechanism, started if it sends something. One that was started before sends nothing more.
fn open_mechanism(
    here: &Here,
    package: &NewPackage,
    mechanism: &Mechanism,
    word: Option<Word>,
) -> Place {
    let id = &mechanism.mechanism_id;
    if !mechanism.kind().is_some_and(MechanismKind::is_sent) {
        return stand_at(package, id, None, word);
    }
    let start = request(&package.session_id, id, "StartOOB", None);
    match here.tenant.advance_authentication(&here.base, &start) {
        Advance::Pending(number) => stand_at(package, id, number, word),
        _ => failed(),
    }
}

fn stand_at(
    package: &NewPackage,
    mechanism_id: &str,
    number: Option<String>,
    word: Option<Word>,
) -> Place {
    let step = match find(package, mechanism_id) {
        Some(mechanism) => Step::mechanism(package, mechanism, number),
        None => Step::choice(package),
    };
    Place::Step(Box::new(step), word)
}

fn failed() -> Place {
    Place::Name(Some(AUTHENTICATION_FAILED))
}

fn find<'p>(package: &'p NewPackage, mechanism_id: &str) -> Option<&'p Mechanism> {
    mechanisms(package).iter().find(|mechanism| mechanism.mechanism_id == mechanism_id)
}

fn request(
    session_id: &str,
    mechanism_id: &str,
    action: &str,
    answer: Option<Answer>,
) -> AdvanceAuthenticationRequest {
    AdvanceAuthenticationRequest {
        session_id: Some(session_id.to_owned()),
        operation: Operation {
            mechanism_id: Some(mechanism_id.to_owned()),
            action: Some(action.to_owned()),
            answer,
        },
        ..AdvanceAuthenticationRequest::default()
    }
}

/// The answers to several questions, or the one text that was typed.
fn answer_of(sent: &Parameters) -> Option<Answer> {
    let part = |name: &str| {
        let uuid = name.strip_prefix(ANSWER_TO)?;
        Some((uuid.to_owned(), Secret::new(sent.get(name)?)))
    };
    let parts: std::collections::BTreeMap<_, _> = sent.names().filter_map(part).collect();
    if !parts.is_empty() {
        return Some(Answer::Parts(parts));
    }
    let text = sent.get("new_password").or_else(|| sent.get("answer"));
    text.map(|text| Answer::Text(Secret::new(text)))
}

fn session_of(sent: &Parameters) -> &str {
    sent.get("session_id").unwrap_or_default()
}

fn mechanism_of(sent: &Parameters) -> &str {
    sent.get("mechanism_id").unwrap_or_default()
}
