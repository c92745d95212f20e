//! Owns what is asked of the directory. What the statements say stands in `sql::directory`, how D1 is called in `d1`.

use crate::edge::d1::{self, Row, Statement};
use crate::edge::platform::now;
use crate::limits;
use crate::record::Record;
use crate::response;
use crate::sql::directory as sql;
use crate::sql::list::Bound;
use crate::time::Timestamp;
use wasm_bindgen::JsValue;
use worker::{Env, Result};

/// The binding's name in wrangler.toml.
const BINDING: &str = "DB";

pub struct Directory<'a>(&'a Env);

impl Directory<'_> {
    pub fn of(env: &Env) -> Directory<'_> {
        Directory(env)
    }

    pub fn statement(&self, query: &str, bounds: &[JsValue]) -> Result<Statement> {
        d1::prepared(self.0, BINDING, query, bounds)
    }

    pub async fn rows(&self, query: &str, bounds: &[JsValue]) -> Result<Vec<Row>> {
        d1::all(&self.statement(query, bounds)?).await
    }

    pub async fn first(&self, query: &str, bounds: &[JsValue]) -> Result<Option<Row>> {
        Ok(self.rows(query, bounds).await?.pop())
    }

    pub async fn run(&self, query: &str, bounds: &[JsValue]) -> Result<()> {
        self.rows(query, bounds).await.map(|_| ())
    }

    /// All or nothing; the rows of the last statement.
    pub async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Row>> {
        d1::together(self.0, BINDING, statements).await
    }

    /// Brings a job's row forward; an older state than the row's changes nothing. Gives how long the project keeps logs,
    /// hours, where the row changed.
    pub async fn upsert_job(&self, record: &Record) -> Result<Option<u64>> {
        let job = &record.job;
        let created = &job.created;
        let bounds = [
            text(created.id.as_str()),
            text(created.project.as_str()),
            optional_text(created.name.as_deref()),
            optional_text(created.file_path.as_deref()),
            text(job.state.word()),
            number(created.priority.into()),
            number(job.attempt.into()),
            number(job.max_attempts.into()),
            number(job.tail.0),
            text(&response::job(job).to_string()),
            optional_text(record.holder().map(|poll| poll.key.as_str())),
        ];
        match self.first(sql::upsert_job, &bounds).await? {
            Some(row) => row.optional_number("retention_hours"),
            None => Ok(None),
        }
    }

    /// Takes a job's row out, and refuses those of it that are still on their way.
    pub async fn delete_job(&self, id: &str) -> Result<()> {
        let at = now();
        let statements = vec![
            self.statement(sql::forget_deletions, &[time(at.minus(limits::DELETION_REMEMBERED_MS))])?,
            self.statement(sql::remember_deletion, &[text(id), time(at)])?,
            self.statement(sql::delete_job, &[text(id)])?,
        ];
        self.batch(statements).await.map(|_| ())
    }
}

pub fn text(value: &str) -> JsValue {
    JsValue::from_str(value)
}

pub fn optional_text(value: Option<&str>) -> JsValue {
    value.map_or(JsValue::NULL, JsValue::from_str)
}

/// A JavaScript number, because D1's typed integers have 32 bits. Exact below 2^53.
pub fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

pub fn time(value: Timestamp) -> JsValue {
    number(value.0)
}

pub fn optional_time(value: Option<Timestamp>) -> JsValue {
    value.map_or(JsValue::NULL, time)
}

pub fn bound(value: &Bound) -> JsValue {
    match value {
        Bound::Text(value) => text(value),
        Bound::Number(value) => number(*value),
    }
}
