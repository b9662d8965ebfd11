//! What a PostgreSQL session is: transaction state, prepared statements, portals, settings.
//!
//! The session takes messages that the protocol room has checked, and asks IRIS through the
//! engine; it owns no socket. What it has to say goes into the client's send buffer, and a
//! client that reads slowly stops the fetching.

#![forbid(unsafe_code)]

mod asked;
mod assignment;
mod binding;
mod cache;
mod cause;
mod clock;
mod conflict;
mod execute;
mod extended;
mod failure;
mod kept;
mod place;
mod plan;
mod portal;
mod prepared;
mod rows;
mod settings;
mod simple;
mod sqlcode;
mod statement;
mod stored;
mod transaction;
mod utility;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use self::binding::{Binder, Bound, Environment, Scope};
use self::cache::{Cache, Script};
use self::clock::Clock;
use self::failure::Failure;
use self::portal::{Portal, Progress};
use self::prepared::Prepared;
use self::settings::Settings;
pub use self::settings::Timeouts;
use self::transaction::Transaction;
use crate::engine::{Answer, Engine, Forget, Gate, OpenRequest, Status};
use crate::protocol::frame::Phase;
use crate::protocol::message::Frontend;
use crate::protocol::outbox::{self, Outbox};
use crate::protocol::pipeline::{Due, Pipeline, Turn};
use crate::protocol::report::Report;
use crate::protocol::violation::{self, Fate};
use crate::sql::{Dialect, Options, Version};
use crate::types::decode::Decoder;
use crate::types::list::{Item, Reader};

/// What one session may use at most; settings with these names.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Prepared statements.
    pub statements_max: usize,
    /// Portals.
    pub portals_max: usize,
    /// Bytes of a query string.
    pub sql_bytes_max: usize,
    /// Bytes of a row as it is sent.
    pub row_bytes_max: usize,
}

/// The client as a session sees it.
pub trait Client {
    /// The send buffer.
    fn outbox(&mut self) -> &mut Outbox;
    /// Sends what has gathered once it is worth a system call; waits for a slow reader.
    ///
    /// # Errors
    ///
    /// The client is gone.
    fn relieve(&mut self) -> io::Result<()>;
    /// What was written must leave before the next wait for the client.
    fn urge(&mut self);
    /// The time-outs that hold from now on.
    fn limit(&mut self, timeouts: Timeouts);
    /// Whether the last cancel was for the statement's time; asked once.
    fn take_timed_out(&mut self) -> bool;
    /// Whether the next message has arrived already and is of this type.
    fn next_is(&self, message_type: u8) -> bool;
}

/// The counter that tells all sessions of a namespace that a definition has changed.
pub trait Generation {
    /// Its present value.
    fn now(&self) -> u64;
    /// One more change.
    fn raise(&self);
}

/// What has to happen to the connection after a message.
#[derive(Debug)]
pub enum Next {
    /// Read the next message.
    Continue,
    /// The client said goodbye.
    Close,
    /// Tell this and close.
    Fatal(Report),
    /// The client is gone.
    Gone(io::Error),
}

/// How a session was refused before it could begin.
#[derive(Debug)]
pub enum OpenError {
    /// The namespace does not exist or is not open to the user.
    Database,
    /// The user may not use SQL from outside.
    Service,
    /// The class inside IRIS is missing or is not ours.
    Class(String),
}

/// What IRIS says of itself when a namespace is entered.
#[derive(Debug, Clone, Default)]
pub struct Welcome {
    /// `$ZVERSION`.
    pub zversion: String,
    /// `$NAMESPACE`, as IRIS writes it.
    pub namespace: String,
    /// `$USERNAME`, as IRIS writes it.
    pub user: String,
}

/// One client's session.
pub struct Session {
    engine: Box<dyn Engine>,
    gate: Arc<Gate>,
    generation: Box<dyn Generation>,
    /// The stamp in IRIS's last answer: changes made past the shared page.
    stamp: i64,
    transaction: Transaction,
    limits: Limits,
    settings: Settings,
    timeouts: Timeouts,
    cache: Cache,
    statements: HashMap<String, Prepared>,
    portals: HashMap<String, Portal>,
    /// A portal whose description is sent together with its first rows.
    undescribed: Option<String>,
    pipeline: Pipeline,
    version: Version,
    welcome: Welcome,
    clock: Clock,
    pid: i64,
    version_text: String,
}

