//! Owns what all views share: what a reader may see. A view is a pure function from event and folded state to
//! frames in one family's names; events are stored once, in the canonical words of `event`.

pub mod asset;
pub mod pipeline;
pub mod queue;
pub mod stored;

use crate::event::Fact;
use pipeline::Lens;
use serde::{Deserialize, Serialize};

/// CONTRACT, “Credentials”: `jobs:read` sees everything, everybody else the public part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    Full,
}

impl Visibility {
    pub fn shows(self, fact: &Fact) -> bool {
        match self {
            Visibility::Public => fact.is_public(),
            Visibility::Full => true,
        }
    }
}

/// Through which view a job's own log is watched. It sleeps with its subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobLens {
    Pipeline(Lens),
    Asset,
}

impl JobLens {
    /// Whether its reader listens for some of the events only.
    pub fn is_narrowed(&self) -> bool {
        matches!(self, JobLens::Pipeline(lens) if !lens.narrowing.is_all())
    }

    /// The asset view shows nothing but the public part.
    pub fn visibility(&self) -> Visibility {
        match self {
            JobLens::Pipeline(lens) => lens.visibility,
            JobLens::Asset => Visibility::Public,
        }
    }
}
