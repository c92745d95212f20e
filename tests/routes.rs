//! The route table against the contract's: every route with its scope, and nothing besides.

use jobcast::access::Scope;
use jobcast::problem::{Code, Problem};
use jobcast::route::{Action, Door, TABLE, route};
use serde::Deserialize;
use std::collections::{BTreeSet, HashSet};

/// The contract's table: method, path, the action that answers, and who may call it.
const CONTRACT: &[(&str, &str, Action, &str)] = &[
    ("GET", "/health", Action::Health, "open"),
    ("GET", "/openapi.json", Action::OpenApi, "open"),
    ("GET", "/reference", Action::Reference, "open"),
    ("POST", "/api/v1/jobs", Action::CreateJobs, "jobs:create"),
    ("GET", "/api/v1/jobs", Action::ListJobs, "jobs:read"),
    ("GET", "/api/v1/jobs/{id}", Action::GetJob, "jobs:read"),
    ("DELETE", "/api/v1/jobs/{id}", Action::DeleteJob, "jobs:manage"),
    ("GET", "/api/v1/jobs/{id}/progress", Action::GetProgress, "jobs:read:progress"),
    ("GET", "/api/v1/jobs/{id}/checkpoints", Action::ListCheckpoints, "jobs:read"),
    ("GET", "/api/v1/jobs/{id}/logs", Action::ListLogs, "jobs:read"),
    ("GET", "/api/v1/jobs/{id}/events", Action::WatchJob, "public"),
    ("POST", "/api/v1/jobs/poll", Action::PollJobs, "jobs:poll"),
    ("POST", "/api/v1/jobs/{id}/claim", Action::ClaimJob, "jobs:poll"),
    ("POST", "/api/v1/jobs/{id}/ack", Action::AckJob, "jobs:ack"),
    ("POST", "/api/v1/jobs/{id}/progress", Action::ReportProgress, "jobs:progress"),
    ("POST", "/api/v1/jobs/{id}/checkpoint", Action::SaveCheckpoint, "jobs:event"),
    ("POST", "/api/v1/jobs/{id}/event", Action::EmitEvent, "jobs:event"),
    ("POST", "/api/v1/jobs/{id}/keepalive", Action::KeepAlive, "jobs:keepalive"),
    ("POST", "/api/v1/jobs/{id}/logs", Action::AppendLogs, "jobs:event"),
    ("POST", "/api/v1/jobs/{id}/stages/{stage}", Action::ReportStage, "jobs:progress"),
    ("POST", "/api/v1/jobs/{id}/complete", Action::CompleteJob, "jobs:complete"),
    ("POST", "/api/v1/jobs/{id}/fail", Action::FailJob, "jobs:fail"),
    ("POST", "/api/v1/jobs/{id}/kill", Action::KillJob, "jobs:kill"),
    ("POST", "/api/v1/jobs/{id}/retry", Action::RetryJob, "jobs:manage"),
    ("POST", "/api/v1/jobs/{id}/cancel", Action::CancelJob, "jobs:manage"),
    // A key cannot give what it lacks: this is the least that a token can hold.
    ("POST", "/api/v1/jobs/{id}/tokens", Action::MintToken, "jobs:read:progress"),
    ("POST", "/api/projects", Action::CreateProject, "admin"),
    ("GET", "/api/projects", Action::ListProjects, "admin"),
    ("PATCH", "/api/projects/{project}", Action::UpdateProject, "admin"),
    ("POST", "/api/projects/{project}/keys", Action::CreateKey, "admin"),
    ("GET", "/api/projects/{project}/keys", Action::ListKeys, "admin"),
    ("DELETE", "/api/projects/{project}/keys/{key}", Action::RevokeKey, "admin"),
    ("POST", "/api/projects/{project}/rotate-project-key", Action::RotateProjectKey, "admin"),
    // Not in the contract: figures for the operator.
    ("GET", "/api/metrics", Action::ShowMetrics, "metrics"),
    ("GET", "/queue/events", Action::QueueEvents, "public"),
    ("GET", "/queue/jobs", Action::QueueJobs, "jobs:read"),
    ("GET", "/queue/stats", Action::QueueStats, "jobs:read"),
    ("POST", "/queue/jobs/{id}/retry", Action::QueueRetry, "jobs:manage"),
    ("POST", "/queue/jobs/{id}/cancel", Action::QueueCancel, "jobs:manage"),
    ("DELETE", "/queue/jobs/{id}", Action::QueueDelete, "jobs:manage"),
    ("GET", "/video-status/{path}", Action::VideoStatus, "public"),
    ("GET", "/v1/{projectKey}/events/{id}", Action::WatchPublicAsset, "project key"),
    ("GET", "/api/assets/{id}/events", Action::WatchAsset, "jobs:read:progress"),
    ("GET", "/api/projects/{project}/activity", Action::WatchActivity, "jobs:read:progress"),
    ("POST", "/api/session", Action::OpenSession, "session"),
    ("GET", "/api/session", Action::ShowSession, "session"),
    ("DELETE", "/api/session", Action::EndSession, "session"),
];

