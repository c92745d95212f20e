//! A crowd of readers and producers, driven by lines of JSON: each line of standard input is an order, each line of standard
//! output its answer. It opens streams, reads them and tells what they saw; what they should have seen is for its caller to
//! know. It reports, and tells what was answered.
//! One thread: it costs about two microseconds a frame, a tenth of what the service needs to send one.

mod body;
mod churn;
mod connection;
mod crowd;
mod cycle;
mod latency;
mod line;
mod order;
mod paced;
mod produce;
mod reader;
mod seen;
mod sse;
mod trivial;

use crate::crowd::Crowd;
use crate::order::Order;
use std::error::Error;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::task::LocalSet;

/// `jobcast-load <address> <api key>`, or `jobcast-load nothing` for a service that does nothing.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (address, key) = (arguments.next(), arguments.next());
    if address.as_deref() == Some("nothing") {
        return Ok(LocalSet::new().run_until(trivial::serve()).await?);
    }
    let (Some(address), Some(key)) = (address, key) else {
        return Err("Use: jobcast-load <address> <api key>, for example 127.0.0.1:8787 jc_…".into());
    };
    let crowd = Crowd::new(connection::Service { address: address.parse()?, key });
    LocalSet::new().run_until(obey(&crowd)).await
}

async fn obey(crowd: &Crowd) -> Result<(), Box<dyn Error>> {
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let order: Order = serde_json::from_str(&line)?;
        println!("{}", crowd.carry_out(order).await);
    }
    Ok(())
}
