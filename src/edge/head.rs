//! Owns what a request says besides its body: method, address and the headers that anything here looks at.
//! Read in one crossing out of JavaScript, because each costs more than what it fetches (docs/SPEED.md).

use std::cell::OnceCell;
use wasm_bindgen::prelude::*;

/// The headers that are looked at. A name is added here and in `NAMES`, in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Accept,
    AccessControlRequestMethod,
    Authorization,
    CfConnectingIp,
    ContentEncoding,
    ContentLength,
    ContentType,
    Cookie,
    IdempotencyKey,
    LastEventId,
    Origin,
    SecFetchSite,
    XApiKey,
    XJobAttempt,
}

const NAMES: &str = "accept\naccess-control-request-method\nauthorization\ncf-connecting-ip\ncontent-encoding\ncontent-length\n\
    content-type\ncookie\nidempotency-key\nlast-event-id\norigin\nsec-fetch-site\nx-api-key\nx-job-attempt";

// Lines: the method, the address, and for each name "=value", or nothing where the header is absent. No header has a line
// end in it. The browser's `Headers` joins what came twice with ", ".
#[wasm_bindgen(inline_js = "
export class HeadReader {
  constructor(names) {
    this.names = names.split('\\n');
  }

  read(request) {
    const { headers } = request;
    let text = `${request.method}\\n${request.url}`;
    for (const name of this.names) {
      const value = headers.get(name);
      text += value === null ? '\\n' : `\\n=${value}`;
    }
    return text;
  }
}
")]
extern "C" {
    type HeadReader;
    #[wasm_bindgen(constructor)]
    fn new(names: &str) -> HeadReader;
    #[wasm_bindgen(method)]
    fn read(this: &HeadReader, request: &web_sys::Request) -> String;
}

thread_local! {
    static READER: OnceCell<HeadReader> = const { OnceCell::new() };
}

pub struct Head(String);

impl Head {
    pub fn of(request: &web_sys::Request) -> Head {
        READER.with(|reader| Head(reader.get_or_init(|| HeadReader::new(NAMES)).read(request)))
    }

    /// As it was sent: the platform's typed methods take those that they do not know for GET.
    pub fn method(&self) -> &str {
        self.line(0)
    }

    pub fn address(&self) -> &str {
        self.line(1)
    }

    pub fn get(&self, name: Name) -> Option<&str> {
        self.line(2 + name as usize).strip_prefix('=')
    }

    fn line(&self, number: usize) -> &str {
        self.0.split('\n').nth(number).unwrap_or_default()
    }
}