/// What tells nothing of any project.
const OPEN: [&str; 3] = ["/health", "/openapi.json", "/reference"];

const JOB: &str = "job_01KJMA0FM00000000000000001";
const PROJECT: &str = "prj_01KJMA0FM00000000000000001";
const KEY: &str = "key_01KJMA0FM00000000000000001";

fn filled(path: &str) -> String {
    path.replace("{id}", JOB).replace("{job}", JOB).replace("{project}", PROJECT).replace("{key}", KEY).replace("{stage}", "encode")
        .replace("{*path}", "a/b.mp4").replace("{path}", "a/b.mp4").replace("{projectKey}", "pk_1")
}

fn door(door: Door) -> &'static str {
    match door {
        Door::Open => "open",
        Door::Scoped(scope) => scope.word(),
        Door::Public => "public",
        Door::ProjectKey => "project key",
        Door::Session => "session",
        Door::Admin => "admin",
        Door::Metrics => "metrics",
    }
}

fn refusal(method: &str, path: &str) -> Problem {
    route(method, path).expect_err("a refusal")
}

#[test]
fn every_route_of_the_contract_is_answered_behind_its_door() {
    for (method, path, action, behind) in CONTRACT {
        let found = route(method, &filled(path)).unwrap_or_else(|problem| panic!("{method} {path}: {problem:?}"));
        assert_eq!((found.action, door(found.door)), (*action, *behind), "{method} {path}");
    }
}

#[test]
fn there_is_no_route_that_the_contract_does_not_know() {
    let known: HashSet<_> = CONTRACT.iter().map(|(method, path, ..)| (*method, filled(path))).collect();
    for row in &TABLE {
        assert!(known.contains(&(row.method, filled(row.path))), "{} {}", row.method, row.path);
    }
}

/// A row of the table that the black-box tests check the service against.
#[derive(Debug, Deserialize)]
struct TestedRow {
    method: String,
    path: String,
    door: String,
    isolation: String,
}

fn tested() -> Vec<TestedRow> {
    serde_json::from_str(include_str!("worker/routes.json")).expect("a table of routes")
}

#[test]
fn the_black_box_tests_know_every_route_with_its_door_and_no_other() {
    let ours: BTreeSet<_> = TABLE.iter().map(|row| (row.method, row.path, door(row.door))).collect();
    let tested = tested();
    let theirs: BTreeSet<_> = tested.iter().map(|row| (row.method.as_str(), row.path.as_str(), row.door.as_str())).collect();
    assert_eq!(theirs.difference(&ours).collect::<Vec<_>>(), Vec::<&(&str, &str, &str)>::new(), "no such route");
    assert_eq!(ours.difference(&theirs).collect::<Vec<_>>(), Vec::<&(&str, &str, &str)>::new(), "missing in routes.json");
    assert_eq!(tested.len(), TABLE.len(), "a route stands twice");
}

#[test]
fn every_route_shows_how_projects_are_kept_apart() {
    let tested = tested();
    let without: Vec<_> = tested.iter().filter(|row| row.isolation == "nothing").map(|row| row.path.as_str()).collect();
    assert_eq!(without, OPEN, "every other route answers of some project");
    assert!(tested.iter().all(|row| !row.isolation.is_empty()));
}

#[test]
fn no_route_and_no_action_stands_twice() {
    let routes: HashSet<_> = TABLE.iter().map(|row| (row.method, row.path)).collect();
    let actions: HashSet<_> = TABLE.iter().map(|row| row.action).collect();
    assert_eq!((routes.len(), actions.len()), (TABLE.len(), TABLE.len()));
}

#[test]
fn nothing_but_health_and_the_description_of_the_service_is_open_to_everybody() {
    let open: Vec<_> = TABLE.iter().filter(|row| row.door == Door::Open).map(|row| row.path).collect();
    assert_eq!(open, OPEN);
    let public: Vec<_> = TABLE.iter().filter(|row| row.door == Door::Public).map(|row| (row.method, row.path)).collect();
    assert_eq!(public, [("GET", "/api/v1/jobs/{job}/events"), ("GET", "/queue/events"), ("GET", "/video-status/{*path}")]);
}

#[test]
fn a_project_key_in_the_path_opens_one_route_and_the_session_routes_are_three() {
    let behind = |wanted: Door| TABLE.iter().filter(|row| row.door == wanted).map(|row| (row.method, row.path)).collect::<Vec<_>>();
    assert_eq!(behind(Door::ProjectKey), [("GET", "/v1/{projectKey}/events/{job}")]);
    assert_eq!(behind(Door::Session), ["POST", "GET", "DELETE"].map(|method| (method, "/api/session")));
}

#[test]
fn every_scope_opens_something() {
    for scope in Scope::ALL {
        assert!(TABLE.iter().any(|row| row.door == Door::Scoped(scope)), "{}", scope.word());
    }
}

