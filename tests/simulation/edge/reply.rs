//! What became of a request in the edge Worker.

use crate::problem::Problem;
use worker::Error;

#[derive(Debug)]
pub enum Failure {
    Problem(Problem),
    /// The platform failed it: the caller does not know what happened.
    Platform(Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(problem)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Platform(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Platform(error)
    }
}
