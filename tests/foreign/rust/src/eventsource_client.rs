mod tell;

use eventsource_client::{Client, ClientBuilder, Error, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use std::time::Duration;
use tell::{asked, is_end, over, tell};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (url, plain) = asked();
    // The service says something every 15 s.
    let transport = HyperTransport::builder().read_timeout(Duration::from_secs(40)).build_http().expect("a transport");
    let client = ClientBuilder::for_url(&url).expect("a URL").build_with_transport(transport);
    let mut stream = client.stream();
    while let Some(next) = stream.next().await {
        if let Ok(SSE::Event(event)) = &next {
            tell(&event.event_type, event.id.as_deref().unwrap_or_default(), &event.data);
        }
        if !plain && is_final(&next) {
            break;
        }
    }
    over("closed");
}

/// As it comes, it takes 204 for a stream, and comes back for ever to that and to a refusal that is not the first answer.
fn is_final(next: &Result<SSE, Error>) -> bool {
    match next {
        Ok(SSE::Connected(connection)) => connection.response().status() == 204,
        Ok(SSE::Event(event)) => is_end(&event.event_type),
        Err(Error::UnexpectedResponse(response, _)) => response.status() < 500 && response.status() != 429,
        _ => false,
    }
}
