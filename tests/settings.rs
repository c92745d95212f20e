//! What stands twice in wrangler.toml because the platform does not tell it: the figures of the limits of rate.

const SETTINGS: &str = include_str!("../wrangler.toml");

/// The tables of this name: each the text up to the next table.
fn tables(name: &str) -> Vec<&'static str> {
    let heads = SETTINGS.split("\n[").skip(1);
    heads.filter_map(|table| table.strip_prefix(name)?.strip_prefix(']')).collect()
}

/// The value of a setting, without its quotes.
fn value(table: &'static str, name: &str) -> Option<&'static str> {
    let setting = |line: &'static str| Some(line.strip_prefix(name)?.trim_start().strip_prefix('=')?.trim().trim_matches('"'));
    table.lines().find_map(setting)
}

/// The number behind a word of an inline table, such as `limit = 300`.
fn figure(inline: &str, name: &str) -> Option<u64> {
    let rest = inline.split_once(&format!("{name} = "))?.1;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[test]
fn the_figures_that_answers_tell_are_those_of_the_limits() {
    let [vars] = tables("vars")[..] else { panic!("one table of vars") };
    let limits = tables("[ratelimits]");
    let names: Vec<_> = limits.iter().filter_map(|limit| value(limit, "name")).collect();
    assert_eq!(names, ["PUBLIC_RATE", "KEY_RATE"]);
    for limit in limits {
        let name = value(limit, "name").expect("a name");
        let simple = value(limit, "simple").expect("limit and period");
        let (limit, period) = (figure(simple, "limit").expect("a limit"), figure(simple, "period").expect("a period"));
        assert_eq!(value(vars, &format!("{name}_FIGURES")), Some(format!("{limit} in {period}").as_str()), "{name}");
        assert!([10, 60].contains(&period), "the platform knows no other period than 10 and 60 s");
    }
}

#[test]
fn each_limit_counts_for_itself() {
    let spaces: Vec<_> = SETTINGS.lines().filter_map(|line| line.strip_prefix("namespace_id = ")).collect();
    assert_eq!(spaces.len(), 2);
    assert_ne!(spaces[0], spaces[1]);
}

#[test]
fn nobody_is_named_before_the_operator_names_them() {
    let [vars] = tables("vars")[..] else { panic!("one table of vars") };
    assert!(jobcast::cors::origins(value(vars, "ALLOWED_ORIGINS").expect("a setting")).is_empty());
    assert_eq!(value(vars, "RETENTION_HOUR_SECONDS"), None, "an hour is an hour");
}
