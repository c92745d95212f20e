//! Owns the address under which a request arrived: its path, its query, the origin and the host.
//! It takes apart what is written as the URL standard would write it, which is how nearly every address arrives;
//! whoever has another one writes it anew first (in the Worker the platform's own `URL`). So the crate `url` with its
//! tables of all the world's host names stays out of the Worker; the tests hold this against it.
//! Invariant: whatever `plain` takes, the standard leaves as it is.

use std::net::Ipv4Addr;

/// An address in the standard's own writing, and where its parts end.
pub struct Address {
    text: String,
    /// Where the host begins, behind the scheme and whoever is named before `@`.
    host: usize,
    path: usize,
    query: usize,
    end: usize,
}

impl Address {
    /// Takes an address that needs no rewriting: an ordinary host, no `.` or `..` on the way, no character that would
    /// be encoded. Giving it back is no refusal: it asks for the standard's writing.
    pub fn plain(text: String) -> Result<Address, String> {
        match Address::written(text) {
            Ok(address) if address.is_plain() => Ok(address),
            Ok(Address { text, .. }) | Err(text) => Err(text),
        }
    }

    /// Takes what the standard wrote: an address of `http` or `https`. Gives back what is none.
    pub fn written(text: String) -> Result<Address, String> {
        let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)) else {
            return Err(text);
        };
        let rest = &text[scheme.len()..];
        let end = rest.find('#').unwrap_or(rest.len());
        let query = rest[..end].find('?').unwrap_or(end);
        let Some(path) = rest[..query].find('/') else { return Err(text) };
        let host = rest[..path].rfind('@').map_or(0, |at| at + 1);
        let [host, path, query, end] = [host, path, query, end].map(|at| at + scheme.len());
        Ok(Address { text, host, path, query, end })
    }

    /// With its leading slash, still encoded.
    pub fn path(&self) -> &str {
        &self.text[self.path..self.query]
    }

    /// What stands behind `?`, if one stands there.
    pub fn query(&self) -> Option<&str> {
        self.text[self.query..self.end].strip_prefix('?')
    }

    /// Scheme, host and port, as browsers send it in `Origin`.
    pub fn origin(&self) -> String {
        format!("{}{}", self.scheme(), self.authority())
    }

    /// Without its port; an address of IPv6 with its brackets.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => authority,
        }
    }

    /// With its `://`.
    fn scheme(&self) -> &str {
        if self.text.starts_with("https") { "https://" } else { "http://" }
    }

    fn authority(&self) -> &str {
        &self.text[self.host..self.path]
    }

    fn is_plain(&self) -> bool {
        self.host == self.scheme().len()
            && self.end == self.text.len()
            && is_plain_authority(self.authority(), self.scheme())
            && is_plain_path(self.path())
            && self.query().is_none_or(|query| query.bytes().all(stays_in_query))
    }
}

fn is_plain_authority(authority: &str, scheme: &str) -> bool {
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    is_plain_host(host) && port.is_none_or(|port| is_plain_port(port, scheme))
}

/// A name of the old alphabet, in small letters; or four numbers. What ends in another number would be one of IPv4's
/// other writings, and `xn--` a name to be looked through.
fn is_plain_host(host: &str) -> bool {
    let is_plain = |label: &str| {
        let stays = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        !label.is_empty() && label.bytes().all(stays) && !label.starts_with("xn--")
    };
    let ends_in_digit =
        |host: &str| host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    host.parse::<Ipv4Addr>().is_ok() || (host.split('.').all(is_plain) && !ends_in_digit(host))
}

/// The scheme's own port would be left out.
fn is_plain_port(port: &str, scheme: &str) -> bool {
    let own = if scheme == "https://" { 443 } else { 80 };
    !port.starts_with(['0', '+']) && port.parse::<u16>().is_ok_and(|port| port != own)
}

fn is_plain_path(path: &str) -> bool {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
    path.bytes().all(stays) && !path.split('/').any(may_be_dots)
}

/// `.` and `..` are gone through, also when their dots are encoded.
fn may_be_dots(part: &str) -> bool {
    part.starts_with('.') || part.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2e"))
}

fn stays_in_query(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"#<>'".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    /// What the crate `url` and this say of the same address.
    fn agree(address: &Address, url: &Url) {
        assert_eq!(address.path(), url.path(), "{url}");
        assert_eq!(address.query(), url.query(), "{url}");
        assert_eq!(address.origin(), url.origin().ascii_serialization(), "{url}");
        assert_eq!(Some(address.host()), url.host_str(), "{url}");
    }

    #[test]
    fn an_ordinary_address_is_taken_as_it_is() {
        for text in [
            "https://jobcast.example/",
            "http://localhost:8787/api/v1/jobs?limit=5&offset=0",
            "http://127.0.0.1:41234/queue/events?lastEventId=1772355600000",
            "https://a-b.c-d.workers.dev/video-status/videos%2Fmy%20clip+1.mp4",
            "https://x9.example/v1/pk_1/events/job_01?token=a.b-c_d%3D&events=job:log,stage:*&q={}|\\^`[]",
            "https://3com.example/a..b?",
        ] {
            let Ok(address) = Address::plain(text.to_owned()) else { panic!("{text}") };
            agree(&address, &Url::parse(text).unwrap());
        }
    }

    #[test]
    fn an_address_that_the_standard_would_write_otherwise_is_given_back() {
        for text in [
            "https://Jobcast.example/",
            "https://jobcast.example",
            "https://jobcast.example:443/",
            "http://jobcast.example:080/",
            "http://jobcast.example:/",
            "http://127.1/",
            "http://0x7f.0.0.1/",
            "http://[::1]:8787/",
            "http://xn--bcher-kva.example/",
            "http://bücher.example/",
            "http://user@jobcast.example/",
            "http://jobcast.example/a/../b",
            "http://jobcast.example/a/%2E%2e/b",
            "http://jobcast.example/a\\b",
            "http://jobcast.example/a b",
            "http://jobcast.example/ü",
            "http://jobcast.example/a\tb",
            "http://jobcast.example/a#b",
            "http://jobcast.example/?a='b'",
            "ftp://jobcast.example/",
            "/api/v1/jobs",
            "",
        ] {
            assert_eq!(Address::plain(text.to_owned()).err().as_deref(), Some(text));
        }
    }

    #[test]
    fn what_the_standard_wrote_is_taken_apart_as_it_does() {
        for text in [
            "http://[::1]:8787/a?b",
            "https://[2001:db8::1]/",
            "http://user:secret@Bücher.example:80/a/../ü/@:?x=/?#f?g/h",
            "http://0x7f.1/?#",
            "https://jobcast.example?a=b",
        ] {
            let url = Url::parse(text).unwrap();
            let Ok(address) = Address::written(url.to_string()) else { panic!("{url}") };
            agree(&address, &url);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_plain_is_what_the_standard_writes(text in "https?://[a-z0-9.:\\-@xn%]{1,12}/[ -~]{0,16}") {
            if let Ok(address) = Address::plain(text.clone()) {
                let url = Url::parse(&text).unwrap();
                prop_assert_eq!(url.as_str(), &text);
                agree(&address, &url);
            }
        }

        #[test]
        fn the_standards_own_writing_is_always_taken(text in "https?://\\PC{1,12}/\\PC{0,16}") {
            if let Ok(url) = Url::parse(&text) {
                let Ok(address) = Address::written(url.to_string()) else { panic!("{url}") };
                agree(&address, &url);
            }
        }
    }
}
