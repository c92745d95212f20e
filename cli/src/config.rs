//! Owns where the settings come from: flags, then the environment, then a file. A file is only ever the user's own:
//! one found in a folder of somebody's repository could send the user's key elsewhere.
//! Invariant: a secret is never shown, not even by a debug print.

use crate::trouble::Trouble;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

const DEFAULT_URL: &str = "http://localhost:8787";

#[derive(Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// For the header that carries it, and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

/// What one source says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub url: Option<String>,
    pub api_key: Option<Secret>,
    pub admin_token: Option<Secret>,
}

impl Settings {
    /// An empty variable counts as not set: that is how scripts leave one out.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Settings {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Settings {
            url: set("JOBCAST_URL"),
            api_key: set("JOBCAST_API_KEY").map(Secret),
            admin_token: set("JOBCAST_ADMIN_TOKEN").map(Secret),
        }
    }

    pub fn parse(text: &str, path: &Path) -> Result<Settings, Trouble> {
        // The error's own words quote the line, and a line may hold a key.
        toml::from_str(text).map_err(|error: toml::de::Error| {
            Trouble::Usage(format!("{} cannot be read: {}.", path.display(), error.message()))
        })
    }

    /// `self` first, `other` where it says nothing.
    pub fn or(self, other: Settings) -> Settings {
        Settings {
            url: self.url.or(other.url),
            api_key: self.api_key.or(other.api_key),
            admin_token: self.admin_token.or(other.admin_token),
        }
    }

    /// With a scheme that can be spoken to, and no slash at its end.
    pub fn base(&self) -> Result<String, Trouble> {
        let url = self.url.as_deref().unwrap_or(DEFAULT_URL);
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || host.contains('@') {
            return Err(Trouble::Usage(format!(
                "“{url}” is no URL of a service: it looks like https://jobcast.example."
            )));
        }
        Ok(url.trim_end_matches('/').to_owned())
    }
}

/// The file's settings, and what its owner should know about it. A file that was named must be there.
pub fn read_file(named: Option<&Path>) -> Result<(Settings, Option<String>), Trouble> {
    let Some(path) = named.map(Path::to_owned).or_else(usual_file) else { return Ok(Default::default()) };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let settings = Settings::parse(&text, &path)?;
            let secret = settings.api_key.is_some() || settings.admin_token.is_some();
            Ok((settings, if secret { open_to_others(&path) } else { None }))
        }
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(Default::default()),
        Err(error) => Err(Trouble::Usage(format!("{} cannot be read: {error}.", path.display()))),
    }
}

fn usual_file() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("jobcast").join("config.toml"))
}

fn open_to_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    let path = path.display();
    (mode & 0o077 != 0).then(|| format!("{path} holds a secret and others may read it: chmod 600 {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        match name {
            "JOBCAST_URL" => Some("http://environment".to_owned()),
            "JOBCAST_API_KEY" => Some("jc_environment".to_owned()),
            "JOBCAST_ADMIN_TOKEN" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn flags_come_before_the_environment_and_that_before_the_file() {
        let flags = Settings { url: Some("http://flag".to_owned()), ..Settings::default() };
        let text = "url = \"http://file\"\napi_key = \"jc_file\"\nadmin_token = \"file\"";
        let file = Settings::parse(text, Path::new("config.toml")).unwrap();
        let settings = flags.or(Settings::of_environment(environment)).or(file);
        assert_eq!(settings.url.as_deref(), Some("http://flag"));
        assert_eq!(settings.api_key.as_ref().map(Secret::reveal), Some("jc_environment"));
        assert_eq!(settings.admin_token.as_ref().map(Secret::reveal), Some("file"));
    }

    #[test]
    fn a_word_that_is_no_setting_is_named() {
        let error = Settings::parse("apikey = \"jc_1\"", Path::new("config.toml")).unwrap_err().to_string();
        assert!(error.contains("unknown field `apikey`") && error.contains("api_key"), "{error}");
    }

    #[test]
    fn an_error_in_the_file_does_not_show_the_line_with_the_key() {
        let error = Settings::parse("api_key = \"jc_secret", Path::new("config.toml")).unwrap_err().to_string();
        assert!(!error.contains("jc_secret"), "{error}");
        assert_eq!(format!("{:?}", Secret::from("jc_secret")), "…");
    }

    #[test]
    fn a_url_is_one_of_a_service() {
        let base = |url: &str| Settings { url: Some(url.to_owned()), ..Settings::default() }.base();
        assert_eq!(base("https://jobcast.example/").unwrap(), "https://jobcast.example");
        assert_eq!(Settings::default().base().unwrap(), DEFAULT_URL);
        for wrong in ["jobcast.example", "ftp://x", "https://", "https://jc_key@host"] {
            assert!(base(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_file_that_others_may_read_is_warned_about() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "api_key = \"jc_1\"").unwrap();
        let warned = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            read_file(Some(&path)).unwrap().1
        };
        assert_eq!(warned(0o600), None);
        assert!(warned(0o644).unwrap().contains("chmod 600"));
    }
}
