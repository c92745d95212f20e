//! Owns the calls to D1, and the reading of its rows: a column at a time, by name. Derived readers of rows are many times the
//! code. Each call is one crossing, where those of `worker` are three to five.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Result};

#[wasm_bindgen(inline_js = "
export const prepared = (env, binding, query, bounds) => env[binding].prepare(query).bind(...bounds);
export const all = (statement) => statement.all().then(({ results }) => results);
export const together = (env, binding, statements) =>
  env[binding].batch(statements).then((answers) => answers.at(-1)?.results ?? []);
")]
extern "C" {
    /// A query with the values that are bound to it.
    pub type Statement;
    #[wasm_bindgen(catch, js_name = prepared)]
    fn prepare(env: &Env, binding: &str, query: &str, bounds: Array) -> std::result::Result<Statement, JsValue>;
    #[wasm_bindgen(catch, js_name = all)]
    fn run(statement: &Statement) -> std::result::Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_name = together)]
    fn run_together(env: &Env, binding: &str, statements: Array) -> std::result::Result<Promise, JsValue>;

    /// A row as D1 gives it.
    pub type Row;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn column(this: &Row, name: &str) -> JsValue;
}

pub fn prepared(env: &Env, binding: &str, query: &str, bounds: &[JsValue]) -> Result<Statement> {
    Ok(prepare(env, binding, query, bounds.iter().collect())?)
}

pub async fn all(statement: &Statement) -> Result<Vec<Row>> {
    rows(run(statement)?).await
}

/// All or nothing; the rows of the last statement.
pub async fn together(env: &Env, binding: &str, statements: Vec<Statement>) -> Result<Vec<Row>> {
    rows(run_together(env, binding, statements.into_iter().collect())?).await
}

async fn rows(rows: Promise) -> Result<Vec<Row>> {
    let rows: Array = JsFuture::from(rows).await?.dyn_into()?;
    Ok(rows.iter().map(JsValue::unchecked_into).collect())
}

impl Row {
    pub fn text(&self, name: &str) -> Result<String> {
        self.optional_text(name)?.ok_or_else(|| unlike(name))
    }

    /// A whole number, exact below 2^53.
    pub fn number(&self, name: &str) -> Result<u64> {
        self.optional_number(name)?.ok_or_else(|| unlike(name))
    }

    /// What SQLite, which has no truth values, keeps as 0 or 1.
    pub fn flag(&self, name: &str) -> Result<bool> {
        Ok(self.number(name)? == 1)
    }

    pub fn optional_text(&self, name: &str) -> Result<Option<String>> {
        self.unless_null(name, JsValue::as_string)
    }

    pub fn optional_number(&self, name: &str) -> Result<Option<u64>> {
        Ok(self.unless_null(name, JsValue::as_f64)?.map(|number| number as u64))
    }

    fn unless_null<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Result<Option<T>> {
        let value = self.column(name);
        if value.is_null() {
            return Ok(None);
        }
        read(&value).map(Some).ok_or_else(|| unlike(name))
    }
}

fn unlike(name: &str) -> worker::Error {
    worker::Error::from(format!("a row of D1 is not what its schema says: {name}"))
}
