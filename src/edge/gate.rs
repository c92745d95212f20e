//! Owns who is calling: finds the credential, has it looked up and counted, and checks it against the route's door.

use crate::access::{Credential, Grant, Scope, bad_credential, missing_credential};
use crate::edge::credentials::{self, Secret, Standing};
use crate::edge::directory::{Directory, text};
use crate::edge::head::Name;
use crate::edge::platform::{now, setting};
use crate::edge::rate::{self, Caller};
use crate::edge::reply::Failure;
use crate::edge::warrant::{Basis, Warrant};
use crate::edge::{Visit, operator_secret};
use crate::id::{JobId, ProjectId};
use crate::problem::{Code, Problem};
use crate::route::Door;
use crate::secret::is_same;
use crate::session::Sender;
use crate::sql::directory as sql;
use crate::token;

type Entry<T> = Result<T, Failure>;

/// What somebody may do, and by what.
pub struct Pass {
    pub grant: Grant,
    /// What can be taken back while a stream is open; a stream token ends by time.
    basis: Option<Basis>,
}

impl Pass {
    pub fn warrant(&self, visit: &Visit) -> Option<Warrant> {
        self.basis.clone().map(|basis| Warrant::new(&visit.env, &visit.context, basis))
    }
}

/// The grant of whoever calls, checked against what the route's door asks for.
pub async fn enter(visit: &Visit) -> Entry<Grant> {
    Ok(enter_to_stay(visit).await?.grant)
}

/// As `enter`, for a stream.
pub async fn enter_to_stay(visit: &Visit) -> Entry<Pass> {
    let scope = scope(visit)?;
    let pass = granted(visit, credential(visit).await?, None).await?;
    visit.log.is_of(&pass.grant.project);
    pass.grant.check(scope)?;
    Ok(pass)
}

/// As `enter`, for one job, which is also all that a stream token opens.
pub async fn enter_job(visit: &Visit, job: &JobId) -> Entry<Grant> {
    Ok(enter_job_to_stay(visit, job).await?.grant)
}

/// As `enter_job`, for a stream.
pub async fn enter_job_to_stay(visit: &Visit, job: &JobId) -> Entry<Pass> {
    let scope = scope(visit)?;
    let pass = job_pass(visit, job).await?;
    visit.log.is_of(&pass.grant.project);
    pass.grant.check_job(job)?;
    pass.grant.check(scope)?;
    Ok(pass)
}

async fn job_pass(visit: &Visit, job: &JobId) -> Entry<Pass> {
    match credential(visit).await? {
        credential @ (Credential::ProjectKey(_) | Credential::None) if visit.route.door == Door::Public => {
            public_reader(visit, credential, job).await
        }
        Credential::Session(token) if visit.route.door == Door::Public => match session(visit, &token).await? {
            Some(pass) => Ok(pass),
            None => public_reader(visit, Credential::None, job).await,
        },
        credential => granted(visit, credential, Some(job)).await,
    }
}

/// Who reads a whole project: by a key of any kind, or by nobody's name the default project, where it lets them.
pub async fn enter_project(visit: &Visit) -> Entry<Pass> {
    let scope = scope(visit)?;
    let pass = project_pass(visit).await?;
    visit.log.is_of(&pass.grant.project);
    pass.grant.check(scope)?;
    Ok(pass)
}

async fn project_pass(visit: &Visit) -> Entry<Pass> {
    match credential(visit).await? {
        Credential::None => nobody(visit).await,
        Credential::ProjectKey(key) => {
            rate::count(visit, Caller::Address).await?;
            let project = credentials::project_of(&visit.env, &key).await?.ok_or_else(unknown_project_key)?;
            Ok(public_pass(project, Standing::ProjectKey(key)))
        }
        Credential::Session(token) => match session(visit, &token).await? {
            Some(pass) => Ok(pass),
            None => nobody(visit).await,
        },
        credential => granted(visit, credential, None).await,
    }
}

async fn nobody(visit: &Visit) -> Entry<Pass> {
    rate::count(visit, Caller::Address).await?;
    let project = credentials::default_project(&visit.env).await?.ok_or_else(missing_credential)?;
    Ok(public_pass(project.clone(), Standing::Nobody(project)))
}

/// Who has the project key that the path names. A key that is none is told nothing: not even whether it ever was one.
pub async fn enter_by_path(visit: &Visit) -> Entry<Pass> {
    rate::count(visit, Caller::Address).await?;
    let key = visit.route.project_key();
    let project = credentials::project_of(&visit.env, key).await?.ok_or_else(Problem::job_not_found)?;
    visit.log.is_of(&project);
    Ok(public_pass(project, Standing::ProjectKey(key.to_owned())))
}

/// The admin token, compared so that the time taken tells nothing.
pub async fn enter_admin(visit: &Visit) -> Entry<()> {
    enter_by(visit, "the admin token", &[operator_secret(visit, "ADMIN_TOKEN")?]).await
}

/// The admin token, or one that a monitor can be given, because it opens nothing else.
pub async fn enter_metrics(visit: &Visit) -> Entry<()> {
    let mut good = vec![operator_secret(visit, "ADMIN_TOKEN")?];
    if setting(&visit.env, "METRICS_TOKEN").is_some() {
        good.push(operator_secret(visit, "METRICS_TOKEN")?);
    }
    enter_by(visit, "the metrics token", &good).await
}

