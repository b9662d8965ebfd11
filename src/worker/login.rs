//! From the first packet to ReadyForQuery: negotiation, password, admission, the session.

use std::str;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use super::pulse::Pulse;
use super::wire::Wire;
use crate::config::log::Wire as Escaped;
use crate::config::{self, CleartextPassword, Settings};
use crate::control::{self, Admission, LoggedIn, Outgoing, Purpose, Refusal, Sender, WorkerLink};
use crate::engine::{
    BlockSizes, Interrupt, IrisEngine, Library, LoginError, LoginRequest, OpenRequest,
};
use crate::protocol::frame::Limits as FrameLimits;
use crate::protocol::frame::{self, Phase};
use crate::protocol::message::Frontend;
use crate::protocol::options::options;
use crate::protocol::report::{Report, Severity};
use crate::protocol::startup::{FirstPacket, Opening, Startup};
use crate::protocol::violation::{Fate, Violation};
use crate::session::{Client, Generation, Limits, OpenError, Session};

/// Seconds that IRIS may take to find a free process slot; inside the login timeout.
const START_TIMEOUT_S: u32 = 10;
/// Bytes of the cancel key that protocol 3.0 has room for.
const SHORT_KEY_BYTES: usize = 4;
/// How long an admission is waited for; the supervisor answers at once.
const ADMISSION_WAIT: Duration = Duration::from_secs(10);

/// What a login works with.
pub(super) struct Context<'a> {
    pub(super) link: &'a WorkerLink,
    pub(super) library: &'static Library,
    pub(super) sender: &'a Sender,
    pub(super) pulse: &'a Arc<Pulse>,
    pub(super) admission: Receiver<Admission>,
    pub(super) interrupt: Arc<OnceLock<Interrupt>>,
}

/// How a login ended.
pub(super) enum Entry {
    /// The session can begin; everything up to ReadyForQuery is in the send buffer.
    Session(Box<Session>),
    /// The connection ends, for this reason; what the client is told is in the send buffer.
    Closed(String),
}

/// Why a login stops.
enum Stop {
    /// The client is told this.
    Told(Report),
    /// The client broke the protocol, and is told so in the form that its version has.
    Broken(Violation),
    /// Nobody is told anything.
    Silent(String),
}

impl From<Report> for Stop {
    fn from(report: Report) -> Self {
        Stop::Told(report)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Silent(format!("connection lost: {error}"))
    }
}

impl From<Violation> for Stop {
    fn from(violation: Violation) -> Self {
        match violation.answer() {
            _ if violation.is_before_version_3() => Stop::Broken(violation),
            (Some(report), Fate::CloseSilently) => Stop::Silent(report.message.to_string()),
            (Some(report), _) => Stop::Told(report.into_fatal()),
            (None, _) => Stop::Silent("protocol violation".to_owned()),
        }
    }
}

/// Logs the client in.
pub(super) fn admit(
    context: &Context<'_>,
    client: &control::Client,
    wire: &mut Wire,
    limits: &FrameLimits,
) -> Entry {
    match enter(context, client, wire, limits) {
        Ok(session) => Entry::Session(session),
        Err(Stop::Told(report)) => {
            wire.outbox().error(&report);
            Entry::Closed(report.message.to_string())
        }
        Err(Stop::Broken(violation)) => {
            wire.outbox().refusal(&violation);
            Entry::Closed("a protocol before 3.0".to_owned())
        }
        Err(Stop::Silent(reason)) => Entry::Closed(reason),
    }
}

fn enter(
    context: &Context<'_>,
    client: &control::Client,
    wire: &mut Wire,
    limits: &FrameLimits,
) -> Result<Box<Session>, Stop> {
    let startup = negotiate(context, wire)?;
    if let Purpose::Refuse(refusal) = client.purpose {
        return Err(refused(refusal).into());
    }
    if startup.get("replication").is_some_and(|value| !is_off(value)) {
        return Err(Report::fatal("0A000", "replication connections are not supported").into());
    }
    if startup.must_negotiate() {
        let minor = startup.minor_spoken();
        wire.outbox().negotiate_protocol_version(minor, &startup.unknown_options);
    }
    let local_only = context.link.settings().cleartext_password == CleartextPassword::Local;
    if local_only && !client.peer.is_local() {
        return Err(Report::fatal(
            "28000",
            "a password without TLS is accepted from this machine only",
        )
        .with_hint("The setting cleartext_password can allow it.")
        .into());
    }
    let password = ask_password(wire, limits)?;
    ask_admission(context, &startup)?;
    let engine = log_in(context, &startup, &password)?;
    drop(password);
    if context.interrupt.set(engine.interrupt()).is_err() {
        tracing::error!("a worker logs in once");
    }
    wire.outbox().authentication_ok();
    let session = open(context, client, &startup, engine, wire)?;
    Ok(Box::new(session))
}

