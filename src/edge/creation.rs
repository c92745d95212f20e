//! Owns the creation of jobs: one or a list, and what an `Idempotency-Key` makes of a repeat.
//! Invariant: under one key the ids of its first request stand, so that a repeat completes it and creates nothing twice.

use crate::call::{Answer, Once, Order};
use crate::command::Command;
use crate::edge::d1::Row;
use crate::edge::directory::{Directory, text, time};
use crate::edge::job_object;
use crate::edge::platform::now;
use crate::edge::reply::Failure;
use crate::event::Created;
use crate::id::{JobId, ProjectId, RequestId};
use crate::limits;
use crate::problem::Problem;
use crate::request::Creation;
use crate::response::with_events_url;
use crate::sql::directory as sql;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use worker::Env;

/// Where a project's jobs are made for one request.
pub struct Counter {
    pub env: Env,
    pub project: ProjectId,
    pub origin: String,
    pub request: RequestId,
}

/// Whether the ids were made for this request or for an earlier one.
#[derive(Clone, Copy, PartialEq)]
enum Ids {
    New,
    Repeated,
}

impl Counter {
    pub async fn create(&self, creation: Creation, once: Option<Once>) -> Result<Value, Failure> {
        let Some(once) = once else { return self.store(creation, Ids::New).await };
        let directory = Directory::of(&self.env);
        let first = self.first_creation(&directory, &once, &ids(&creation)).await?;
        if let Some(answer) = first.optional_text("answer")? {
            return Ok(serde_json::from_str(&answer).map_err(worker::Error::from)?);
        }
        // New, or a repeat of a request that died half way: the objects that have these ids create nothing twice.
        let first_ids: Vec<JobId> = serde_json::from_str(&first.text("job_ids")?).map_err(worker::Error::from)?;
        let made = if first_ids == ids(&creation) { Ids::New } else { Ids::Repeated };
        let answer = self.store(adopt(creation, first_ids), made).await?;
        let bounds = [text(self.project.as_str()), text(&once.key), text(&answer.to_string())];
        directory.run(sql::answer_creation, &bounds).await?;
        Ok(answer)
    }

    async fn store(&self, creation: Creation, ids: Ids) -> Result<Value, Failure> {
        match creation {
            Creation::One(created) => self.store_one(*created, ids).await,
            Creation::Many(many) => {
                let jobs = try_join_all(many.into_iter().map(|created| self.store_one(created, ids))).await?;
                Ok(json!({ "jobs": jobs }))
            }
        }
    }

    async fn store_one(&self, created: Created, ids: Ids) -> Result<Value, Failure> {
        let (id, project) = (created.id.clone(), created.project.clone());
        let order = Order {
            command: Command::Create(Box::new(created)),
            attempt: None,
            once: None,
            claim: None,
            request: Some(self.request.clone()),
            is_repeat: ids == Ids::Repeated,
            answer: Answer::Job,
        };
        let job = job_object::command(&self.env, &id, &project, order).await?;
        Ok(with_events_url(job.value()?, &self.origin))
    }

    /// The first request with this key, which may be this one.
    async fn first_creation(&self, directory: &Directory<'_>, once: &Once, ids: &[JobId]) -> Result<Row, Failure> {
        let forget_before = now().minus(limits::IDEMPOTENCY_MS);
        let ids = serde_json::to_string(ids).map_err(worker::Error::from)?;
        let (project, key) = (text(self.project.as_str()), text(&once.key));
        let found = directory
            .batch(vec![
                directory.statement(sql::forget_creations, &[time(forget_before)])?,
                directory.statement(
                    sql::remember_creation,
                    &[project.clone(), key.clone(), text(&once.fingerprint), text(&ids), time(now())],
                )?,
                directory.statement(sql::find_creation, &[project, key])?,
            ])
            .await?;
        match found.into_iter().next() {
            Some(row) if row.text("fingerprint")? == once.fingerprint => Ok(row),
            Some(_) => Err(Problem::idempotency_conflict().into()),
            None => Err(Problem::unavailable().into()),
        }
    }
}

fn ids(creation: &Creation) -> Vec<JobId> {
    match creation {
        Creation::One(created) => vec![created.id.clone()],
        Creation::Many(many) => many.iter().map(|created| created.id.clone()).collect(),
    }
}

/// The same creation under the ids that were made for its first request.
fn adopt(creation: Creation, ids: Vec<JobId>) -> Creation {
    let with_id = |(created, id)| Created { id, ..created };
    match creation {
        Creation::One(created) => match ids.into_iter().next() {
            Some(id) => Creation::One(Box::new(with_id((*created, id)))),
            None => Creation::One(created),
        },
        Creation::Many(many) => Creation::Many(many.into_iter().zip(ids).map(with_id).collect()),
    }
}
