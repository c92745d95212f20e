//! `jobcast keys`: API keys, with the admin token.

use crate::arguments::{Keys, Project};
use crate::list::PATIENCE;
use crate::say::{self, say};
use crate::service::{Call, Service, encode};
use crate::table::Table;
use crate::trouble::Trouble;
use serde_json::{Value, json};

pub fn keys(keys: &Keys, service: &Service, json: bool) -> Result<u8, Trouble> {
    match keys {
        Keys::Create { project, scopes, name, expires } => {
            let body = json!({ "name": name, "scopes": scopes, "expiresInSeconds": expires });
            let key = service.ask(&Call::post(path(project, service)?, &body), PATIENCE)?;
            if json {
                say::json(&key);
            } else {
                say(&format!("{} may {}. It is shown this once:", text(&key["id"]), words(&key["scopes"])));
                say::line(&text(&key["key"]));
            }
        }
        Keys::List { project } => {
            let answer = service.ask(&Call::get(path(project, service)?), PATIENCE)?;
            if json { say::json(&answer) } else { print(&answer["keys"]) }
        }
        Keys::Revoke { project, key } => {
            let path = format!("{}/{}", path(project, service)?, encode(key));
            let answer = service.ask(&Call::delete(path), PATIENCE)?;
            if json { say::json(&answer) } else { say(&format!("{key} is revoked; it stops within 20 s everywhere.")) }
        }
    }
    Ok(0)
}

/// Of the project that was named by its id, its name, or as the default one.
fn path(project: &Project, service: &Service) -> Result<String, Trouble> {
    let wanted = project.project.as_str();
    let answer = service.ask(&Call::get("/api/projects"), PATIENCE)?;
    let projects = answer["projects"].as_array().cloned().unwrap_or_default();
    let is = |project: &&Value| {
        let default = wanted == "default" && project["isDefault"].as_bool() == Some(true);
        default || project["id"].as_str() == Some(wanted)
    };
    let by_name: Vec<&Value> = projects.iter().filter(|project| project["name"].as_str() == Some(wanted)).collect();
    let found = match (projects.iter().find(is), by_name.as_slice()) {
        (Some(project), _) => project,
        (None, [project]) => project,
        (None, []) => return Err(Trouble::Usage(format!("No project is called “{wanted}”: give its id or its name."))),
        (None, _) => return Err(Trouble::Usage(format!("Several projects are called “{wanted}”: give the id."))),
    };
    Ok(format!("/api/projects/{}/keys", text(&found["id"])))
}

fn print(keys: &Value) {
    let mut table = Table::new(&["KEY", "PREFIX", "STATE", "NAME", "SCOPES", "LAST USED"]);
    for key in keys.as_array().into_iter().flatten() {
        let state = match (key["revokedAt"].as_str(), key["expiresAt"].as_str()) {
            (Some(_), _) => "revoked".to_owned(),
            (None, Some(time)) => format!("until {time}"),
            (None, None) => "active".to_owned(),
        };
        let name = text(&key["name"]);
        table.row([
            text(&key["id"]),
            text(&key["prefix"]),
            state,
            name,
            words(&key["scopes"]),
            text(&key["lastUsedAt"]),
        ]);
    }
    table.print();
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn words(list: &Value) -> String {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}