/// Reads first packets until one is a StartupMessage.
fn negotiate(context: &Context<'_>, wire: &mut Wire) -> Result<Startup, Stop> {
    let mut opening = Opening::default();
    loop {
        match opening.next(&mut wire.input)? {
            None => {
                if !wire.receive()? {
                    return Err(Stop::Silent("the client left during startup".to_owned()));
                }
            }
            Some(FirstPacket::Ssl | FirstPacket::GssEnc) => {
                wire.outbox().encryption_refused();
                wire.flush()?;
            }
            Some(FirstPacket::Cancel { pid, key }) => {
                let cancel = Outgoing::Cancel { pid, key: key.to_vec() };
                if let Err(error) = context.sender.send(&cancel) {
                    tracing::warn!(%error, "a cancel request could not be passed on");
                }
                return Err(Stop::Silent("cancel request".to_owned()));
            }
            Some(FirstPacket::Startup(startup)) => return Ok(startup),
        }
    }
}

/// Asks for the password in clear text and reads it.
fn ask_password(wire: &mut Wire, limits: &FrameLimits) -> Result<String, Stop> {
    wire.outbox().authentication_cleartext();
    wire.flush()?;
    loop {
        match frame::next(&mut wire.input, Phase::Password, limits)? {
            Some(Frontend::Password(bytes)) => {
                let text = str::from_utf8(&bytes)
                    .map_err(|_| Report::fatal("28P01", "the password is not valid UTF-8"))?;
                return Ok(text.to_owned());
            }
            Some(_) => return Err(Stop::Silent("password expected".to_owned())),
            None => {
                if !wire.receive()? {
                    // psql closes here to ask its user for the password.
                    return Err(Stop::Silent(String::new()));
                }
            }
        }
    }
}

/// Asks the supervisor whether IRIS may be called for this user.
fn ask_admission(context: &Context<'_>, startup: &Startup) -> Result<(), Stop> {
    let question = Outgoing::Admit {
        user: startup.user().to_owned(),
        database: startup.database().to_owned(),
    };
    if context.sender.send(&question).is_err() {
        return Err(refused(Refusal::ShuttingDown).into());
    }
    match context.admission.recv_timeout(ADMISSION_WAIT) {
        Ok(Admission::Go) => Ok(()),
        Ok(Admission::Wait { ms }) => {
            thread::sleep(Duration::from_millis(u64::from(ms)));
            Ok(())
        }
        Ok(Admission::Refuse(refusal)) => Err(refused(refusal).into()),
        Err(_) => Err(refused(Refusal::ShuttingDown).into()),
    }
}

fn refused(refusal: Refusal) -> Report {
    match refusal {
        Refusal::TooManyConnections => Report::fatal("53300", "sorry, too many clients already"),
        Refusal::ShuttingDown => Report::fatal("57P03", "the database system is shutting down"),
        Refusal::StartingUp => Report::fatal("57P03", "the database system is starting up"),
    }
}

/// The login into IRIS, with the same words for an unknown user and a wrong password.
fn log_in(context: &Context<'_>, startup: &Startup, password: &str) -> Result<IrisEngine, Stop> {
    let user = startup.user();
    let application = startup.get("application_name").filter(|name| !name.is_empty());
    let request = LoginRequest {
        user,
        password,
        application: application.unwrap_or("irispg"),
        manager_dir: Some(context.link.manager_directory()),
        timeout_s: START_TIMEOUT_S,
        blocks: block_sizes(context.link.settings()),
    };
    let gate = Arc::clone(&context.pulse.gate);
    let error = match IrisEngine::login(context.library, &request, gate) {
        Ok(engine) => return Ok(engine),
        Err(error) => error,
    };
    tracing::info!(user = %Escaped(user), %error, "login failed");
    Err(match error {
        LoginError::Denied | LoginError::TooLong => {
            let failed = Outgoing::LoginFailed { user: user.to_owned() };
            if let Err(error) = context.sender.send(&failed) {
                tracing::debug!(%error, "a failed login could not be counted");
            }
            let message = format!("password authentication failed for user \"{user}\"");
            Report::fatal("28P01", message)
        }
        LoginError::MustChangePassword => {
            Report::fatal("28000", "the password must be changed before it can be used")
        }
        LoginError::NoLicence => Report::fatal("53300", "no licence unit is free"),
        LoginError::NotReady(_) | LoginError::Unreachable(_) => {
            Report::fatal("57P03", "the database system is not accepting connections")
        }
    }
    .into())
}