impl Session {
    /// Enters the namespace.
    ///
    /// # Errors
    ///
    /// Why there can be no session.
    pub fn open(
        mut engine: Box<dyn Engine>,
        gate: Arc<Gate>,
        generation: Box<dyn Generation>,
        request: &OpenRequest<'_>,
        limits: Limits,
    ) -> Result<Self, OpenError> {
        let answer = engine.open(request).map_err(|error| OpenError::Class(error.to_string()))?;
        match answer.status {
            Status::Done => {}
            Status::Refused => {
                tracing::info!(message = %answer.message, "the namespace cannot be entered");
                return Err(OpenError::Database);
            }
            _ => return Err(OpenError::Class(answer.message)),
        }
        if answer.extra == 0 {
            return Err(OpenError::Service);
        }
        let welcome = welcome(&answer);
        let version_text = version_text(&welcome.zversion);
        let mut settings = Settings::new();
        settings.fix("session_authorization", &welcome.user);
        Ok(Self {
            engine,
            gate,
            generation,
            stamp: answer.generation,
            transaction: Transaction::new(),
            limits,
            settings,
            timeouts: Timeouts::default(),
            cache: Cache::default(),
            statements: HashMap::new(),
            portals: HashMap::new(),
            undescribed: None,
            pipeline: Pipeline::new(),
            version: version_of(&welcome.zversion),
            welcome,
            clock: Clock::default(),
            pid: i64::from(std::process::id()),
            version_text,
        })
    }

    /// What IRIS said of itself.
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// The client's `application_name`.
    pub fn application(&self) -> &str {
        self.settings.get("application_name").unwrap_or_default()
    }

    /// The text that a portal runs, for those who watch.
    pub fn text_of(&self, portal: &str) -> Option<&str> {
        self.portals.get(portal).map(|portal| &*portal.text)
    }

    /// Takes a parameter of the startup packet.
    ///
    /// # Errors
    ///
    /// The report with which the connection is refused.
    pub fn start_with(&mut self, name: &str, value: &str) -> Result<(), Report> {
        self.settings.start_with(name, value)
    }

    /// Tells the client every reported parameter, as after login.
    pub fn introduce(&mut self, client: &mut dyn Client) {
        self.timeouts = self.settings.facts().timeouts;
        client.limit(self.timeouts);
        let outbox = client.outbox();
        for (name, value) in self.settings.all_reported() {
            outbox.parameter_status(name, &value);
        }
    }

    /// The state that ReadyForQuery shows.
    pub fn status(&self) -> outbox::Status {
        match (self.transaction.is_explicit(), self.transaction.is_failed()) {
            (false, _) => outbox::Status::Idle,
            (true, false) => outbox::Status::InTransaction,
            (true, true) => outbox::Status::Failed,
        }
    }

    /// What the frame decoder is to be told.
    pub fn phase(&self) -> Phase {
        self.pipeline.phase()
    }

    /// Handles one message.
    pub fn handle(&mut self, message: Frontend, client: &mut dyn Client) -> Next {
        let turn = self.pipeline.turn(&message);
        match turn {
            Turn::End => return Next::Close,
            Turn::Ignore => return Next::Continue,
            Turn::Flush => return self.flush(client),
            Turn::Simple | Turn::Extended | Turn::Sync => {}
        }
        self.gate.begin_statement();
        let outcome = self.dispatch(message, client);
        self.gate.end_statement();
        self.conclude(turn, outcome, client)
    }

    fn conclude(
        &mut self,
        turn: Turn,
        outcome: Result<(), Failure>,
        client: &mut dyn Client,
    ) -> Next {
        match outcome {
            Ok(()) => Next::Continue,
            Err(Failure::Gone(error)) => Next::Gone(error),
            Err(Failure::Fatal(report)) => Next::Fatal(report),
            Err(Failure::Statement(mut report)) => {
                if report.sqlstate == "57014" && client.take_timed_out() {
                    report.message = "canceling statement due to statement timeout".into();
                }
                self.fail(&report, client);
                if turn == Turn::Sync || self.pipeline.failed() == Due::ReadyForQuery {
                    return self.settle(client);
                }
                Next::Continue
            }
        }
    }

