//! The command line: its flags come from the table of settings.

#![forbid(unsafe_code)]

mod explain;
mod probe;

use clap::{Arg, ArgAction, ArgMatches, Command};
use irispg::config::library::{self, Surroundings};
use irispg::config::{self, Setting, Settings, Sources, TABLE};
use irispg::control::WorkerLink;
use irispg::supervisor::{Operator, serve};
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// A stopped server may take its grace time and then some; waiting ends this much after it.
const STOP_MARGIN: Duration = Duration::from_secs(15);
/// Exit status of `status` when no server runs. Source: the Linux Standard Base's init scripts.
const STATUS_NOT_RUNNING: u8 = 3;

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    // A worker is started for every client: making the commands and their flags would cost it
    // more than loading the library.
    if std::env::args_os().nth(1).is_some_and(|verb| verb == "worker") {
        return command_worker();
    }
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    match matches.subcommand() {
        Some(("serve", flags)) => command_serve(flags),
        Some(("check", flags)) => command_check(flags),
        Some(("probe", flags)) => with_settings(flags, |settings| probe::run(settings, flags)),
        Some(("status", flags)) => with_settings(flags, command_status),
        Some(("stop", flags)) => {
            with_settings(flags, |settings| command_stop(settings, flags.get_flag("immediate")))
        }
        Some(("reload", flags)) => with_settings(flags, command_reload),
        Some(("explain", flags)) => explain::run(flags),
        Some(("settings", flags)) if flags.get_flag("markdown") => {
            say(config::markdown().trim_end())
        }
        Some(("settings", flags)) => with_settings(flags, command_settings),
        _ => say(format_args!("irispg {}", env!("CARGO_PKG_VERSION"))),
    }
}

fn usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    let code = if error.use_stderr() { 2 } else { 0 };
    ExitCode::from(if printed.is_err() { 1 } else { code })
}

