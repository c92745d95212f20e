//! Owns the map from method and path to what is asked, and the scope that each route needs: one table, so that a
//! route without a scope cannot be added by forgetting. Contract: “Producer API”, “Administration”, and seeds 000, 002 and 003.

use crate::access::Scope;
use crate::id::{JobId, KeyId, ProjectId};
use crate::problem::{Code, Problem};
use percent_encoding::percent_decode_str;
use std::sync::LazyLock;

/// What one route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Health,
    /// `openapi.json`, and the page that renders it.
    OpenApi,
    Reference,
    CreateJobs,
    ListJobs,
    PollJobs,
    GetJob,
    DeleteJob,
    GetProgress,
    ListCheckpoints,
    ListLogs,
    /// The stream, or with `Accept: application/json` a page of the log.
    WatchJob,
    ClaimJob,
    AckJob,
    ReportProgress,
    SaveCheckpoint,
    EmitEvent,
    KeepAlive,
    AppendLogs,
    ReportStage,
    CompleteJob,
    FailJob,
    KillJob,
    RetryJob,
    CancelJob,
    MintToken,
    CreateProject,
    ListProjects,
    UpdateProject,
    CreateKey,
    ListKeys,
    RevokeKey,
    RotateProjectKey,
    ShowMetrics,
    QueueEvents,
    QueueJobs,
    QueueStats,
    QueueRetry,
    QueueCancel,
    QueueDelete,
    VideoStatus,
    /// An asset's stream for who has the project key.
    WatchPublicAsset,
    WatchAsset,
    WatchActivity,
    OpenSession,
    ShowSession,
    EndSession,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anybody.
    Open,
    /// A key or token with this scope.
    Scoped(Scope),
    /// As `Scoped`, and also whoever the project lets read its public part.
    Public,
    /// Whoever has the project key that the path names.
    ProjectKey,
    /// The session routes: they see to it themselves.
    Session,
    /// The admin token.
    Admin,
    /// The admin token, or the one that opens nothing else.
    Metrics,
}

pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    pub action: Action,
    pub door: Door,
}

const fn row(method: &'static str, path: &'static str, action: Action, door: Door) -> Row {
    Row { method, path, action, door }
}

