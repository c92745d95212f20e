//! Projects and keys.

use crate::access::{Scope, Scopes};
use crate::limits;
use crate::openapi::answer::Answer;
use crate::openapi::examples::{START, key_id, project_id};
use crate::openapi::operation::{Body, Operation, Tag};
use crate::openapi::schemas::shape::{named, text};
use crate::secret::{api_key, prefix_of, project_key};
use serde_json::{Value, json};

fn administration(summary: &'static str) -> Operation {
    Operation::new(Tag::Administration, summary)
}

/// Nobody's: all of its random bytes are the same.
fn secret() -> String {
    api_key(&[7; 32])
}

fn project() -> Value {
    json!({
        "id": project_id(), "name": "films", "publicRead": true, "projectKey": project_key(&[7; 16]),
        "retentionHours": limits::RETENTION_HOURS_DEFAULT, "isDefault": false, "createdAt": START.iso(),
    })
}

pub fn create_project() -> Operation {
    let example = json!({
        "id": project_id(), "name": "films", "publicRead": true, "projectKey": project_key(&[7; 16]), "apiKey": secret(),
    });
    administration("Create a project")
        .body(Body::required(named("NewProject"), json!({ "name": "films", "publicRead": true })))
        .answers(Answer::created("The project, and its first key.", named("CreatedProject"), example))
}

pub fn list_projects() -> Operation {
    administration("List projects").answers(Answer::ok(
        "All projects.",
        named("Projects"),
        json!({ "projects": [project()] }),
    ))
}

pub fn update_project() -> Operation {
    administration("Change a project")
        .about("Only the fields that are named. A shorter retention counts for jobs that end after the change.")
        .body(Body::optional(named("ProjectChange"), json!({ "publicRead": true, "retentionHours": 24 })))
        .answers(Answer::ok("The project.", named("Project"), project()))
}

pub fn create_key() -> Operation {
    let scopes = Scopes::of(&[Scope::Create, Scope::Read]).words();
    let example = json!({
        "id": key_id(), "name": "encoder", "key": secret(), "prefix": prefix_of(&secret()), "scopes": scopes,
        "expiresAt": START.plus(86_400_000).iso(),
    });
    let body = json!({ "name": "encoder", "scopes": scopes, "expiresInSeconds": 86_400 });
    administration("Create a key").body(Body::required(named("NewKey"), body)).answers(Answer::created(
        "The key. Its secret is shown once.",
        named("CreatedKey"),
        example,
    ))
}

pub fn list_keys() -> Operation {
    let key = json!({
        "id": key_id(), "name": "encoder", "prefix": prefix_of(&secret()), "scopes": [Scope::Read.word()],
        "createdAt": START.iso(), "expiresAt": null, "revokedAt": null, "lastUsedAt": START.plus(5_000).iso(),
    });
    administration("List a project's keys").answers(Answer::ok("All keys.", named("Keys"), json!({ "keys": [key] })))
}

pub fn revoke_key() -> Operation {
    administration("Revoke a key")
        .about("It stops within 20 s, and the streams that it opened within 50 s.")
        .answers(Answer::ok("It is revoked.", named("Success"), json!({ "success": true })))
}

pub fn rotate_project_key() -> Operation {
    administration("Replace a project's publishable key")
        .about("The old one stops within 20 s, and the streams that it opened within 50 s.")
        .answers(Answer::ok("The new one.", named("RotatedKey"), json!({ "projectKey": project_key(&[7; 16]) })))
}

pub fn metrics() -> Operation {
    let example = "# HELP jobcast_open_streams Streams that are open.\n# TYPE jobcast_open_streams gauge\njobcast_open_streams 12\n";
    let figures = Answer::new(200, "The figures, in the text format of Prometheus.");
    administration("Read what the service counts of itself")
        .about("Totals of all isolates, which may be a minute old, and what is so now.")
        .answers(figures.content("text/plain", json!({ "schema": text(), "example": example })))
}