    /// Flush: a description that was put off is due now.
    fn flush(&mut self, client: &mut dyn Client) -> Next {
        client.urge();
        let outcome = self.describe_before(&Frontend::Flush, client);
        self.conclude(Turn::Flush, outcome, client)
    }

    /// A message broke the protocol in a way that leaves the connection usable.
    pub fn violated(
        &mut self,
        report: Option<Report>,
        fate: Fate,
        client: &mut dyn Client,
    ) -> Next {
        if let Some(report) = report {
            self.fail(&report, client);
        }
        match self.pipeline.refused(fate) {
            Due::ReadyForQuery => self.settle(client),
            Due::Nothing => Next::Continue,
            Due::Close => Next::Close,
        }
    }

    /// After a failure that ends a batch: the implicit transaction ends, and the client is told.
    fn settle(&mut self, client: &mut dyn Client) -> Next {
        match self.end_batch(client) {
            Ok(()) => Next::Continue,
            Err(Failure::Gone(error)) => Next::Gone(error),
            Err(Failure::Fatal(report)) => Next::Fatal(report),
            Err(Failure::Statement(report)) => Next::Fatal(report.into_fatal()),
        }
    }

    fn dispatch(&mut self, message: Frontend, client: &mut dyn Client) -> Result<(), Failure> {
        self.describe_before(&message, client)?;
        match message {
            Frontend::Query(text) => self.simple_query(&text, client),
            Frontend::Parse { name, sql, types } => self.parse(name, &sql, &types, client),
            Frontend::Bind { portal, statement, parameter_formats, parameters, result_formats } => {
                let bound = extended::Arguments { parameter_formats, parameters, result_formats };
                self.bind(portal, &statement, &bound, client)
            }
            Frontend::Describe { kind, name } => self.describe(kind, &name, client),
            Frontend::Execute { portal, max_rows } => self.execute(&portal, max_rows, client),
            Frontend::Close { kind, name } => self.close(kind, &name, client),
            Frontend::Sync => self.end_batch(client),
            Frontend::FunctionCall => Err(violation::function_call().into()),
            Frontend::Flush
            | Frontend::Terminate
            | Frontend::Password(_)
            | Frontend::CopyData(_)
            | Frontend::CopyDone
            | Frontend::CopyFail(_) => Ok(()),
        }
    }

    /// Tells an error and marks the transaction as failed.
    fn fail(&mut self, report: &Report, client: &mut dyn Client) {
        client.outbox().error(report);
        client.urge();
        if !self.transaction.is_none() {
            self.transaction.fail();
            self.settings.fail();
        }
        self.undescribed = None;
    }

    /// The end of a simple query or of a pipeline: the implicit transaction ends, portals of no
    /// transaction go, news about settings and ReadyForQuery are sent.
    fn end_batch(&mut self, client: &mut dyn Client) -> Result<(), Failure> {
        let ended = self.transaction.end_implicit(self.engine.as_mut());
        let ended = match ended {
            Err(Failure::Statement(report)) => {
                self.fail(&report, client);
                self.after_transaction(transaction::End::RolledBack)?;
                None
            }
            other => other?,
        };
        if let Some(end) = ended {
            self.after_transaction(end)?;
        } else if self.transaction.is_none() {
            self.drop_portals()?;
            self.settings.end_transaction(true);
            self.clock.rest();
        }
        let timeouts = self.settings.facts().timeouts;
        if timeouts != self.timeouts {
            self.timeouts = timeouts;
            client.limit(timeouts);
        }
        let outbox = client.outbox();
        for (name, value) in self.settings.news() {
            outbox.parameter_status(name, &value);
        }
        outbox.ready(self.status());
        client.urge();
        Ok(())
    }

    /// The generation that a translation has to match.
    fn generation(&self) -> u64 {
        self.generation.now().wrapping_add(self.stamp.unsigned_abs())
    }

