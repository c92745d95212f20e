//! Owns the session's cookie, and the rule that keeps other sites from using it. Contract: “Credentials”.
//! Source: RFC 6265 for the cookie; the Fetch standard for `Origin` and `Sec-Fetch-Site`.

use crate::problem::{Code, Problem};

/// Seed 003, “Auth-gated streams”.
pub const COOKIE: &str = "better-auth.session_token";

/// The session among the cookies of a request; of several the first, which is the most specific.
pub fn find(cookies: &str) -> Option<&str> {
    let pair =
        |cookie: &'static str| move |part: &&str| part.split_once('=').is_some_and(|(name, _)| name.trim() == cookie);
    let value = cookies.split(';').find(pair(COOKIE))?.split_once('=')?.1.trim();
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    (!bare.is_empty()).then_some(bare)
}

/// `Set-Cookie` for a new session; `max_age` in seconds.
pub fn set_cookie(token: &str, max_age: u64, host: Host) -> String {
    let secure = match host {
        Host::Local => "",
        Host::Public => "; Secure",
    };
    format!("{COOKIE}={token}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
}

/// `Set-Cookie` that ends one.
pub fn clear_cookie(host: Host) -> String {
    set_cookie("", 0, host)
}

/// Where the service is reached. A browser takes no `Secure` cookie over plain HTTP, which only this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Local,
    Public,
}

impl Host {
    pub fn of(name: &str) -> Host {
        let local = name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || name == "[::1]";
        if local { Host::Local } else { Host::Public }
    }
}

/// What a browser says of the page that makes a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sender<'a> {
    /// `Origin`.
    pub origin: Option<&'a str>,
    /// `Sec-Fetch-Site`.
    pub site: Option<&'a str>,
}

impl Sender<'_> {
    /// A browser sends the cookie by itself, so what changes something must come from a page of ours (`own` is the
    /// service's origin) or of an origin that the operator named. What is no browser says neither, and is let through.
    pub fn check(&self, own: &str, allowed: &[String]) -> Result<(), Problem> {
        let good = match (self.origin, self.site) {
            (Some(origin), _) => origin == own || allowed.iter().any(|allowed| allowed == origin),
            (None, Some(site)) => matches!(site, "same-origin" | "none"),
            (None, None) => true,
        };
        good.then_some(()).ok_or_else(cross_site)
    }
}

fn cross_site() -> Problem {
    Problem::new(
        Code::CrossSite,
        "A page of another site must not use this session: use an API key, or have the operator list the page's origin.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_cookies() {
        assert_eq!(find("better-auth.session_token=abc"), Some("abc"));
        assert_eq!(find("a=1; better-auth.session_token=\"abc\"; b=2"), Some("abc"));
        assert_eq!(find("better-auth.session_token=one; better-auth.session_token=two"), Some("one"));
        for none in
            ["", "a=1", "better-auth.session_token=", "xbetter-auth.session_token=a", "better-auth.session_token"]
        {
            assert_eq!(find(none), None, "{none}");
        }
    }

    #[test]
    fn the_cookie_is_secure_everywhere_but_on_this_machine() {
        assert_eq!(
            set_cookie("t", 60, Host::of("jobcast.example")),
            "better-auth.session_token=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        for local in ["localhost", "app.localhost", "127.0.0.1", "[::1]"] {
            assert!(!clear_cookie(Host::of(local)).contains("Secure"), "{local}");
        }
        for public in ["localhost.example", "evillocalhost", "127.0.0.1.example"] {
            assert_eq!(Host::of(public), Host::Public, "{public}");
        }
    }

    #[test]
    fn only_pages_of_ours_and_of_named_origins_may_use_the_cookie() {
        let allowed = ["https://app.example".to_owned()];
        let check = |origin, site| Sender { origin, site }.check("https://jobs.example", &allowed).is_ok();
        assert!(check(Some("https://jobs.example"), None));
        assert!(check(Some("https://app.example"), Some("cross-site")));
        assert!(check(None, None));
        assert!(check(None, Some("same-origin")));
        assert!(check(None, Some("none")));
        for origin in ["null", "", "https://evil.example", "http://jobs.example", "https://jobs.example.evil"] {
            assert!(!check(Some(origin), Some("same-origin")), "{origin}");
        }
        for site in ["cross-site", "same-site", ""] {
            assert!(!check(None, Some(site)), "{site}");
        }
    }
}
