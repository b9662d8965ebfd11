//! `check` and `explain --user`: a process of its own loads the library and logs in.

use super::{complain, say, with_flags};
use clap::{Arg, ArgMatches};
use irispg::config::Settings;
use irispg::config::library::{self, Located, Surroundings};
use irispg::engine::{Gate, IrisEngine, Library, LoginRequest, OpenRequest};
use irispg::session::{Generation, OpenError, Session};
use irispg::worker;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

/// Seconds to wait for a free partition (facts/callin.md §4: `tout`; 0 would be for ever).
const START_TIMEOUT_SECONDS: u32 = 10;

/// The probe's own command, which people do not call.
pub(super) fn command() -> clap::Command {
    with_flags(clap::Command::new("probe").hide(true))
        .arg(Arg::new("namespace").long("namespace").default_value(NAMESPACE))
        .arg(Arg::new("dialect").long("dialect").default_value("postgres"))
        .arg(Arg::new("sql"))
}

/// Runs the probe as a child process, with further arguments, and passes on what it says.
pub(super) fn in_child(
    settings: &Settings,
    located: &Located,
    user: Option<&String>,
    arguments: &[&str],
) -> ExitCode {
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
        command.args(arguments);
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
pub(super) fn run(settings: &Settings, flags: &ArgMatches) -> ExitCode {
    let text = |name: &str| flags.get_one::<String>(name).map(String::as_str);
    let namespace = text("namespace").unwrap_or(NAMESPACE);
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
    let entered = log_in(library, &located.manager_directory, &user, &password, namespace);
    if let Some(sql) = text("sql") {
        return explain(entered, sql, text("dialect").unwrap_or("postgres"));
    }
    match entered {
        Ok(session) => {
            let found = session.welcome().clone();
            session.end();
            say(format_args!(
                "loaded: yes\nlogin: yes\nuser: {}\nnamespace: {}\nversion: {}",
                found.user, found.namespace, found.zversion
            ))
        }
        Err(error) => {
            say("loaded: yes\nlogin: no");
            complain(format_args!("user \"{}\" cannot log in: {error}", user.escape_debug()))
        }
    }
}

/// Shows what a statement becomes in the session.
fn explain(entered: Result<Session, String>, sql: &str, dialect: &str) -> ExitCode {
    let mut session = match entered {
        Ok(session) => session,
        Err(error) => return complain(format_args!("explain: {error}")),
    };
    let page = session.start_with("irispg.dialect", dialect).and_then(|()| session.explain(sql));
    session.end();
    match page {
        Ok(page) => say(page.trim_end()),
        Err(refused) => complain(format_args!("{} {}", refused.sqlstate, refused.message)),
    }
}

/// The namespace that every instance has and every user may be given (facts/callin.md §4).
pub(super) const NAMESPACE: &str = "USER";

/// Metadata that nobody keeps.
struct Unkept;

impl Generation for Unkept {
    fn now(&self) -> u64 {
        0
    }

    fn raise(&self) {}
}

/// Why the namespace was not entered, for people.
fn refused(error: OpenError, namespace: &str) -> String {
    match error {
        OpenError::Database => format!("namespace {namespace} cannot be entered"),
        OpenError::Service => "the user may not use the service %Service_SQL".to_owned(),
        OpenError::Class(reason) => {
            format!("class IrisPG.Session cannot be used in namespace {namespace}: {reason}")
        }
    }
}

fn log_in(
    library: &'static Library,
    manager_directory: &Path,
    user: &str,
    password: &str,
    namespace: &str,
) -> Result<Session, String> {
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
        namespace,
        address: "",
        read_committed: true,
        lock_timeout_s: i64::from(START_TIMEOUT_SECONDS),
    };
    Session::open(Box::new(engine), gate, Box::new(Unkept), &request, worker::limits(&defaults))
        .map_err(|error| refused(error, namespace))
}
