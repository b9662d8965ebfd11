//! `check`: loads the library in a process of its own and tries to log in.

use super::{complain, say};
use irispg::config::Settings;
use irispg::config::library::{self, Located, Surroundings};
use irispg::engine::{Gate, IrisEngine, Library, LoginRequest, OpenRequest};
use irispg::session::{Generation, OpenError, Session, Welcome};
use irispg::worker;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

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
        Ok(found) => say(format_args!(
            "loaded: yes\nlogin: yes\nuser: {}\nnamespace: {}\nversion: {}",
            found.user, found.namespace, found.zversion
        )),
        Err(error) => {
            say("loaded: yes\nlogin: no");
            complain(format_args!("user \"{}\" cannot log in: {error}", user.escape_debug()))
        }
    }
}

/// The namespace that every instance has and every user may be given (facts/callin.md §4).
const NAMESPACE: &str = "USER";

/// Metadata that nobody keeps.
struct Unkept;

impl Generation for Unkept {
    fn now(&self) -> u64 {
        0
    }

    fn raise(&self) {}
}

/// Why the namespace was not entered, for people.
fn refused(error: OpenError) -> String {
    match error {
        OpenError::Database => format!("namespace {NAMESPACE} cannot be entered"),
        OpenError::Service => "the user may not use the service %Service_SQL".to_owned(),
        OpenError::Class(reason) => {
            format!("class IrisPG.Session cannot be used in namespace {NAMESPACE}: {reason}")
        }
    }
}

fn log_in(
    library: &'static Library,
    manager_directory: &Path,
    user: &str,
    password: &str,
) -> Result<Welcome, String> {
    let gate = Arc::new(Gate::new());
    let defaults = Settings::default();
    let login = LoginRequest {
        user,
        password,
        application: "irispg check",
        manager_dir: Some(manager_directory),
        timeout_s: START_TIMEOUT_SECONDS,
        blocks: worker::block_sizes(&defaults),
    };
    let engine =
        IrisEngine::login(library, &login, Arc::clone(&gate)).map_err(|error| error.to_string())?;
    let request = OpenRequest {
        namespace: NAMESPACE,
        address: "",
        read_committed: true,
        lock_timeout_s: i64::from(START_TIMEOUT_SECONDS),
    };
    let session = Session::open(
        Box::new(engine),
        gate,
        Box::new(Unkept),
        &request,
        worker::limits(&defaults),
    )
    .map_err(refused)?;
    let welcome = session.welcome().clone();
    session.end();
    Ok(welcome)
}
