//! A request as it came in, for steering and journal: what it asks of whom, for whom.

use std::borrow::Cow;

use super::Tenant;
use super::grant::{Bearer, Code, RefreshToken};
use super::session::Session;
use super::store::Key;
use crate::protocol::parameters::Parameter;

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    /// The method.
    pub method: Cow<'a, str>,
    /// The path in canonical form, below the tenant's.
    pub path: Cow<'a, str>,
    /// The parameters of the query, then those of the body, whether form or JSON.
    pub parameters: Vec<Parameter<'a>>,
    /// What may prove who is signed in: session ids, bearer tokens.
    pub credentials: Vec<String>,
    /// The name in Basic credentials.
    pub basic_name: Option<String>,
}

/// Whom a request concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Application ID.
    pub app: Option<String>,
    /// The `client_id`.
    pub client: Option<String>,
    /// Login name of the user.
    pub user: Option<String>,
}

impl Asked<'_> {
    /// The same, of nobody else's texts.
    pub fn into_owned(self) -> Asked<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let pairs = self.parameters.into_iter();
        Asked {
            method: owned(self.method),
            path: owned(self.path),
            parameters: pairs.map(|(name, value)| (owned(name), owned(value))).collect(),
            credentials: self.credentials,
            basic_name: self.basic_name,
        }
    }

    /// The first parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| &**value)
    }

    /// What is asked: `authorize`, `token`, `userinfo`, `discovery`, `startauthentication`, `login`
    /// and so on: the last fixed segment of the path.
    pub fn endpoint(&self) -> &str {
        let mut segments = self.path.split('/').skip(1);
        match (segments.next().unwrap_or_default(), segments.next()) {
            ("oauth2" | "security" | "platformtoken", Some(endpoint)) => endpoint,
            (".well-known", _) | (_, Some(".well-known")) => "discovery",
            (first, _) => first,
        }
    }

    /// The application in the path.
    pub fn app(&self) -> Option<&str> {
        let segments: Vec<&str> = self.path.split('/').skip(1).collect();
        match segments[..] {
            ["oauth2", _, app, ..] | [".well-known", _, app] | [app, ".well-known", ..] => {
                Some(app)
            }
            _ => self.parameter("app").or_else(|| self.parameter("serviceName")),
        }
    }
}

/// Parameters that name a user.
const NAMING: [&str; 4] = ["username", "User", "login_hint", "Username"];

/// Parameters that hold a code or a token.
const PROVING: [&str; 6] =
    ["code", "refresh_token", "access_token", "token", "Auth", "id_token_hint"];

impl Tenant {
    /// Whom a request concerns, as far as its path, parameters and credentials tell.
    pub fn concerned(&self, asked: &Asked<'_>) -> Concerned {
        let named = || NAMING.iter().filter_map(|name| asked.parameter(name));
        let known = |name: &str| self.user(name).map(|user| user.name.clone());
        let proofs = PROVING.iter().filter_map(|name| asked.parameter(name));
        let proofs = proofs.chain(asked.credentials.iter().map(String::as_str));
        let mut proved = Concerned::default();
        for proof in proofs {
            let more = self.proved_by(proof);
            proved.app = proved.app.or(more.app);
            proved.client = proved.client.or(more.client);
            proved.user = proved.user.or(more.user);
        }
        let client = asked.parameter("client_id").map(str::to_owned);
        Concerned {
            app: asked.app().map(str::to_owned).or(proved.app),
            client: client.or_else(|| asked.basic_name.clone()).or(proved.client),
            user: named().find_map(known).or(proved.user),
        }
    }

    /// Whom a code, token or session id is of.
    pub fn proved_by(&self, proof: &str) -> Concerned {
        let now = self.0.clock.now();
        let key = Key::of(proof);
        let of_session = |session: &Session, _| session.user.clone();
        let session = self.0.sessions.read_at(key, now, of_session);
        if let Some(uuid) = session {
            return Concerned { user: self.login_name(&uuid), ..Concerned::default() };
        }
        let terms = match self.0.tokens.read_at(key, now) {
            Some(Bearer::Access(live) | Bearer::Identity(live)) => {
                Some(live.family.grant.terms.clone())
            }
            Some(Bearer::Session(id)) => return self.proved_by(&id),
            None => None,
        };
        let terms = terms.or_else(|| {
            self.0.codes.read_at(key, now, |code, _| match code {
                Code::Issued(issued) => issued.grant.terms.clone(),
                Code::Redeemed(family) => family.grant.terms.clone(),
            })
        });
        let terms = terms.or_else(|| {
            let read = |token: &RefreshToken, _| token.family().grant.terms.clone();
            self.0.refresh_tokens.read_at(key, now, read)
        });
        terms.map(|terms| self.concerned_by(&terms)).unwrap_or_default()
    }
}
