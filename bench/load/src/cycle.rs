//! The whole life of a job, as its producers bring it about: created, polled, begun, completed.

use crate::connection::Service;
use crate::line::Line;
use std::io;

const JOBS: &str = "/api/v1/jobs";
const JSON: &str = "Content-Type: application/json\r\n";

/// Creates a job, and brings whichever the poll gives to its end. The status of the last answer, or of the first refusal.
pub async fn live(service: &Service, line: &mut Line) -> io::Result<u16> {
    let created = line.ask(&service.post(JOBS, JSON, br#"{"name":"cycle"}"#)).await?;
    if created != 201 {
        return Ok(created);
    }
    let polled = line.ask(&service.post(&format!("{JOBS}/poll"), JSON, br#"{"count":1}"#)).await?;
    // Another connection may have been given both.
    let Some(id) = id(&line.body) else { return Ok(if polled == 200 { 204 } else { polled }) };
    for (part, body) in [("ack", "{}"), ("complete", r#"{"result":{}}"#)] {
        let status = line.ask(&service.post(&format!("{JOBS}/{id}/{part}"), JSON, body.as_bytes())).await?;
        if status != 200 {
            return Ok(status);
        }
    }
    Ok(200)
}

/// The first job's id in an answer.
fn id(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let rest = &text[text.find(r#""id":"job_"#)? + 6..];
    Some(rest[..rest.find('"')?].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_in_what_a_poll_answers() {
        assert_eq!(id(br#"{"jobs":[{"id":"job_1","name":"a"}]}"#).as_deref(), Some("job_1"));
        assert_eq!(id(br#"{"jobs":[]}"#), None);
    }
}
