//! `check`: loads the library in a process of its own and tries to log in.

use super::{complain, say};
use irispg::callin::{Connection, Library, StartOptions};
use irispg::config::Settings;
use irispg::config::library::{self, Located, Surroundings};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Seconds to wait for a free partition (facts/callin.md §4: `tout`; 0 would be for ever).
const START_TIMEOUT_SECONDS: u32 = 10;

/// Runs the probe as a child process and passes on what it says.
pub(super) fn in_child(settings: &Settings, located: &Located, user: Option<&String>) -> ExitCode {
    let child = std::env::current_exe().and_then(|program| {
        let mut command = Command::new(program);
        command
            .arg("probe")
            .arg("--data")
            .arg(&settings.data)
            .env("LD_LIBRARY_PATH", located.directory())
            .stdin(Stdio::null());
        if let Some(iris) = &settings.iris {
            command.arg("--iris").arg(iris);
        }
        if let Some(user) = user {
            command.env("IRISPG_USER", user);
        }
        command.status()
    });
    match child {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => match status.code() {
            Some(_) => ExitCode::FAILURE,
            None => complain(format_args!("the library ended the process: {status}")),
        },
        Err(error) => complain(format_args!("cannot start a process: {error}")),
    }
}

/// The probe itself.
pub(super) fn run(settings: &Settings) -> ExitCode {
    let located = match library::locate(settings, &Surroundings::of_process()) {
        Ok(located) => located,
        Err(error) => return complain(error),
    };
    let library = match Library::open(&located.library) {
        Ok(library) => library,
        Err(error) => return complain(error),
    };
    let variable = |name| std::env::var(name).ok().filter(|text: &String| !text.is_empty());
    let Some(user) = variable("IRISPG_USER") else {
        return say("loaded: yes\nlogin: not tried (name a user with --user or IRISPG_USER)");
    };
    let password = variable("IRISPG_PASSWORD").unwrap_or_default();
    match log_in(library, &located.manager_directory, &user, &password) {
        Ok(version) => say(format_args!("loaded: yes\nlogin: yes\nversion: {version}")),
        Err(error) => {
            say("loaded: yes\nlogin: no");
            complain(format_args!("user \"{}\" cannot log in: {error}", user.escape_debug()))
        }
    }
}

fn log_in(
    library: &'static Library,
    manager_directory: &Path,
    user: &str,
    password: &str,
) -> Result<String, irispg::callin::CallinError> {
    let options = StartOptions {
        manager_dir: Some(manager_directory),
        user,
        password,
        exename: "irispg check",
        timeout_seconds: START_TIMEOUT_SECONDS,
    };
    let connection = Connection::start(library, &options)?;
    let version = connection.version()?;
    connection.end()?;
    Ok(version)
}