#[test]
fn an_unknown_path_is_not_found() {
    for path in [
        "", "/", "/api", "/api/v1", "/api/v2/jobs", "/api/v1/jobs/", "/api/v1/jobs//events", "/API/V1/JOBS", "//api/v1/jobs",
        "/api/v1/jobs/x/stages", "/api/v1/jobs/x/stages/", "/api/v1/jobs/x/stages/a/b", "/api/v1/jobs/x/unknown", "/health/x",
        "/api/projects/x/keys/y/z", "/api/v1/jobs/{job}/../x",
    ] {
        assert_eq!(refusal("GET", path).code, Code::NotFound, "{path}");
    }
}

#[test]
fn a_wrong_method_is_told_every_right_one() {
    for row in &TABLE {
        let right: HashSet<&str> = TABLE.iter().filter(|other| other.path == row.path).map(|row| row.method).collect();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", ""] {
            if right.contains(method) {
                continue;
            }
            let problem = refusal(method, &filled(row.path));
            assert_eq!((problem.code, problem.status()), (Code::MethodNotAllowed, 405), "{method} {}", row.path);
            let allow = problem.details["allow"].as_str().expect("the methods").split(", ").collect::<HashSet<_>>();
            assert_eq!(allow, right, "{method} {}", row.path);
        }
    }
}

#[test]
fn head_is_answered_where_get_is() {
    for row in &TABLE {
        let head = route("HEAD", &filled(row.path)).map(|found| found.action).ok();
        let get = route("GET", &filled(row.path)).map(|found| found.action).ok();
        assert_eq!(head, get, "{}", row.path);
    }
}

#[test]
fn poll_is_a_route_and_no_job() {
    assert_eq!(route("POST", "/api/v1/jobs/poll").unwrap().action, Action::PollJobs);
    assert_eq!(refusal("GET", "/api/v1/jobs/poll").code, Code::MethodNotAllowed);
}

#[test]
fn ids_of_the_right_shape_are_read_and_others_are_unknown() {
    let found = route("GET", &format!("/api/v1/jobs/{JOB}")).unwrap();
    assert_eq!(found.job().unwrap().as_str(), JOB);
    let key = route("DELETE", &format!("/api/projects/{PROJECT}/keys/{KEY}")).unwrap();
    assert_eq!((key.project().unwrap().as_str(), key.key().unwrap().as_str()), (PROJECT, KEY));
    for id in ["1", "job_", KEY, "job_01KJMA0FM0000000000000000I", &JOB.to_lowercase(), &format!("{JOB}0"), "%00", "..", "%2e%2e", "é"] {
        assert_eq!(route("GET", &format!("/api/v1/jobs/{id}")).unwrap().job().unwrap_err().code, Code::JobNotFound, "{id}");
    }
    assert_eq!(route("PATCH", "/api/projects/1").unwrap().project().unwrap_err().status(), 404);
    assert_eq!(route("DELETE", &format!("/api/projects/{PROJECT}/keys/1")).unwrap().key().unwrap_err().status(), 404);
}

#[test]
fn a_project_key_is_any_text_and_an_asset_is_a_job() {
    let found = route("GET", &format!("/v1/pk_a%2Fb/events/{JOB}")).unwrap();
    assert_eq!((found.project_key(), found.job().unwrap().as_str()), ("pk_a/b", JOB));
    assert_eq!(route("GET", "/v1/pk_1/events/1").unwrap().job().unwrap_err().code, Code::JobNotFound);
    for path in ["/v1/events/x", "/v1//events/x", "/v1/pk_1/events", "/v1/pk_1/events/", "/v1/pk_1/events/a/b", "/api/assets//events"] {
        assert_eq!(refusal("GET", path).code, Code::NotFound, "{path}");
    }
}

#[test]
fn a_file_path_is_the_rest_of_the_path_as_it_was_encoded() {
    let path = |text: &str| route("GET", &format!("/video-status/{text}")).unwrap().file_path().to_owned();
    for (text, expected) in [
        ("clip.mp4", "clip.mp4"),
        ("videos/clip.mp4", "videos/clip.mp4"),
        ("videos%2Fclip.mp4", "videos/clip.mp4"),
        ("/in.mp4", "/in.mp4"),
        ("a//b/", "a//b/"),
        ("a%20b+c%2Bd%3F%23%25.mp4", "a b+c+d?#%.mp4"),
        ("%E6%97%A5%E6%9C%AC.mp4", "日本.mp4"),
        ("retry", "retry"),
    ] {
        assert_eq!(path(text), expected, "{text}");
    }
    assert_eq!(refusal("GET", "/video-status/").code, Code::NotFound);
    assert_eq!(refusal("GET", "/video-status").code, Code::NotFound);
}

#[test]
fn a_stage_is_any_text_of_the_path() {
    let stage = |text: &str| route("POST", &format!("/api/v1/jobs/{JOB}/stages/{text}")).unwrap().stage().to_owned();
    assert_eq!(stage("encode"), "encode");
    assert_eq!(stage("Color%20grade"), "Color grade");
    assert_eq!(stage("a%2Fb"), "a/b");
    assert_eq!(stage("%E6%97%A5%E6%9C%AC"), "日本");
    assert_eq!(stage("100%25"), "100%");
}
