//! Owns the reading of request bodies under a cap, and of what they say they are.

use crate::edge::Visit;
use crate::edge::reply::Failure;
use crate::limits;
use crate::logs::{BatchFormat, Encoding};
use crate::problem::{Code, Problem};
use crate::request;
use futures_util::StreamExt;
use serde_json::Value;
use worker::Request;

/// A JSON body and its bytes; an absent body is `{}`.
pub async fn json(visit: &mut Visit) -> Result<(Value, Vec<u8>), Failure> {
    let content_type = visit.header("content-type")?;
    let encoding = visit.header("content-encoding")?;
    let bytes = bytes(&mut visit.request, limits::JSON_BODY).await?;
    if !bytes.is_empty() {
        expect_json(content_type.as_deref())?;
        if content_encoding(encoding.as_deref())? == Encoding::Gzip {
            return Err(unsupported("Only log batches may be compressed: send this body plain.").into());
        }
    }
    Ok((request::body(&bytes)?, bytes))
}

/// A log batch: its bytes as they came, and how to read them.
pub async fn log_batch(visit: &mut Visit) -> Result<(Vec<u8>, BatchFormat, Encoding), Failure> {
    let format = batch_format(visit.header("content-type")?.as_deref())?;
    let encoding = content_encoding(visit.header("content-encoding")?.as_deref())?;
    Ok((bytes(&mut visit.request, limits::LOG_BATCH_WIRE).await?, format, encoding))
}

/// Stops reading at the cap, whatever `Content-Length` says.
async fn bytes(request: &mut Request, cap: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || Problem::too_large("body", format!("The body is larger than {cap} bytes."));
    let declared = request.headers().get("content-length")?.and_then(|text| text.parse::<usize>().ok());
    if declared.is_some_and(|length| length > cap) {
        return Err(too_large().into());
    }
    if request.inner().body().is_none() {
        return Ok(vec![]);
    }
    let mut bytes = vec![];
    let mut chunks = request.stream()?;
    while let Some(chunk) = chunks.next().await {
        bytes.extend(chunk?);
        if bytes.len() > cap {
            return Err(too_large().into());
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
