//! Owns the one statement that has more than one form: `GET /jobs` with its filters. Each form reads one index
//! backwards. Fragments are fixed text; values are always bound.

use crate::fields::Query;
use crate::id::JobId;
use crate::job::JobState;
use crate::limits;
use crate::problem::{Code, Problem};

/// Which jobs are listed, newest first.
#[derive(Debug, PartialEq)]
pub struct Listing {
    pub limit: u64,
    pub offset: u64,
    /// Only jobs older than this one.
    pub cursor: Option<JobId>,
    pub states: Option<Vec<JobState>>,
    pub name: Option<String>,
    pub file_path: Option<String>,
}

impl Listing {
    pub fn parse(query: &Query) -> Result<Listing, Problem> {
        let bad_cursor =
            || Problem::new(Code::InvalidCursor, "cursor must be a nextCursor of this list.").with("field", "cursor");
        Ok(Listing {
            limit: query.limit(limits::PAGE_DEFAULT, limits::PAGE_JOBS)?,
            offset: query.whole("offset", 0)?.unwrap_or(0),
            cursor: query.text("cursor").map(|text| JobId::parse(text).ok_or_else(bad_cursor)).transpose()?,
            states: query.get("status").map(states).transpose()?,
            name: query.text("name").map(str::to_owned),
            file_path: query.text("filePath").map(str::to_owned),
        })
    }

    /// The totals are kept per project and state: only a search by name or path has to count.
    pub fn is_search(&self) -> bool {
        self.name.is_some() || self.file_path.is_some()
    }

    /// The page, ended early where its documents are large: the first one always comes. `found` of all rows, of
    /// which one more is looked at than was asked for, tells whether another page follows.
    pub fn page_statement(&self) -> (String, Vec<Bound>) {
        let (filter, mut bounds) = self.filter();
        let cursor = self.cursor.as_ref().map(|cursor| {
            bounds.push(Bound::Text(cursor.to_string()));
            " AND id < ?"
        });
        bounds.push(Bound::Number(self.limit + 1));
        bounds.push(Bound::Number(self.offset));
        let cursor = cursor.unwrap_or_default();
        let rows = format!("SELECT id, document FROM jobs WHERE {filter}{cursor} ORDER BY id DESC LIMIT ? OFFSET ?");
        let sized = format!(
            "SELECT id, document, count(*) OVER () AS found, \
             sum(octet_length(document)) OVER (ORDER BY id DESC) - octet_length(document) AS bytes_before FROM ({rows})"
        );
        bounds.push(Bound::Number(limits::PAGE_BYTES));
        (format!("SELECT id, document, found FROM ({sized}) WHERE bytes_before < ? ORDER BY id DESC"), bounds)
    }

    /// How many jobs a search finds.
    pub fn total_statement(&self) -> (String, Vec<Bound>) {
        let (filter, bounds) = self.filter();
        (format!("SELECT count(*) AS jobs FROM jobs WHERE {filter}"), bounds)
    }

    /// The project is always the first bound value; the caller binds it.
    fn filter(&self) -> (String, Vec<Bound>) {
        let mut filter = "project_id = ?".to_owned();
        let mut bounds = vec![];
        if let Some(states) = &self.states {
            let places = vec!["?"; states.len()].join(", ");
            filter.push_str(&format!(" AND status IN ({places})"));
            bounds.extend(states.iter().map(|state| Bound::Text(state.word().to_owned())));
        }
        for (column, value) in [("name", &self.name), ("file_path", &self.file_path)] {
            if let Some(value) = value {
                filter.push_str(&format!(" AND {column} = ?"));
                bounds.push(Bound::Text(value.clone()));
            }
        }
        (filter, bounds)
    }
}

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    Text(String),
    Number(u64),
}

/// The canonical words, and those of the other families where they say the same.
fn states(word: &str) -> Result<Vec<JobState>, Problem> {
    let known = || format!("status must be one of {}.", JobState::ALL.map(JobState::word).join(", "));
    match word {
        "error" => Ok(vec![JobState::Failed]),
        "processing" => Ok(vec![JobState::Running]),
        "queued" => Ok(vec![JobState::Scheduled, JobState::Pending, JobState::Delivered]),
        _ => JobState::parse(word).map(|state| vec![state]).ok_or_else(|| Problem::field("status", known())),
    }
}
