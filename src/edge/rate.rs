//! Owns the limits of rate, by the platform's binding. It answers only yes or no, so that the figures of an answer
//! stand beside it in wrangler.toml. Contract: “Limits of rate”.

use crate::edge::Visit;
use crate::edge::complaint::complain;
use crate::edge::head::Name;
use crate::edge::platform::{is_within, setting};
use crate::edge::reply::Failure;
use crate::problem::Problem;

/// Whom a request counts for.
pub enum Caller<'a> {
    /// Nobody's name, project keys, stream tokens, and whoever brings a credential that is none.
    Address,
    /// A key or a session, by its hash.
    Secret(&'a str),
}

/// Counts one request, or refuses it. A service without the binding has no limits.
pub async fn count(visit: &Visit, caller: Caller<'_>) -> Result<(), Failure> {
    let (binding, figures, key) = match caller {
        // The platform sets the header; what comes without it did not come through it.
        Caller::Address => {
            ("PUBLIC_RATE", "PUBLIC_RATE_FIGURES", visit.header(Name::CfConnectingIp).unwrap_or_default())
        }
        Caller::Secret(hash) => ("KEY_RATE", "KEY_RATE_FIGURES", hash),
    };
    match is_within(&visit.env, binding, key).await {
        Ok(false) => {}
        Ok(true) => return Ok(()),
        // A limiter that does not answer must not close the service.
        Err(error) => {
            complain("rate.failed", &error.to_string(), Some(&visit.id));
            return Ok(());
        }
    }
    let (limit, period) = setting(&visit.env, figures).as_deref().and_then(parse).unwrap_or((0, 10));
    Err(Problem::rate_limited(limit, period).into())
}

/// `300 in 10`: so many requests in so many seconds.
fn parse(figures: &str) -> Option<(u64, u64)> {
    let (limit, period) = figures.split_once(" in ")?;
    Some((limit.trim().parse().ok()?, period.trim().parse().ok()?))
}