/// Every route of the service.
pub const TABLE: [Row; 47] = [
    row("GET", "/health", Action::Health, Door::Open),
    row("GET", "/openapi.json", Action::OpenApi, Door::Open),
    row("GET", "/reference", Action::Reference, Door::Open),
    row("POST", "/api/v1/jobs", Action::CreateJobs, Door::Scoped(Scope::Create)),
    row("GET", "/api/v1/jobs", Action::ListJobs, Door::Scoped(Scope::Read)),
    row("POST", "/api/v1/jobs/poll", Action::PollJobs, Door::Scoped(Scope::Poll)),
    row("GET", "/api/v1/jobs/{job}", Action::GetJob, Door::Scoped(Scope::Read)),
    row("DELETE", "/api/v1/jobs/{job}", Action::DeleteJob, Door::Scoped(Scope::Manage)),
    row("GET", "/api/v1/jobs/{job}/progress", Action::GetProgress, Door::Scoped(Scope::ReadProgress)),
    row("GET", "/api/v1/jobs/{job}/checkpoints", Action::ListCheckpoints, Door::Scoped(Scope::Read)),
    row("GET", "/api/v1/jobs/{job}/logs", Action::ListLogs, Door::Scoped(Scope::Read)),
    row("GET", "/api/v1/jobs/{job}/events", Action::WatchJob, Door::Public),
    row("POST", "/api/v1/jobs/{job}/claim", Action::ClaimJob, Door::Scoped(Scope::Poll)),
    row("POST", "/api/v1/jobs/{job}/ack", Action::AckJob, Door::Scoped(Scope::Ack)),
    row("POST", "/api/v1/jobs/{job}/progress", Action::ReportProgress, Door::Scoped(Scope::Progress)),
    row("POST", "/api/v1/jobs/{job}/checkpoint", Action::SaveCheckpoint, Door::Scoped(Scope::Event)),
    row("POST", "/api/v1/jobs/{job}/event", Action::EmitEvent, Door::Scoped(Scope::Event)),
    row("POST", "/api/v1/jobs/{job}/keepalive", Action::KeepAlive, Door::Scoped(Scope::Keepalive)),
    row("POST", "/api/v1/jobs/{job}/logs", Action::AppendLogs, Door::Scoped(Scope::Event)),
    row("POST", "/api/v1/jobs/{job}/stages/{stage}", Action::ReportStage, Door::Scoped(Scope::Progress)),
    row("POST", "/api/v1/jobs/{job}/complete", Action::CompleteJob, Door::Scoped(Scope::Complete)),
    row("POST", "/api/v1/jobs/{job}/fail", Action::FailJob, Door::Scoped(Scope::Fail)),
    row("POST", "/api/v1/jobs/{job}/kill", Action::KillJob, Door::Scoped(Scope::Kill)),
    row("POST", "/api/v1/jobs/{job}/retry", Action::RetryJob, Door::Scoped(Scope::Manage)),
    row("POST", "/api/v1/jobs/{job}/cancel", Action::CancelJob, Door::Scoped(Scope::Manage)),
    row("POST", "/api/v1/jobs/{job}/tokens", Action::MintToken, Door::Scoped(Scope::ReadProgress)),
    row("POST", "/api/projects", Action::CreateProject, Door::Admin),
    row("GET", "/api/projects", Action::ListProjects, Door::Admin),
    row("PATCH", "/api/projects/{project}", Action::UpdateProject, Door::Admin),
    row("POST", "/api/projects/{project}/keys", Action::CreateKey, Door::Admin),
    row("GET", "/api/projects/{project}/keys", Action::ListKeys, Door::Admin),
    row("DELETE", "/api/projects/{project}/keys/{key}", Action::RevokeKey, Door::Admin),
    row("POST", "/api/projects/{project}/rotate-project-key", Action::RotateProjectKey, Door::Admin),
    row("GET", "/api/metrics", Action::ShowMetrics, Door::Metrics),
    row("GET", "/queue/events", Action::QueueEvents, Door::Public),
    row("GET", "/queue/jobs", Action::QueueJobs, Door::Scoped(Scope::Read)),
    row("GET", "/queue/stats", Action::QueueStats, Door::Scoped(Scope::Read)),
    row("POST", "/queue/jobs/{job}/retry", Action::QueueRetry, Door::Scoped(Scope::Manage)),
    row("POST", "/queue/jobs/{job}/cancel", Action::QueueCancel, Door::Scoped(Scope::Manage)),
    row("DELETE", "/queue/jobs/{job}", Action::QueueDelete, Door::Scoped(Scope::Manage)),
    row("GET", "/video-status/{*path}", Action::VideoStatus, Door::Public),
    row("GET", "/v1/{projectKey}/events/{job}", Action::WatchPublicAsset, Door::ProjectKey),
    row("GET", "/api/assets/{job}/events", Action::WatchAsset, Door::Scoped(Scope::ReadProgress)),
    row("GET", "/api/projects/{project}/activity", Action::WatchActivity, Door::Scoped(Scope::ReadProgress)),
    row("POST", "/api/session", Action::OpenSession, Door::Session),
    row("GET", "/api/session", Action::ShowSession, Door::Session),
    row("DELETE", "/api/session", Action::EndSession, Door::Session),
];

/// Where a request leads. The ids have the right shape where the path has them.
#[derive(Debug, PartialEq)]
pub struct Route {
    pub action: Action,
    pub door: Door,
    /// As the table writes it.
    pub path: &'static str,
    params: Vec<(String, String)>,
}

