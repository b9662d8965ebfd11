//! The life of one client connection, from its first byte to its last.
//!
//! A worker is one process for one client. Its main thread reads the socket, calls IRIS and writes
//! the socket; a second thread owns the control socket, timers, cancel, and watches the client.

#![forbid(unsafe_code)]

mod attendant;
mod login;
mod pulse;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use self::attendant::Attendant;
pub use self::login::{block_sizes, limits};
use self::pulse::{Ending, Phase, Pulse};
use self::wire::Wire;
use crate::control::page::{SlotWriter, State};
use crate::control::{self, LinkError, Message, Outgoing, WorkerLink};
use crate::engine::{Library, signals};
use crate::protocol::frame::{self, Limits};
use crate::protocol::message::Frontend;
use crate::protocol::outbox::Status;
use crate::protocol::report::Report;
use crate::session::{Client, Next, Session};

/// How often the send buffer is emptied while a whole result buffer goes through it: rows leave
/// early, and a call of the kernel moves many of them.
const SENDS_PER_RESULT_BUFFER: u64 = 4;
/// Stack of the second thread, in bytes: it has no deep calls.
const ATTENDANT_STACK_BYTES: usize = 256 * 1024;

/// Runs one worker: loads the library, waits for its client, serves it, ends.
pub fn run(link: &WorkerLink) -> ExitCode {
    let (sender, mut receiver) = link.split();
    // Before the library is entered and before any thread: IRIS keeps what it finds.
    let prepared = signals::ignore_sigpipe().and_then(|()| signals::receive_terminations());
    let terminations = match prepared {
        Ok(terminations) => terminations,
        Err(error) => {
            say_goodbye(&sender, &error.to_string());
            return ExitCode::FAILURE;
        }
    };
    let library = match Library::open(link.library()) {
        Ok(library) => library,
        Err(error) => {
            tracing::error!(%error, "the library cannot be used");
            say_goodbye(&sender, &error.to_string());
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = sender.send(&Outgoing::Ready) {
        tracing::debug!(%error, "nobody waits for this worker");
        return ExitCode::SUCCESS;
    }
    let client = loop {
        match receiver.recv(None) {
            Ok(Some(Message::Client(client))) => break client,
            Ok(Some(Message::Terminate(_) | Message::Drain { .. }))
            | Err(LinkError::SupervisorGone) => return ExitCode::SUCCESS,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "the control socket is broken");
                return ExitCode::FAILURE;
            }
        }
    };
    match serve(link, library, client, &sender, (receiver, terminations)) {
        Ok(reason) => {
            say_goodbye(&sender, &reason);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the client could not be served");
            say_goodbye(&sender, &error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn say_goodbye(sender: &control::Sender, reason: &str) {
    if let Err(error) = sender.send(&Outgoing::Bye { reason: reason.to_owned() }) {
        tracing::debug!(%error, "nobody to say goodbye to");
    }
}

/// Serves the client; gives the reason of the end for the log.
fn serve(
    link: &WorkerLink,
    library: &'static Library,
    client: control::Client,
    sender: &control::Sender,
    (receiver, terminations): (control::Receiver, signals::Terminations),
) -> std::io::Result<String> {
    let pulse = Arc::new(Pulse::new()?);
    pulse.enter(Phase::Login);
    let interrupt = Arc::new(OnceLock::new());
    let (admissions, admission) = mpsc::channel();
    let attendant = Attendant {
        receiver,
        terminations,
        socket: client.socket.try_clone()?,
        pulse: Arc::clone(&pulse),
        interrupt: Arc::clone(&interrupt),
        admissions,
        login_until: Instant::now() + Duration::from_millis(u64::from(client.login_ms)),
        settings: link.settings().clone(),
    };
    thread::Builder::new()
        .name("attendant".to_owned())
        .stack_size(ATTENDANT_STACK_BYTES)
        .spawn(move || attendant.run())?;
    let mut slot = link.page().slot(client.slot);
    if let Some(slot) = &mut slot {
        let address = client.peer.ip().map_or_else(|| "[local]".to_owned(), |ip| ip.to_string());
        slot.open(std::process::id(), &address);
    }
    let context = login::Context { link, library, sender, pulse: &pulse, admission, interrupt };
    let relief = link.settings().result_buffer_bytes.0 / SENDS_PER_RESULT_BUFFER;
    let mut wire = Wire::new(client.socket.try_clone()?, Arc::clone(&pulse), relief);
    let limits = Limits {
        message_bytes_max: length(link.settings().message_bytes_max.0),
        auth_message_bytes_max: length(link.settings().auth_message_bytes_max.0),
    };
    let mut session = match login::admit(&context, &client, &mut wire, &limits) {
        login::Entry::Session(session) => *session,
        login::Entry::Closed(reason) => {
            wire.farewell();
            return Ok(reason);
        }
    };
    if let Some(slot) = &mut slot {
        let welcome = session.welcome();
        slot.identify(&welcome.user, &welcome.namespace, session.application());
    }
    let reason = converse(&mut session, &mut wire, &pulse, &limits, slot);
    wire.farewell();
    // From here on nothing can be cancelled, and the end may not be cut short by a timer.
    pulse.enter(Phase::Login);
    session.end();
    Ok(reason)
}

fn length(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Reads and answers until somebody ends it.
fn converse(
    session: &mut Session,
    wire: &mut Wire,
    pulse: &Pulse,
    limits: &Limits,
    mut slot: Option<SlotWriter<'_>>,
) -> String {
    loop {
        let next = match frame::next(&mut wire.input, session.phase(), limits) {
            Ok(Some(message)) => answer(session, wire, pulse, message, &mut slot),
            Ok(None) => match await_client(session, wire, pulse, &mut slot) {
                Ok(true) => continue,
                Ok(false) => Next::Close,
                Err(error) => Next::Gone(error),
            },
            Err(violation) => {
                let (report, fate) = violation.answer();
                session.violated(report, fate, wire)
            }
        };
        match next {
            Next::Continue => {}
            Next::Close => return last_word(wire, pulse),
            Next::Fatal(report) => {
                wire.outbox().error(&report);
                return report.message.to_string();
            }
            Next::Gone(error) => return format!("connection lost: {error}"),
        }
    }
}

/// Flushes what is due and waits for the client. False: the conversation is over.
fn await_client(
    session: &Session,
    wire: &mut Wire,
    pulse: &Pulse,
    slot: &mut Option<SlotWriter<'_>>,
) -> std::io::Result<bool> {
    let (phase, state) = match session.status() {
        Status::Idle => (Phase::Idle, State::Idle),
        Status::InTransaction => (Phase::IdleInTransaction, State::IdleInTransaction),
        Status::Failed => (Phase::IdleInTransaction, State::IdleInFailedTransaction),
    };
    if let Some(slot) = slot {
        slot.rest(state);
    }
    wire.flush_due()?;
    pulse.enter(phase);
    if pulse.time_out_of(phase).is_some_and(|limit| limit < attendant::TICK) {
        pulse.nudge();
    }
    if pulse.ending().is_some() || pulse.is_draining() && phase == Phase::Idle {
        return Ok(false);
    }
    wire.receive()
}

/// Handles one message; a panic in it is told as an internal error and ends the connection, since
/// nobody can say in which state it has left the session.
fn answer(
    session: &mut Session,
    wire: &mut Wire,
    pulse: &Pulse,
    message: Frontend,
    slot: &mut Option<SlotWriter<'_>>,
) -> Next {
    let running = match &message {
        Frontend::Query(text) => Some(text.as_str()),
        Frontend::Execute { portal, .. } => session.text_of(portal),
        _ => None,
    };
    if let (Some(slot), Some(text)) = (slot, running) {
        slot.begin(text, session.status() == Status::Idle);
    }
    pulse.enter(Phase::Running);
    if pulse.time_out_of(Phase::Running).is_some() {
        pulse.nudge();
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| session.handle(message, wire)));
    match outcome {
        Ok(next) => next,
        Err(_) => Next::Fatal(Report::fatal("XX000", "internal error")),
    }
}

/// What is said when the session ends for a reason of its own.
fn last_word(wire: &mut Wire, pulse: &Pulse) -> String {
    let report = match pulse.ending() {
        Some(Ending::Administrator) => {
            Report::fatal("57P01", "terminating connection due to administrator command")
        }
        Some(Ending::Immediate) => {
            Report::fatal("57P02", "terminating connection due to immediate shutdown command")
        }
        Some(Ending::IdleInTransaction) => {
            Report::fatal("25P03", "terminating connection due to idle-in-transaction timeout")
        }
        Some(Ending::IdleSession) => {
            Report::fatal("57P05", "terminating connection due to idle-session timeout")
        }
        Some(Ending::LoginTimeout) => return "the login took too long".to_owned(),
        Some(Ending::WriteStall) => return "the client does not read".to_owned(),
        None if pulse.is_draining() => {
            Report::fatal("57P01", "terminating connection due to administrator command")
        }
        None => return String::new(),
    };
    wire.outbox().error(&report);
    report.message.to_string()
}