/// Whoever brings one of these secrets of the operator's, of which a refusal names one.
async fn enter_by(visit: &Visit, name: &str, good: &[String]) -> Entry<()> {
    match credential(visit).await? {
        Credential::Bearer(secret) if good.iter().any(|good| is_same(&secret, good)) => Ok(()),
        Credential::None => Err(refused(visit, missing_credential()).await),
        Credential::Bearer(_) | Credential::StreamToken(_) | Credential::ProjectKey(_) | Credential::Session(_) => {
            let problem = bad_credential(&format!("This needs {name}, as “Authorization: Bearer <token>”."));
            Err(refused(visit, problem).await)
        }
    }
}

/// A refused credential counts against the address that brought it, so that nobody can try many.
pub async fn refused(visit: &Visit, problem: Problem) -> Failure {
    match rate::count(visit, Caller::Address).await {
        Ok(()) => problem.into(),
        Err(failure) => failure,
    }
}

/// What the route's door asks for.
fn scope(visit: &Visit) -> Entry<Scope> {
    match visit.route.door {
        Door::Scoped(scope) => Ok(scope),
        Door::Public | Door::ProjectKey => Ok(Scope::ReadProgress),
        Door::Open | Door::Session | Door::Admin | Door::Metrics => Err(Problem::internal().into()),
    }
}

/// What the request brought. A cookie is sent by browsers on their own, so that who uses it to change something is
/// looked at.
pub async fn credential(visit: &Visit) -> Entry<Credential> {
    let (authorization, api_key) = (visit.header(Name::Authorization), visit.header(Name::XApiKey));
    let found = Credential::find(authorization, api_key, &visit.query(), visit.header(Name::Cookie));
    let found = match found {
        Ok(found) => found,
        Err(problem) => return Err(refused(visit, problem).await),
    };
    if matches!(found, Credential::Session(_)) && !is_reading(visit) {
        check_sender(visit)?;
    }
    Ok(found)
}

fn is_reading(visit: &Visit) -> bool {
    matches!(visit.head.method(), "GET" | "HEAD")
}

pub fn check_sender(visit: &Visit) -> Entry<()> {
    let sender = Sender { origin: visit.header(Name::Origin), site: visit.header(Name::SecFetchSite) };
    Ok(sender.check(&visit.origin(), &visit.allowed_origins())?)
}

async fn granted(visit: &Visit, credential: Credential, job: Option<&JobId>) -> Entry<Pass> {
    match (credential, job) {
        (Credential::Bearer(secret), _) => by_secret(visit, Secret::key(&secret)).await,
        (Credential::Session(token), _) => by_secret(visit, Secret::session(&token)).await,
        // What a token opens is read with GET only: it stands in links.
        (Credential::StreamToken(text), Some(_)) if is_reading(visit) => {
            rate::count(visit, Caller::Address).await?;
            let grant = token::verify(&text, token_secret(visit)?.as_bytes(), now())?;
            Ok(Pass { grant, basis: None })
        }
        (Credential::StreamToken(_), _) => {
            Err(refused(visit, bad_credential("A stream token only reads its job: use an API key.")).await)
        }
        (Credential::ProjectKey(_) | Credential::None, _) => Err(refused(visit, missing_credential()).await),
    }
}

pub async fn by_secret(visit: &Visit, secret: Secret) -> Entry<Pass> {
    match look_up(visit, secret).await {
        Err(Failure::Problem(problem)) if problem.code == Code::InvalidCredential => Err(refused(visit, problem).await),
        outcome => outcome,
    }
}

async fn look_up(visit: &Visit, secret: Secret) -> Entry<Pass> {
    rate::count(visit, Caller::Secret(secret.hash())).await?;
    let grant = credentials::grant(&visit.env, &visit.context, &secret).await?;
    Ok(Pass { grant, basis: Some(Basis::Secret(secret)) })
}

/// On public routes a session that is over is nobody's name: the browser sends its cookie whether it is good or not.
async fn session(visit: &Visit, token: &str) -> Entry<Option<Pass>> {
    match look_up(visit, Secret::session(token)).await {
        Ok(pass) => Ok(Some(pass)),
        Err(Failure::Problem(problem)) if problem.code == Code::InvalidCredential => Ok(None),
        Err(failure) => Err(failure),
    }
}

pub fn token_secret(visit: &Visit) -> Entry<String> {
    Ok(operator_secret(visit, "TOKEN_SECRET")?)
}

/// A project key opens the public part of its own project's jobs; nobody's name, where the project allows it.
async fn public_reader(visit: &Visit, credential: Credential, job: &JobId) -> Entry<Pass> {
    rate::count(visit, Caller::Address).await?;
    let row = Directory::of(&visit.env).first(sql::reader_of_job, &[text(job.as_str())]).await?;
    match (credential, row) {
        (Credential::ProjectKey(key), Some(row)) if row.text("project_key")? == key => {
            Ok(public_pass(ProjectId::stored(row.text("project_id")?), Standing::ProjectKey(key)))
        }
        // A good project key of another project learns nothing of the job; one that is none is a bad credential.
        (Credential::ProjectKey(key), _) => Err(match credentials::project_of(&visit.env, &key).await? {
            Some(_) => Problem::job_not_found().into(),
            None => unknown_project_key().into(),
        }),
        (_, Some(row)) if row.flag("public_read")? => {
            let project = ProjectId::stored(row.text("project_id")?);
            Ok(public_pass(project.clone(), Standing::Nobody(project)))
        }
        (_, Some(_)) => Err(missing_credential().into()),
        (_, None) => Err(Problem::job_not_found().into()),
    }
}

fn public_pass(project: ProjectId, standing: Standing) -> Pass {
    Pass { grant: Grant::public(project), basis: Some(Basis::Standing(standing)) }
}

fn unknown_project_key() -> Problem {
    bad_credential("This project key is unknown or was rotated: use another.")
}