/// Writes a line to standard output.
fn say(line: impl fmt::Display) -> ExitCode {
    match writeln!(io::stdout().lock(), "{line}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Writes an error to standard error.
fn complain(error: impl fmt::Display) -> ExitCode {
    match writeln!(io::stderr().lock(), "irispg: {error}") {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}

fn command() -> Command {
    Command::new("irispg")
        .about("Lets every PostgreSQL client use InterSystems IRIS")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_flags(Command::new("serve").about("Serve clients until stopped")))
        .subcommand(
            with_flags(Command::new("check"))
                .about("Say which library is found, its version, and whether one can log in")
                .long_about(
                    "Says which library is found, and with --user and a password (in the \
                     environment variable IRISPG_PASSWORD) its version and whether that user \
                     can log in.",
                )
                .arg(user_flag()),
        )
        .subcommand(probe::command())
        .subcommand(with_flags(Command::new("status").about("Ask the running server how it is")))
        .subcommand(
            with_flags(Command::new("stop"))
                .about("Stop the running server and wait until it is gone")
                .arg(
                    Arg::new("immediate")
                        .long("immediate")
                        .action(ArgAction::SetTrue)
                        .help("Do not wait for running statements"),
                ),
        )
        .subcommand(
            with_flags(Command::new("reload")).about("Let the running server read its settings"),
        )
        .subcommand(
            with_flags(Command::new("settings")).about("List all settings with their values").arg(
                Arg::new("markdown")
                    .long("markdown")
                    .action(ArgAction::SetTrue)
                    .help("Print the page of the documentation instead"),
            ),
        )
        .subcommand(explain::command())
        .subcommand(Command::new("version").about("Print the version"))
}

fn user_flag() -> Arg {
    Arg::new("user").long("user").value_name("NAME").help("Log in as this user [IRISPG_USER]")
}

/// One flag per setting, and `--config`.
fn with_flags(command: Command) -> Command {
    let config = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .help("Read settings from this TOML file [IRISPG_CONFIG]");
    TABLE.iter().fold(command.arg(config), |command, setting| command.arg(flag(setting)))
}

fn flag(setting: &'static Setting) -> Arg {
    let default = match setting.default {
        "" => "none",
        default => default,
    };
    let doc: Vec<&str> = setting.doc.lines().map(str::trim).collect();
    Arg::new(setting.name)
        .long(setting.flag())
        .value_name("VALUE")
        .action(if setting.many { ArgAction::Append } else { ArgAction::Set })
        .help(format!("{} [{}; default: {default}]", doc.join(" "), setting.variable()))
}

/// The three sources of settings, as this process has them.
fn sources(flags: &ArgMatches) -> Sources {
    let file = flags.get_one::<String>("config").map(PathBuf::from).or_else(|| {
        std::env::var_os("IRISPG_CONFIG").filter(|file| !file.is_empty()).map(PathBuf::from)
    });
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("IRISPG_"))
        .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
        .collect();
    let flags = TABLE
        .iter()
        .filter_map(|setting| {
            let texts: Vec<String> = flags.get_many::<String>(setting.name)?.cloned().collect();
            Some((setting.name.to_owned(), texts))
        })
        .collect();
    Sources { flags, environment, file }
}

fn with_settings(flags: &ArgMatches, act: impl FnOnce(&Settings) -> ExitCode) -> ExitCode {
    match sources(flags).settings() {
        Ok(settings) => act(&settings),
        Err(error) => complain(error),
    }
}

fn command_serve(flags: &ArgMatches) -> ExitCode {
    let sources = sources(flags);
    let settings = match sources.settings() {
        Ok(settings) => settings,
        Err(error) => return complain(error),
    };
    if let Err(error) = config::log::start(&settings.log.0) {
        return complain(error);
    }
    for name in sources.stray_variables() {
        tracing::warn!("environment variable {} names no setting", config::log::Wire(name));
    }
    match serve(sources, settings) {
        Ok(()) => {
            tracing::info!("stopped");
            ExitCode::SUCCESS
        }
        Err(error) => complain(error),
    }
}

/// A worker; the supervisor starts it with the control socket as its standard input.
fn command_worker() -> ExitCode {
    let link = match WorkerLink::adopt() {
        Ok(link) => link,
        // Whoever calls this by hand has no control socket.
        Err(error) => return complain(format_args!("worker: {error}")),
    };
    match config::log::start(&link.settings().log.0) {
        Ok(()) => irispg::worker::run(&link),
        Err(error) => complain(error),
    }
}

/// Says what would be served, and lets a child process log in: the environment that the library
/// needs must be there before a process starts, and a broken library must not take us along.
fn command_check(flags: &ArgMatches) -> ExitCode {
    with_settings(flags, |settings| {
        let located = match library::locate(settings, &Surroundings::of_process()) {
            Ok(located) => located,
            Err(error) => return complain(error),
        };
        let found = format_args!(
            "library: {}\nfound_by: {}\nmanager_directory: {}",
            located.library.display(),
            located.found_by,
            located.manager_directory.display()
        );
        if say(found) != ExitCode::SUCCESS {
            return ExitCode::FAILURE;
        }
        probe::in_child(settings, &located, flags.get_one::<String>("user"), &[])
    })
}

fn command_status(settings: &Settings) -> ExitCode {
    match Operator::new(&settings.data).ask("status") {
        Ok(answer) => say(answer.trim_end()),
        Err(error @ irispg::supervisor::RunError::NotRunning(_)) => {
            complain(error);
            ExitCode::from(STATUS_NOT_RUNNING)
        }
        Err(error) => complain(error),
    }
}

fn command_stop(settings: &Settings, immediate: bool) -> ExitCode {
    let (command, timeout) = if immediate {
        ("stop immediate", STOP_MARGIN)
    } else {
        ("stop", settings.shutdown_grace + STOP_MARGIN)
    };
    match Operator::new(&settings.data).stop(command, timeout) {
        Ok(true) => say("stopped"),
        Ok(false) => complain("the server has not stopped yet"),
        Err(error) => complain(error),
    }
}

fn command_reload(settings: &Settings) -> ExitCode {
    match Operator::new(&settings.data).ask("reload") {
        Ok(answer) if answer.starts_with("error") => complain(answer.trim_end()),
        Ok(answer) => say(answer.trim_end()),
        Err(error) => complain(error),
    }
}

fn command_settings(settings: &Settings) -> ExitCode {
    let mut out = io::stdout().lock();
    for setting in TABLE {
        if writeln!(out, "{} = {}", setting.name, setting.show(settings)).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
