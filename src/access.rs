//! Owns who may do what: scopes, how a credential arrives, what it grants. Contract: “Credentials”.
//! Refuses to own what keys look like (`secret`), where they are kept (`edge::directory`) and how tokens are signed (`token`).

use crate::fields::Query;
use crate::id::{JobId, ProjectId};
use crate::problem::{Code, Problem};
use crate::session;
use crate::time::Timestamp;
use crate::view::Visibility;
use serde::{Deserialize, Serialize};

/// One right. Its word is the contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Create,
    Read,
    ReadProgress,
    Poll,
    Ack,
    Progress,
    Event,
    Complete,
    Fail,
    Kill,
    Keepalive,
    Manage,
}

impl Scope {
    pub const ALL: [Scope; 12] = [
        Scope::Create,
        Scope::Read,
        Scope::ReadProgress,
        Scope::Poll,
        Scope::Ack,
        Scope::Progress,
        Scope::Event,
        Scope::Complete,
        Scope::Fail,
        Scope::Kill,
        Scope::Keepalive,
        Scope::Manage,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Scope::Create => "jobs:create",
            Scope::Read => "jobs:read",
            Scope::ReadProgress => "jobs:read:progress",
            Scope::Poll => "jobs:poll",
            Scope::Ack => "jobs:ack",
            Scope::Progress => "jobs:progress",
            Scope::Event => "jobs:event",
            Scope::Complete => "jobs:complete",
            Scope::Fail => "jobs:fail",
            Scope::Kill => "jobs:kill",
            Scope::Keepalive => "jobs:keepalive",
            Scope::Manage => "jobs:manage",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of scopes; a stored number, so the order of `Scope` never changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(u32);

impl Scopes {
    pub fn of(scopes: &[Scope]) -> Scopes {
        Scopes(scopes.iter().fold(0, |bits, scope| bits | scope.bit()))
    }

    pub fn every() -> Scopes {
        Scopes::of(&Scope::ALL)
    }

    /// What runs jobs: everything from poll to complete, and reading, because resuming needs the checkpoints.
    fn worker() -> Scopes {
        use Scope::*;
        Scopes::of(&[Poll, Ack, Progress, Event, Complete, Fail, Keepalive, Read, ReadProgress])
    }

    /// What starts and steers jobs without running them.
    fn write() -> Scopes {
        Scopes::of(&[Scope::Create, Scope::Kill, Scope::Manage])
    }

    /// Reads words and the shorthands `jobs:worker` and `jobs:write`; an unknown word is refused by name.
    pub fn parse(words: &[String]) -> Result<Scopes, Problem> {
        words.iter().try_fold(Scopes::default(), |scopes, word| Ok(Scopes(scopes.0 | parse_word(word)?.0)))
    }

    /// `jobs:read` includes `jobs:read:progress`.
    pub fn allows(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0 || (scope == Scope::ReadProgress && self.allows(Scope::Read))
    }

    pub fn words(self) -> Vec<&'static str> {
        self.iter().map(Scope::word).collect()
    }

    fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & scope.bit() != 0)
    }

    /// The stored form.
    pub fn bits(self) -> u32 {
        self.0
    }

    pub fn from_bits(bits: u32) -> Scopes {
        Scopes(bits & Scopes::every().0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn parse_word(word: &str) -> Result<Scopes, Problem> {
    match word {
        "jobs:worker" => Ok(Scopes::worker()),
        "jobs:write" => Ok(Scopes::write()),
        _ => Scope::ALL.into_iter().find(|scope| scope.word() == word).map(|scope| Scopes::of(&[scope])).ok_or_else(
            || {
                let known: Vec<_> = Scope::ALL.into_iter().map(Scope::word).collect();
                let message = format!("“{word}” is no scope: use {}, jobs:worker or jobs:write.", known.join(", "));
                Problem::field("scopes", message)
            },
        ),
    }
}

/// What a request brought, before anybody looked whether it is good.
#[derive(Debug, PartialEq)]
pub enum Credential {
    /// `Authorization: Bearer …` or `x-api-key`: an API key, or the admin token on admin routes.
    Bearer(String),
    /// `?token=`.
    StreamToken(String),
    /// `?key=`.
    ProjectKey(String),
    /// The session's cookie.
    Session(String),
    None,
}

impl Credential {
    /// A header wins over the query: it was set on purpose, while a link may have been passed on. Either wins over
    /// the cookie, which a browser sends by itself.
    pub fn find(
        authorization: Option<&str>,
        api_key: Option<&str>,
        query: &Query,
        cookies: Option<&str>,
    ) -> Result<Credential, Problem> {
        if let Some(header) = authorization {
            let (scheme, secret) = header.split_once(' ').unwrap_or((header, ""));
            let bearer = scheme.eq_ignore_ascii_case("bearer") && !secret.trim().is_empty();
            let refuse = || bad_credential("Send the key as “Authorization: Bearer <key>”.");
            return bearer.then(|| Credential::Bearer(secret.trim().to_owned())).ok_or_else(refuse);
        }
        Ok(match (api_key, query.get("token"), query.get("key")) {
            (Some(key), _, _) => Credential::Bearer(key.trim().to_owned()),
            (None, Some(token), _) => Credential::StreamToken(token.to_owned()),
            (None, None, Some(key)) => Credential::ProjectKey(key.to_owned()),
            (None, None, None) => {
                cookies.and_then(session::find).map_or(Credential::None, |token| Credential::Session(token.to_owned()))
            }
        })
    }
}

pub fn bad_credential(message: &str) -> Problem {
    Problem::new(Code::InvalidCredential, message)
}

pub fn missing_credential() -> Problem {
    Problem::new(Code::MissingCredential, "This needs a key: send it as “Authorization: Bearer <key>” or “x-api-key”.")
}

/// What a good credential allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    pub project: ProjectId,
    pub scopes: Scopes,
    /// A stream token is for one job.
    pub job: Option<JobId>,
    /// When it ends, and with it every stream that it opened.
    pub expires_at: Option<Timestamp>,
}

impl Grant {
    /// What a project key or nobody's name allows: the public part.
    pub fn public(project: ProjectId) -> Grant {
        Grant { project, scopes: Scopes::of(&[Scope::ReadProgress]), job: None, expires_at: None }
    }

    pub fn check(&self, scope: Scope) -> Result<(), Problem> {
        match self.scopes.allows(scope) {
            true => Ok(()),
            false => Err(missing_scope(scope)),
        }
    }

    /// A token for another job gets what another project's key gets.
    pub fn check_job(&self, job: &JobId) -> Result<(), Problem> {
        match &self.job {
            Some(own) if own != job => Err(Problem::job_not_found()),
            _ => Ok(()),
        }
    }

    pub fn visibility(&self) -> Visibility {
        if self.scopes.allows(Scope::Read) { Visibility::Full } else { Visibility::Public }
    }

    /// A key cannot give what it lacks.
    pub fn check_gives(&self, scopes: Scopes) -> Result<(), Problem> {
        scopes.iter().try_for_each(|scope| self.check(scope))
    }
}

fn missing_scope(scope: Scope) -> Problem {
    let message = format!("This needs the scope {}: use a key that has it.", scope.word());
    Problem::new(Code::MissingScope, message).with("scope", scope.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthands_open_up_and_words_come_back() {
        let scopes = Scopes::parse(&["jobs:write".to_owned()]).unwrap();
        assert_eq!(scopes.words(), ["jobs:create", "jobs:kill", "jobs:manage"]);
        assert!(Scopes::parse(&["jobs:worker".to_owned()]).unwrap().allows(Scope::Read));
    }

    #[test]
    fn an_unknown_scope_is_refused_by_name() {
        let problem = Scopes::parse(&["jobs:fly".to_owned()]).unwrap_err();
        assert_eq!(problem.details["field"], "scopes");
        assert!(problem.message.contains("jobs:fly"));
    }

    #[test]
    fn reading_includes_reading_progress_and_not_the_reverse() {
        assert!(Scopes::of(&[Scope::Read]).allows(Scope::ReadProgress));
        assert!(!Scopes::of(&[Scope::ReadProgress]).allows(Scope::Read));
    }

    #[test]
    fn a_header_wins_over_the_query_the_query_over_the_cookie_and_a_strange_scheme_is_refused() {
        let query = Query::parse(Some("token=t&key=pk_1"));
        let find = |authorization, key, query: &Query| {
            Credential::find(authorization, key, query, Some("better-auth.session_token=s"))
        };
        assert_eq!(find(Some("Bearer a"), None, &query).unwrap(), Credential::Bearer("a".to_owned()));
        assert_eq!(find(None, Some("b"), &query).unwrap(), Credential::Bearer("b".to_owned()));
        assert_eq!(find(None, None, &query).unwrap(), Credential::StreamToken("t".to_owned()));
        assert_eq!(find(None, None, &Query::parse(None)).unwrap(), Credential::Session("s".to_owned()));
        assert_eq!(find(Some("Basic a"), None, &query).unwrap_err().code, Code::InvalidCredential);
    }
}
