//! The session's cookie, and who may use it. Source: RFC 6265; the Fetch standard for `Origin` and `Sec-Fetch-Site`.

use crate::support::hostile;
use jobcast::access::Credential;
use jobcast::secret::{hash_secret, session_token};
use jobcast::fields::Query;
use jobcast::problem::Code;
use jobcast::session::{COOKIE, Host, Sender, clear_cookie, find, set_cookie};
use proptest::prelude::*;

const OWN: &str = "https://jobs.example";

fn check(origin: Option<&str>, site: Option<&str>) -> bool {
    let allowed = ["https://app.example".to_owned(), "https://b.example:8443".to_owned()];
    Sender { origin, site }.check(OWN, &allowed).is_ok()
}

/// What a browser says of the page (`Origin`, then `Sec-Fetch-Site`; a dash where it says nothing), and whether the
/// cookie counts.
const SENDERS: &str = "
-                            -            yes
-                            same-origin  yes
-                            none         yes
-                            same-site    no
-                            cross-site   no
-                            Same-Origin  no
https://jobs.example         same-origin  yes
https://jobs.example         -            yes
https://jobs.example         cross-site   yes
https://app.example          cross-site   yes
https://app.example          -            yes
https://b.example:8443       same-site    yes
https://b.example            same-site    no
https://app.example/         -            no
https://app.example:443      -            no
https://evil.example         -            no
https://evil.example         same-origin  no
https://evil.example         none         no
http://jobs.example          same-site    no
https://jobs.example:8443    same-site    no
https://jobs.example.evil    cross-site   no
https://xjobs.example        cross-site   no
HTTPS://JOBS.EXAMPLE         -            no
null                         same-origin  no
null                         -            no
";

#[test]
fn a_page_uses_the_cookie_only_where_it_is_ours_or_named() {
    for line in SENDERS.trim().lines() {
        let [origin, site, expected] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        let said = |text| Some(text).filter(|text| *text != "-");
        assert_eq!(check(said(origin), said(site)), expected == "yes", "{line}");
    }
    assert!(!check(Some(""), Some("same-origin")) && !check(None, Some("")));
}

#[test]
fn a_page_of_another_site_is_refused_by_its_own_code() {
    let problem = Sender { origin: Some("null"), site: None }.check(OWN, &[]).expect_err("a refusal");
    assert_eq!((problem.code, problem.status()), (Code::CrossSite, 403));
    assert_eq!(serde_json::to_string(&problem.code).expect("a word"), r#""cross_site""#);
}

#[test]
fn the_cookie_is_as_the_contract_says() {
    assert_eq!(COOKIE, "better-auth.session_token");
    let attributes = |cookie: &str| cookie.split("; ").skip(1).map(str::to_owned).collect::<Vec<_>>();
    let set = set_cookie("jcs_abc", 604_800, Host::Public);
    assert!(set.starts_with("better-auth.session_token=jcs_abc; "), "{set}");
    let mut found = attributes(&set);
    found.sort();
    assert_eq!(found, ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"]);
    assert!(!attributes(&set_cookie("jcs_abc", 1, Host::Local)).contains(&"Secure".to_owned()));
}

#[test]
fn the_cookie_that_ends_a_session_replaces_it() {
    for host in [Host::Local, Host::Public] {
        // A browser replaces a cookie of the same name and path.
        assert_eq!(clear_cookie(host), set_cookie("", 0, host));
        assert!(clear_cookie(host).contains("Max-Age=0"));
    }
}

#[test]
fn only_this_machine_does_without_secure() {
    for local in ["localhost", "dashboard.localhost", "127.0.0.1", "[::1]"] {
        assert_eq!(Host::of(local), Host::Local, "{local}");
    }
    for public in ["", "example.com", "localhost.example.com", "xlocalhost", "127.0.0.1.nip.io", "127.0.0.10", "0.0.0.0", "[::2]", "10.0.0.1"] {
        assert_eq!(Host::of(public), Host::Public, "{public}");
    }
}

#[test]
fn the_session_is_found_among_other_cookies() {
    for (cookies, expected) in [
        ("better-auth.session_token=a", Some("a")),
        ("x=1; better-auth.session_token=a; y=2", Some("a")),
        ("x=1;better-auth.session_token=a", Some("a")),
        ("better-auth.session_token=\"a\"", Some("a")),
        ("better-auth.session_token=a=b", Some("a=b")),
        ("better-auth.session_token=first; better-auth.session_token=second", Some("first")),
        ("better-auth.session_token2=a", None),
        ("xbetter-auth.session_token=a", None),
        ("__Secure-better-auth.session_token=a", None),
        ("Better-Auth.Session_Token=a", None),
        ("better-auth.session_token=", None),
        ("better-auth.session_token=\"\"", None),
        ("better-auth.session_token", None),
        ("x=better-auth.session_token=a", None),
        ("", None),
    ] {
        assert_eq!(find(cookies), expected, "{cookies}");
    }
}

proptest! {
    #![proptest_config(hostile::cases(256))]

    #[test]
    fn whatever_a_browser_sends_the_session_is_a_value_of_its_cookie_or_none(cookies in hostile::text(), token in "[A-Za-z0-9_-]{1,50}") {
        prop_assert!(find(&cookies).is_none_or(|found| cookies.contains(found) && !found.is_empty()));
        let own = format!("better-auth.session_token={token}");
        let all = format!("{own}; {cookies}");
        prop_assert_eq!(find(&all), Some(token.as_str()));
        let cookie = set_cookie(&token, 60, Host::Public);
        prop_assert_eq!(find(cookie.split(';').next().unwrap_or_default()), Some(token.as_str()));
    }
}

#[test]
fn the_cookie_is_the_last_credential_that_is_looked_for() {
    let cookie = Some("better-auth.session_token=s");
    let find = |header: Option<&str>, key, asked: &str| Credential::find(header, key, &Query::parse(Some(asked)), cookie).ok();
    assert_eq!(find(Some("Bearer a"), Some("b"), "token=t&key=k"), Some(Credential::Bearer("a".to_owned())));
    assert_eq!(find(None, Some("b"), "token=t&key=k"), Some(Credential::Bearer("b".to_owned())));
    assert_eq!(find(None, None, "token=t&key=k"), Some(Credential::StreamToken("t".to_owned())));
    assert_eq!(find(None, None, "key=k"), Some(Credential::ProjectKey("k".to_owned())));
    assert_eq!(find(None, None, ""), Some(Credential::Session("s".to_owned())));
    // A header that says nothing good is not saved by the cookie that came along.
    for header in ["", "Basic x", "Bearer", "Bearer  "] {
        assert_eq!(find(Some(header), None, ""), None, "{header:?}");
    }
    assert_eq!(Credential::find(None, None, &Query::parse(None), Some("a=b")).ok(), Some(Credential::None));
}

#[test]
fn a_session_s_secret_is_told_from_a_key_s_and_is_kept_hashed() {
    let token = session_token(&[7; 32]);
    assert!(token.starts_with("jcs_") && token.len() == 47, "{token}");
    assert!(token.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter)), "a cookie takes it as it is");
    assert_ne!(hash_secret(&token), token);
    assert_ne!(session_token(&[8; 32]), token);
}