    /// How the translator is to read this session's statements.
    fn options(&self) -> Options<'static> {
        let dialect = match self.settings.facts().iris_dialect {
            true => Dialect::Iris,
            false => Dialect::Postgres,
        };
        let utc = self.settings.facts().zone.is_always_utc();
        Options { version: self.version, dialect, utc, declared: &[], columns: None }
    }

    /// The translation of a text.
    fn translate(&mut self, text: &str, oids: &[u32]) -> Result<Script, Failure> {
        if text.len() > self.limits.sql_bytes_max {
            return Err(Report::error("54000", "query string is too long").into());
        }
        let options = self.options();
        let generation = self.generation();
        let script = self.cache.translate(text, oids, &options, generation, self.engine.as_mut());
        script.map_err(|failure| match failure {
            // PostgreSQL reads a statement of a failed block, but does not look at what it means.
            Failure::Statement(report)
                if self.transaction.is_failed() && report.sqlstate != "42601" =>
            {
                execute::aborted()
            }
            failure => failure,
        })
    }

    /// The page of `irispg explain` about a text, with the definitions that IRIS has.
    ///
    /// # Errors
    ///
    /// What a client would be told of the text.
    pub fn explain(&mut self, text: &str) -> Result<String, Report> {
        let options = self.options();
        let generation = self.generation();
        let parsed = self.cache.parsed(text, &options, generation, self.engine.as_mut());
        match parsed {
            Ok((statements, _)) => Ok(crate::sql::explain::page(text, &statements, self.version)),
            Err(Failure::Statement(report) | Failure::Fatal(report)) => Err(report),
            Err(Failure::Gone(error)) => Err(Report::error("08006", error.to_string())),
        }
    }

    /// What the session itself knows, for functions such as `now()`.
    fn environment(&self) -> Environment<'_> {
        Environment {
            clock: &self.clock,
            version: &self.version_text,
            database: &self.welcome.namespace,
            user: &self.welcome.user,
            pid: self.pid,
            decoder: Decoder { zone: self.settings.facts().zone },
        }
    }

    /// Makes parameter lists of what Bind brought, or of what a plan has at hand.
    fn binder<'a>(&'a self, bound: Bound<'a>, scope: Option<Scope<'a>>) -> Binder<'a> {
        Binder { bound, environment: self.environment(), scope }
    }

    /// A transaction ended: its portals go, and its SETs stay or go.
    fn after_transaction(&mut self, end: transaction::End) -> Result<(), Failure> {
        self.settings.end_transaction(end == transaction::End::Committed);
        self.clock.rest();
        self.drop_portals()
    }

    /// Forgets every portal, and their cursors inside IRIS.
    fn drop_portals(&mut self) -> Result<(), Failure> {
        // The table keeps its memory: this happens after nearly every statement.
        self.portals.drain().try_for_each(|(_, portal)| close_cursor(&portal, self.engine.as_mut()))
    }

    fn drop_cursor(&mut self, portal: &Portal) -> Result<(), Failure> {
        close_cursor(portal, self.engine.as_mut())
    }

    /// Ends the session inside IRIS; an open transaction is rolled back by that.
    pub fn end(mut self) {
        if !self.transaction.is_none()
            && let Err(error) = self.engine.rollback()
        {
            tracing::warn!(%error, "the last transaction could not be rolled back");
        }
    }
}

fn close_cursor(portal: &Portal, engine: &mut dyn Engine) -> Result<(), Failure> {
    if let Progress::Rows(rows) = &portal.progress
        && rows.answer.cursor != 0
    {
        engine.close(Forget::Cursor(rows.answer.cursor))?;
    }
    Ok(())
}

/// The fields of `Open`'s block.
fn welcome(answer: &Answer) -> Welcome {
    let mut fields = Reader::new(answer.block()).map(|item| match item {
        Ok(Item::Bytes(bytes)) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Ok(Item::Integer(number)) => number.to_string(),
        _ => String::new(),
    });
    let mut next = || fields.next().unwrap_or_default();
    Welcome { zversion: next(), namespace: next(), user: next() }
}

/// The version inside `$ZVERSION`: the first word of the form `2025.1` or `2025.1.2`.
fn version_of(zversion: &str) -> Version {
    zversion
        .split_whitespace()
        .find_map(|word| {
            let mut numbers = word.split('.').map(str::parse::<u16>);
            match (numbers.next(), numbers.next()) {
                (Some(Ok(major)), Some(Ok(minor))) if major > 2000 => {
                    Some(Version { major, minor })
                }
                _ => None,
            }
        })
        // The oldest version that the package supports: its forms work everywhere.
        .unwrap_or(Version { major: 2022, minor: 1 })
}

/// The text of `version()`: clients look for `PostgreSQL` and a number (facts clients §1.1).
fn version_text(zversion: &str) -> String {
    format!("PostgreSQL {} on {zversion}", settings::SERVER_VERSION)
}