/// The rows that share a path.
static ROUTER: LazyLock<matchit::Router<Vec<&'static Row>>> = LazyLock::new(|| {
    let mut paths: Vec<(&str, Vec<&'static Row>)> = vec![];
    for row in &TABLE {
        match paths.iter_mut().find(|(path, _)| *path == row.path) {
            Some((_, rows)) => rows.push(row),
            None => paths.push((row.path, vec![row])),
        }
    }
    let mut router = matchit::Router::new();
    for (path, rows) in paths {
        // The table is constant and a test inserts all of it: a conflict cannot reach a release.
        let _ = router.insert(path, rows);
    }
    router
});

/// The rows that share a path; none for a path that is nobody's.
pub fn rows_at(path: &str) -> &'static [&'static Row] {
    ROUTER.at(path).map_or(&[], |found| found.value)
}

/// `HEAD` is answered as `GET` without a body by the edge; here it is `GET`.
pub fn route(method: &str, path: &str) -> Result<Route, Problem> {
    let method = if method == "HEAD" { "GET" } else { method };
    let found = ROUTER.at(path).map_err(|_| Problem::new(Code::NotFound, "There is nothing at this path."))?;
    let row = found.value.iter().find(|row| row.method == method).ok_or_else(|| not_allowed(found.value))?;
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let params = found.params.iter().map(|(name, value)| (name.to_owned(), decode(value))).collect();
    Ok(Route { action: row.action, door: row.door, path: row.path, params })
}

fn not_allowed(rows: &[&Row]) -> Problem {
    let allow = rows.iter().map(|row| row.method).collect::<Vec<_>>().join(", ");
    Problem::new(Code::MethodNotAllowed, format!("This path takes {allow}.")).with("allow", allow)
}

impl Route {
    fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(param, _)| param == name).map_or("", |(_, value)| value)
    }

    /// A malformed id is simply unknown.
    pub fn job(&self) -> Result<JobId, Problem> {
        JobId::parse(self.param("job")).ok_or_else(Problem::job_not_found)
    }

    pub fn project(&self) -> Result<ProjectId, Problem> {
        ProjectId::parse(self.param("project")).ok_or_else(Problem::project_not_found)
    }

    pub fn key(&self) -> Result<KeyId, Problem> {
        let unknown = || Problem::new(Code::KeyNotFound, "No such key: check its id.");
        KeyId::parse(self.param("key")).ok_or_else(unknown)
    }

    /// Any text: nobody's key is nobody's project.
    pub fn project_key(&self) -> &str {
        self.param("projectKey")
    }

    /// The rest of the path, with its slashes.
    pub fn file_path(&self) -> &str {
        self.param("path")
    }

    /// Any text: `request::stage` checks it.
    pub fn stage(&self) -> &str {
        self.param("stage")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_reached_by_its_own_path() {
        for row in &TABLE {
            let path = row.path.replace(['{', '}', '*'], "");
            assert_eq!(route(row.method, &path).unwrap().action, row.action, "{} {}", row.method, row.path);
        }
    }

    #[test]
    fn a_wrong_method_is_told_which_ones_are_right() {
        let problem = route("PUT", "/api/v1/jobs").unwrap_err();
        assert_eq!((problem.status(), &problem.details["allow"]), (405, &"POST, GET".into()));
    }

    #[test]
    fn an_unknown_path_and_a_malformed_id_are_unknown() {
        assert_eq!(route("GET", "/nothing").unwrap_err().status(), 404);
        assert_eq!(route("GET", "/api/v1/jobs/1").unwrap().job().unwrap_err().code, Code::JobNotFound);
    }

    #[test]
    fn a_stage_name_may_be_percent_encoded() {
        assert_eq!(route("POST", "/api/v1/jobs/x/stages/Color%20grade").unwrap().stage(), "Color grade");
    }

    #[test]
    fn a_file_path_keeps_its_slashes_encoded_or_not() {
        let path = |path: &str| route("GET", path).unwrap().file_path().to_owned();
        assert_eq!(path("/video-status/videos/my%20clip+1.mp4"), "videos/my clip+1.mp4");
        assert_eq!(path("/video-status/videos%2F%C3%BC.mp4"), "videos/ü.mp4");
        assert_eq!(path("/video-status//in.mp4"), "/in.mp4");
    }
}
