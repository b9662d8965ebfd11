//! Precedence, wrong settings, and the table against itself.

use super::library::{Located, Surroundings, locate};
use super::*;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A directory of its own for one test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("irispg-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn flag(name: &str, texts: &[&str]) -> (String, Vec<String>) {
    (name.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect())
}

fn variable(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn every_default_reads_back_as_itself() {
    let defaults = Settings::default();
    for setting in TABLE {
        let shown = setting.show(&defaults);
        let again = Settings::from_pairs(&[(setting.name.to_owned(), shown.clone())]);
        assert_eq!(again.unwrap(), defaults, "{} = {shown}", setting.name);
        assert!(setting.doc.trim().ends_with('.'), "{} has a doc of sentences", setting.name);
    }
    assert!(defaults.pairs().is_empty());
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default() {
    let scratch = Scratch::new("precedence");
    let file = scratch.file(
        "irispg.toml",
        "connections_max = 1\nspare_workers_max = 5\nlogin_timeout = '7s'\ncore_files = true\n\
         listen = ['127.0.0.1:1', '[::1]:2']\n",
    );
    let sources = Sources {
        flags: vec![flag("connections_max", &["3"]), flag("unix", &["/a", "/b"])],
        environment: vec![
            variable("IRISPG_CONNECTIONS_MAX", "2"),
            variable("IRISPG_SPARE_WORKERS_MAX", "6"),
        ],
        file: Some(file),
    };
    let settings = sources.settings().unwrap();
    assert_eq!(settings.connections_max, 3);
    assert_eq!(settings.spare_workers_max, 6);
    assert_eq!(settings.login_timeout, Duration::from_secs(7));
    assert!(settings.core_files);
    assert_eq!(settings.show("listen").unwrap(), "127.0.0.1:1,[::1]:2");
    assert_eq!(settings.unix, Paths(vec!["/a".into(), "/b".into()]));
    assert_eq!(settings.shutdown_grace, Duration::from_secs(30));
    assert_eq!(Settings::from_pairs(&settings.pairs()).unwrap(), settings);
}

#[test]
fn a_wrong_setting_is_named_with_its_origin() {
    let scratch = Scratch::new("wrong");
    let refusal = |sources: Sources| sources.settings().unwrap_err().to_string();
    let by_flag =
        |name, text| refusal(Sources { flags: vec![flag(name, &[text])], ..Sources::default() });
    let by_file = |text| {
        let file = scratch.file("irispg.toml", text);
        let told = refusal(Sources { file: Some(file.clone()), ..Sources::default() });
        told.replace(file.to_str().unwrap(), "FILE")
    };
    assert_eq!(
        by_flag("connections_max", "many"),
        "flag --connections-max: \"many\" is not a whole number between 1 and 10000"
    );
    assert_eq!(
        by_flag("login_timeout", "30"),
        "flag --login-timeout: \"30\" is not a time with a unit (ms, s, min, h, d), such as 30s \
         between 100ms and 600000ms"
    );
    assert_eq!(
        by_flag("listen", "5432"),
        "flag --listen: \"5432\" is not an address and port, such as 127.0.0.1:5432 or [::1]:5432"
    );
    let environment = vec![variable("IRISPG_CORE_FILES", "perhaps")];
    assert_eq!(
        refusal(Sources { environment, ..Sources::default() }),
        "environment variable IRISPG_CORE_FILES: \"perhaps\" is not on or off"
    );
    assert_eq!(
        by_file("connections_maximum = 5"),
        "setting \"connections_maximum\" in file FILE: there is no such setting; did you mean \
         \"connections_max\"?"
    );
    assert_eq!(
        by_file("connections_max = 0"),
        "setting \"connections_max\" in file FILE: \"0\" is not a whole number between 1 and 10000"
    );
    assert!(by_file("[server]\nport = 1").contains("setting \"server\" in file FILE"));
    assert!(by_file("connections_max = ").starts_with("file FILE: "));
    assert!(
        refusal(Sources { file: Some("/nonexistent".into()), ..Sources::default() })
            .starts_with("file /nonexistent: ")
    );
    assert_eq!(
        by_flag("listen", ""),
        "settings \"listen\" and \"unix\" are both empty: no client could connect"
    );
    assert!(by_flag("spare_workers_min", "17").contains("spare_workers_min"));
}

#[test]
fn the_documentation_is_what_the_table_says() {
    let page = include_str!("../../docs/settings.md");
    assert_eq!(page, markdown(), "run `irispg settings --markdown > docs/settings.md`");
}

#[test]
fn values_are_read_with_their_units() {
    let with = |name: &str, text: &str| {
        Settings::from_pairs(&[(name.to_owned(), text.to_owned())]).unwrap()
    };
    assert_eq!(with("shutdown_grace", "2min").shutdown_grace, Duration::from_secs(120));
    assert_eq!(with("shutdown_grace", "0").shutdown_grace, Duration::ZERO);
    assert_eq!(with("message_bytes_max", "1024 kB").show("message_bytes_max"), Some("1MB".into()));
    assert_eq!(with("message_bytes_max", "65537").message_bytes_max, Bytes(65_537));
    assert_eq!(
        with("listen", "*:5432,localhost:1").show("listen").unwrap(),
        "[::]:5432,127.0.0.1:1"
    );
    assert_eq!(
        with("cleartext_password", "anywhere").cleartext_password,
        CleartextPassword::Anywhere
    );
}

#[test]
fn variables_that_are_no_settings_are_noticed() {
    let sources = Sources {
        environment: vec![
            variable("IRISPG_CONECTIONS_MAX", "1"),
            variable("IRISPG_PASSWORD", "x"),
            variable("IRISPG_LISTEN", ""),
            variable("PATH", ""),
        ],
        ..Sources::default()
    };
    assert_eq!(sources.stray_variables(), ["IRISPG_CONECTIONS_MAX"]);
}

#[test]
fn a_reload_keeps_what_needs_a_restart() {
    let old = Settings::default();
    let mut new =
        Settings { connections_max: 5, login_timeout: Duration::from_secs(1), ..old.clone() };
    assert_eq!(new.keep_until_start(&old), ["connections_max"]);
    assert_eq!(new, Settings { login_timeout: Duration::from_secs(1), ..old });
}

#[test]
fn the_library_is_found_where_it_was_said_to_be() {
    let scratch = Scratch::new("library");
    let iris = scratch.file("iris/bin/libirisdb.so", "");
    let beside = scratch.file("bin/libirisdb.so", "");
    let iris_directory = scratch.0.join("iris");
    let named = Settings { iris: Some(iris_directory.clone()), ..Settings::default() };
    let around =
        Surroundings { program: Some(scratch.0.join("bin/irispg")), ..Surroundings::default() };
    let plain = Settings { data: "/data".into(), ..Settings::default() };

    let located = locate(&named, &around).unwrap();
    assert_eq!(
        (located.library, located.manager_directory),
        (iris.clone(), iris_directory.join("mgr"))
    );
    let installed = Surroundings {
        install_directory: Some(iris_directory.into()),
        data_directory: Some("/durable".into()),
        ..around.clone()
    };
    let located = locate(&plain, &installed).unwrap();
    assert_eq!((located.library, located.manager_directory), (iris, "/durable/mgr".into()));
    let located = locate(&plain, &around).unwrap();
    assert_eq!(located.library, beside);
    assert_eq!(located.manager_directory, Path::new("/data"));
    assert_eq!(Located::directory(&located), scratch.0.join("bin"));
}

#[test]
fn a_named_installation_without_library_is_an_error_and_not_a_reason_to_look_further() {
    let scratch = Scratch::new("no-library");
    scratch.file("bin/libirisdb.so", "");
    let around =
        Surroundings { program: Some(scratch.0.join("bin/irispg")), ..Surroundings::default() };
    let named = Settings { iris: Some(scratch.0.join("iris")), ..Settings::default() };
    let told = locate(&named, &around).unwrap_err().to_string();
    assert!(told.contains("iris/bin/libirisdb.so") && told.contains("setting \"iris\""), "{told}");
}

#[test]
fn text_from_the_wire_cannot_forge_a_log_line() {
    let shown = log::Wire("joe\n2026-01-01 ERROR \x1b[31m\"").to_string();
    assert_eq!(shown, "\"joe\\n2026-01-01 ERROR \\u{1b}[31m\\\"\"");
    assert!(log::Wire(&"x".repeat(10_000)).to_string().len() < 400);
}
