//! Owns the reading of request bodies under a cap, and of what they say they are.

use crate::edge::Visit;
use crate::edge::errand::awaited;
use crate::edge::head::Name;
use crate::edge::reply::Failure;
use crate::limits;
use crate::logs::{BatchFormat, Encoding};
use crate::problem::{Code, Problem};
use crate::request;
use futures_util::StreamExt;
use js_sys::Uint8Array;
use serde_json::Value;

/// A JSON body and its bytes; an absent body is `{}`.
pub async fn json(visit: &Visit) -> Result<(Value, Vec<u8>), Failure> {
    let bytes = bytes(visit, limits::JSON_BODY).await?;
    if !bytes.is_empty() {
        expect_json(visit.header(Name::ContentType))?;
        if content_encoding(visit.header(Name::ContentEncoding))? == Encoding::Gzip {
            return Err(unsupported("Only log batches may be compressed: send this body plain.").into());
        }
    }
    Ok((request::body(&bytes)?, bytes))
}

/// A log batch: its bytes as they came, and how to read them.
pub async fn log_batch(visit: &Visit) -> Result<(Vec<u8>, BatchFormat, Encoding), Failure> {
    let format = batch_format(visit.header(Name::ContentType))?;
    let encoding = content_encoding(visit.header(Name::ContentEncoding))?;
    Ok((bytes(visit, limits::LOG_BATCH_WIRE).await?, format, encoding))
}

/// Stops reading at the cap, whatever `Content-Length` says.
async fn bytes(visit: &Visit, cap: usize) -> Result<Vec<u8>, Failure> {
    let declared = visit.header(Name::ContentLength).and_then(|text| text.parse::<usize>().ok());
    match declared {
        Some(length) if length > cap => Err(too_large(cap).into()),
        // HTTP lets no more through than was declared, so that all of it can be taken in one crossing.
        Some(_) => Ok(whole(&visit.request).await?),
        None => pieces(&visit.request, cap).await,
    }
}

fn too_large(cap: usize) -> Problem {
    Problem::too_large("body", format!("The body is larger than {cap} bytes."))
}

async fn whole(request: &web_sys::Request) -> Result<Vec<u8>, worker::Error> {
    let buffer = awaited(request.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

async fn pieces(request: &web_sys::Request, cap: usize) -> Result<Vec<u8>, Failure> {
    if request.body().is_none() {
        return Ok(vec![]);
    }
    let mut bytes = vec![];
    let mut chunks = worker::Request::from(Clone::clone(request)).stream()?;
    while let Some(chunk) = chunks.next().await {
        bytes.extend(chunk?);
        if bytes.len() > cap {
            return Err(too_large(cap).into());
        }
    }
    Ok(bytes)
}

/// The media type without its parameters, in lower case.
fn media_type(content_type: Option<&str>) -> String {
    content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

fn expect_json(content_type: Option<&str>) -> Result<(), Problem> {
    match media_type(content_type).as_str() {
        "application/json" => Ok(()),
        _ => Err(unsupported("Send the body as application/json.")),
    }
}

fn batch_format(content_type: Option<&str>) -> Result<BatchFormat, Problem> {
    match media_type(content_type).as_str() {
        "application/json" => Ok(BatchFormat::Json),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(BatchFormat::NdJson),
        _ => Err(unsupported("Send logs as application/json or application/x-ndjson.")),
    }
}

fn content_encoding(header: Option<&str>) -> Result<Encoding, Problem> {
    match header.map(|text| text.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => Ok(Encoding::Plain),
        Some("gzip" | "x-gzip") => Ok(Encoding::Gzip),
        Some(_) => Err(unsupported("The only content encoding is gzip.")),
    }
}

fn unsupported(message: &str) -> Problem {
    Problem::new(Code::UnsupportedMediaType, message)
}
