//! The startup parameter `options`: settings in the form of PostgreSQL's command line,
//! `-c name=value` or `--name=value`, with blanks between them and backslashes before blanks that
//! belong to a value. They are names and values for the table of settings, never text for a
//! statement.
//!
//! PostgreSQL also knows single-letter switches for a few settings of its developers; they are
//! refused here like any that it does not know (our decision). Answers were recorded from
//! PostgreSQL 15.18.

use super::report::Report;

/// Reads the settings in their order; of a name that stands there twice, the last value is meant.
/// Dashes in names are underscores.
///
/// # Errors
/// The FATAL report of PostgreSQL for what is no setting.
pub fn options(text: &str) -> Result<Vec<(String, String)>, Report> {
    let mut settings = Vec::new();
    let mut arguments = split(text).into_iter();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            return match arguments.next() {
                Some(behind) => Err(invalid(&behind)),
                None => Ok(settings),
            };
        }
        settings.push(if let Some(setting) = argument.strip_prefix("--") {
            assignment(setting, "--")?
        } else if argument == "-c" {
            assignment(&arguments.next().ok_or_else(|| invalid(&argument))?, "-c ")?
        } else if let Some(setting) = argument.strip_prefix("-c") {
            assignment(setting, "-c ")?
        } else {
            return Err(invalid(&argument));
        });
    }
    Ok(settings)
}

/// Splits at blanks; a backslash takes the next character as it is.
fn split(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut current: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if is_blank(character) {
            arguments.extend(current.take());
            continue;
        }
        let argument = current.get_or_insert_default();
        if character == '\\' {
            argument.extend(characters.next());
        } else {
            argument.push(character);
        }
    }
    arguments.extend(current);
    arguments
}

/// The characters of C's `isspace`.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

fn assignment(setting: &str, switch: &str) -> Result<(String, String), Report> {
    match setting.split_once('=') {
        Some((name, value)) => Ok((name.replace('-', "_"), value.to_owned())),
        None => Err(Report::fatal("42601", format!("{switch}{setting} requires a value"))),
    }
}

fn invalid(argument: &str) -> Report {
    let message = format!("invalid command-line argument for server process: {argument}");
    Report::fatal("42601", message).with_hint("Try \"postgres --help\" for more information.")
}

#[cfg(test)]
mod tests {
    use super::options;
    use proptest::prelude::{prop_assert_eq, proptest};

    /// A13: what `tests/wire/startup/options.pgt` recorded, and what drivers send.
    #[test]
    fn settings_are_read() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            ("  ", &[]),
            (" -- ", &[]),
            ("-c a=1", &[("a", "1")]),
            (
                " -capplication_name=two  --statement-timeout=7s ",
                &[("application_name", "two"), ("statement_timeout", "7s")],
            ),
            ("-c a=1 -c a=2 --", &[("a", "1"), ("a", "2")]),
            (r"--a=with\ blank\\and\ more", &[("a", r"with blank\and more")]),
            ("-c search_path=shop,public\t-c\na=", &[("search_path", "shop,public"), ("a", "")]),
            ("-c a-b=c-d=e", &[("a_b", "c-d=e")]),
            (r"-c a=1\", &[("a", "1")]),
        ];
        for (text, expected) in cases {
            let settings = options(text).expect("lawful");
            let shown: Vec<_> =
                settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(shown, *expected, "{text:?}");
        }
    }

    #[test]
    fn other_arguments_are_fatal() {
        let invalid = "invalid command-line argument for server process: ";
        let cases: &[(&str, &str)] = &[
            ("--garbage", "--garbage requires a value"),
            ("-c garbage", "-c garbage requires a value"),
            ("-c", &format!("{invalid}-c")),
            ("-c a=x garbage", &format!("{invalid}garbage")),
            ("-Z", &format!("{invalid}-Z")),
            ("-- behind", &format!("{invalid}behind")),
            (r"\ ", &format!("{invalid} ")),
        ];
        for (text, message) in cases {
            let report = options(text).expect_err("unlawful");
            assert_eq!((report.sqlstate, report.message.as_ref()), ("42601", *message), "{text:?}");
        }
    }

    proptest! {
        /// Whatever the value is, escaping its blanks and backslashes brings it through.
        #[test]
        fn escaped_values_come_through(value in "\\PC*", other in "[a-z]{1,4}") {
            let mut escaped = String::new();
            for character in value.chars() {
                if character == '\\' || super::is_blank(character) {
                    escaped.push('\\');
                }
                escaped.push(character);
            }
            let expected = vec![("n".to_owned(), value), (other.clone(), "x".to_owned())];
            prop_assert_eq!(options(&format!("-c n={escaped} --{other}=x")), Ok(expected));
        }

        #[test]
        fn anything_is_read_or_refused(text in "[-c= \\\\a\t]{0,12}") {
            if let Ok(settings) = options(&text) {
                prop_assert_eq!(settings.iter().all(|(name, _)| !name.contains('=')), true);
            }
        }
    }
}