/// Enters the namespace, takes the startup parameters, and introduces the session.
fn open(
    context: &Context<'_>,
    client: &control::Client,
    startup: &Startup,
    engine: IrisEngine,
    wire: &mut Wire,
) -> Result<Session, Stop> {
    let database = startup.database();
    let address = client.peer.ip().map(|ip| ip.to_string()).unwrap_or_default();
    let request = OpenRequest {
        namespace: database,
        address: &address,
        read_committed: true,
        lock_timeout_s: lock_timeout_s(context.link.settings()),
    };
    let gate = Arc::clone(&context.pulse.gate);
    let generation = Counter(context.link.page().generation(database));
    let opened = Session::open(
        Box::new(engine),
        gate,
        Box::new(generation),
        &request,
        limits(context.link.settings()),
    );
    let mut session = opened.map_err(|error| open_error(error, database))?;
    take_defaults(&mut session, context.link.settings())?;
    for (name, value) in &startup.parameters {
        take_parameter(&mut session, name, value, wire)?;
    }
    session.introduce(wire);
    let outbox = wire.outbox();
    let pid = i32::try_from(std::process::id()).unwrap_or(0);
    let key = &client.cancel_key.0;
    let key = match startup.takes_long_keys() {
        true => key.as_slice(),
        false => key.get(..SHORT_KEY_BYTES).unwrap_or_default(),
    };
    outbox.backend_key_data(pid, key);
    outbox.ready(session.status());
    let welcome = session.welcome();
    let logged_in = Outgoing::LoggedIn(LoggedIn {
        user: welcome.user.clone(),
        namespace: welcome.namespace.clone(),
        application: session.application().to_owned(),
        version: welcome.zversion.clone(),
        key_bytes: u8::try_from(key.len()).unwrap_or(u8::MAX),
    });
    if context.sender.send(&logged_in).is_err() {
        return Err(refused(Refusal::ShuttingDown).into());
    }
    wire.urge();
    Ok(session)
}

/// Seconds for a row lock when the operator does not say: IRIS's own default (facts iris-sql §1.6).
const LOCK_TIMEOUT_S: i64 = 10;

/// IRIS counts in whole seconds; a fraction is rounded up so that it never means «at once».
fn lock_timeout_s(settings: &Settings) -> i64 {
    match settings.lock_timeout.as_millis() {
        0 => LOCK_TIMEOUT_S,
        ms => i64::try_from(ms.div_ceil(1000)).unwrap_or(LOCK_TIMEOUT_S),
    }
}

fn open_error(error: OpenError, database: &str) -> Report {
    match error {
        OpenError::Database => {
            Report::fatal("3D000", format!("database \"{database}\" does not exist"))
        }
        OpenError::Service => {
            Report::fatal("42501", format!("permission denied for database \"{database}\""))
        }
        OpenError::Class(reason) => {
            let namespace = Escaped(database);
            tracing::error!(%reason, %namespace, "IrisPG.Session cannot be used there");
            Report::fatal("57P03", "the database system is not accepting connections")
        }
    }
}

/// What the settings allow one session.
pub fn limits(settings: &Settings) -> Limits {
    let bytes = |setting: &config::Bytes| usize::try_from(setting.0).unwrap_or(usize::MAX);
    let count = |setting: u32| usize::try_from(setting).unwrap_or(usize::MAX);
    Limits {
        statements_max: count(settings.statements_max),
        portals_max: count(settings.portals_max),
        sql_bytes_max: bytes(&settings.sql_bytes_max),
        row_bytes_max: bytes(&settings.row_bytes_max),
    }
}

/// How much is asked for at a time: a later block has to fit into the result buffer.
pub fn block_sizes(settings: &Settings) -> BlockSizes {
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    BlockSizes {
        first_bytes: bytes(settings.first_block_bytes.0),
        later_bytes: bytes(settings.block_bytes.0.min(settings.result_buffer_bytes.0)),
    }
}

/// Takes the operator's defaults for new sessions.
fn take_defaults(session: &mut Session, settings: &Settings) -> Result<(), Report> {
    let defaults = [
        ("statement_timeout", settings.statement_timeout),
        ("idle_in_transaction_session_timeout", settings.idle_in_transaction_session_timeout),
        ("idle_session_timeout", settings.idle_session_timeout),
    ];
    for (name, value) in defaults {
        session.start_with(name, &value.as_millis().to_string())?;
    }
    Ok(())
}

/// Takes one parameter of the startup packet.
fn take_parameter(
    session: &mut Session,
    name: &str,
    value: &str,
    wire: &mut Wire,
) -> Result<(), Stop> {
    match name {
        "user" | "database" | "replication" => Ok(()),
        "options" => {
            for (name, value) in options(value).map_err(Report::into_fatal)? {
                take_parameter(session, &name, &value, wire)?;
            }
            Ok(())
        }
        _ => match session.start_with(name, value) {
            Ok(()) => Ok(()),
            // Drivers send the zone of their machine unasked; the zone that is reported is true.
            Err(mut report) if name.eq_ignore_ascii_case("TimeZone") => {
                report.severity = Severity::Warning;
                wire.outbox().notice(&report);
                Ok(())
            }
            Err(report) => Err(report.into_fatal().into()),
        },
    }
}

fn is_off(value: &str) -> bool {
    matches!(value, "false" | "off" | "no" | "0")
}

/// The namespace's counter in the shared page.
struct Counter(control::page::Generation<'static>);

impl Generation for Counter {
    fn now(&self) -> u64 {
        self.0.load()
    }

    fn raise(&self) {
        self.0.raise();
    }
}
