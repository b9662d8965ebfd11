//! The engine over Callin: one instance of `IrisPG.Session`, one Callin call per method.

use std::path::Path;
use std::sync::Arc;

use super::answer::{Answer, AnswerBytes, CONTRACT_VERSION};
use super::{Engine, EngineError, Forget, Gate, LoginError, OpenRequest, Source, Want};
use crate::callin::{
    Abort, Arg, Block, CallinError, Connection, Interrupter, Library, Oref, StartOptions,
};
use crate::types::list::Writer;

/// The class that the package installs.
const SESSION_CLASS: &str = "IrisPG.Session";
/// Bytes of one argument at most: the longest string of IRIS (facts callin §7).
pub(super) const ARGUMENT_BYTES_MAX: usize = 3_641_144;

/// Who logs in, and where.
#[derive(Clone, Copy)]
pub struct LoginRequest<'a> {
    /// IRIS user.
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
    /// Text shown in IRIS's process lists.
    pub application: &'a str,
    /// The instance's manager directory, if it is known.
    pub manager_dir: Option<&'a Path>,
    /// Seconds to wait for a free process slot; never 0, which would wait for ever.
    pub timeout_s: u32,
    /// How much is asked for at a time.
    pub blocks: BlockSizes,
}

/// How many bytes of rows IRIS is asked for.
#[derive(Clone, Copy, Debug)]
pub struct BlockSizes {
    /// With the first block of a result.
    pub first_bytes: i64,
    /// With every later one.
    pub later_bytes: i64,
}

/// An IRIS session reached through Callin.
pub struct IrisEngine {
    connection: Connection,
    session: Oref,
    gate: Arc<Gate>,
    blocks: BlockSizes,
}

impl IrisEngine {
    /// Starts the IRIS session as this user and makes the session object.
    ///
    /// # Errors
    ///
    /// What IRIS answered, in words the caller can map to SQLSTATEs.
    pub fn login(
        library: &'static Library,
        request: &LoginRequest<'_>,
        gate: Arc<Gate>,
    ) -> Result<Self, LoginError> {
        let options = StartOptions {
            manager_dir: request.manager_dir,
            user: request.user,
            password: request.password,
            exename: request.application,
            timeout_seconds: request.timeout_s,
        };
        let connection = Connection::start(library, &options).map_err(login_error)?;
        let session = connection.new_object(SESSION_CLASS).map_err(login_error)?;
        Ok(Self { connection, session, gate, blocks: request.blocks })
    }

    /// What the second thread needs to interrupt this session.
    pub fn interrupt(&self) -> Interrupt {
        Interrupt(self.connection.interrupter())
    }

    /// Ends the IRIS session in good order.
    pub fn end(self) {
        let Self { connection, session, .. } = self;
        if let Err(error) = connection.close_object(session) {
            tracing::debug!(%error, "the session object could not be closed");
        }
        if let Err(error) = connection.end() {
            tracing::warn!(%error, "the IRIS session did not end cleanly");
        }
    }

    /// An interruptible call.
    fn call(&mut self, method: &'static str, args: &[Arg<'_>]) -> Result<Answer, EngineError> {
        if args.iter().any(is_too_long) {
            return Err(EngineError::TooLong);
        }
        let Some(before) = self.gate.enter() else {
            return Err(EngineError::Interrupted);
        };
        let outcome = self.connection.invoke(&self.session, method, args);
        if self.gate.leave(before) {
            self.swallow_late_interrupt();
        }
        decode(outcome)
    }

    /// A call that must reach its end: what it did could not be told otherwise.
    fn firm(&mut self, method: &'static str, args: &[Arg<'_>]) -> Result<Answer, EngineError> {
        let before = self.gate.enter_firm();
        let outcome = self.connection.invoke(&self.session, method, args);
        self.gate.leave_firm(before);
        decode(outcome)
    }

    /// An interrupt that arrived after the call had ended would strike the next one; closing
    /// an unknown cursor does nothing and takes the blow.
    fn swallow_late_interrupt(&mut self) {
        let harmless = [Arg::Integer(2), Arg::Integer(-1)];
        if let Err(error) = self.connection.invoke(&self.session, "Close", &harmless) {
            tracing::debug!(%error, "a late interrupt was swallowed");
        }
    }
}

/// Interrupts the session from another thread.
#[derive(Debug, Clone)]
pub struct Interrupt(Interrupter);

impl Interrupt {
    /// Interrupts the call that runs, as Ctrl-C would.
    pub fn strike(&self) {
        if let Err(error) = self.0.abort(Abort::ControlC) {
            tracing::warn!(%error, "the call could not be interrupted");
        }
    }

    /// Ends the IRIS job, for a call that does not heed an interrupt.
    pub fn end_job(&self) {
        if let Err(error) = self.0.abort(Abort::ResetJob) {
            tracing::warn!(%error, "the job could not be ended");
        }
    }
}

impl Engine for IrisEngine {
    fn open(&mut self, request: &OpenRequest<'_>) -> Result<Answer, EngineError> {
        let mut options = Writer::new();
        options.integer(i64::from(request.read_committed));
        options.integer(request.lock_timeout_s);
        self.firm(
            "Open",
            &[
                Arg::Integer(CONTRACT_VERSION),
                Arg::Bytes(request.namespace.as_bytes()),
                Arg::Bytes(request.address.as_bytes()),
                Arg::Bytes(options.as_bytes()),
            ],
        )
    }

    fn run(
        &mut self,
        source: Source<'_>,
        parameters: &[u8],
        want: Want,
    ) -> Result<Answer, EngineError> {
        let (handle, text) = source.parts();
        self.call(
            "Run",
            &[
                Arg::Integer(handle),
                Arg::Bytes(text.as_bytes()),
                Arg::Bytes(parameters),
                Arg::Integer(want.bits()),
                Arg::Integer(self.blocks.first_bytes),
            ],
        )
    }

    fn prepare(&mut self, text: &str, keep: bool) -> Result<Answer, EngineError> {
        let want = Want { metadata: true, keep };
        self.call("Prepare", &[Arg::Bytes(text.as_bytes()), Arg::Integer(want.bits())])
    }

    fn fetch(&mut self, cursor: i64) -> Result<Answer, EngineError> {
        self.call("Fetch", &[Arg::Integer(cursor), Arg::Integer(self.blocks.later_bytes)])
    }

    fn batch(
        &mut self,
        source: Source<'_>,
        rows: &[u8],
        keep: bool,
    ) -> Result<Answer, EngineError> {
        let (handle, text) = source.parts();
        let want = Want { metadata: false, keep };
        self.call(
            "Batch",
            &[
                Arg::Integer(handle),
                Arg::Bytes(text.as_bytes()),
                Arg::Bytes(rows),
                Arg::Integer(want.bits()),
            ],
        )
    }

    fn close(&mut self, what: Forget) -> Result<Answer, EngineError> {
        let (kind, handle) = match what {
            Forget::Statement(handle) => (1, handle),
            Forget::Cursor(handle) => (2, handle),
            Forget::Everything => (3, 0),
        };
        self.firm("Close", &[Arg::Integer(kind), Arg::Integer(handle)])
    }

    fn begin(&mut self) -> Result<Answer, EngineError> {
        self.firm("Begin", &[])
    }

    fn savepoint(&mut self) -> Result<Answer, EngineError> {
        self.firm("Savepoint", &[])
    }

    fn release(&mut self, level: u32) -> Result<Answer, EngineError> {
        self.firm("Release", &[Arg::Integer(i64::from(level))])
    }

    fn rollback_to(&mut self, level: u32) -> Result<Answer, EngineError> {
        self.firm("RollbackTo", &[Arg::Integer(i64::from(level))])
    }

    fn commit(&mut self) -> Result<Answer, EngineError> {
        self.firm("Commit", &[])
    }

    fn rollback(&mut self) -> Result<Answer, EngineError> {
        self.firm("Rollback", &[])
    }

    fn describe(&mut self, schema: &str, table: &str) -> Result<Answer, EngineError> {
        let mut tables = Writer::new();
        tables.text(&format!("{schema}.{table}"));
        self.call("Describe", &[Arg::Bytes(tables.as_bytes())])
    }

    fn stream(
        &mut self,
        cursor: i64,
        row: i64,
        column: i64,
        offset: i64,
    ) -> Result<Answer, EngineError> {
        self.call(
            "Stream",
            &[Arg::Integer(cursor), Arg::Integer(row), Arg::Integer(column), Arg::Integer(offset)],
        )
    }
}

/// Whether an argument does not fit into a string of IRIS; found before anything is pushed.
fn is_too_long(argument: &Arg<'_>) -> bool {
    matches!(argument, Arg::Bytes(bytes) if bytes.len() > ARGUMENT_BYTES_MAX)
}

fn decode(outcome: Result<Block, CallinError>) -> Result<Answer, EngineError> {
    match outcome {
        Ok(block) => Answer::decode(AnswerBytes::Callin(block)),
        Err(error) => Err(engine_error(error)),
    }
}

/// Callin's codes in the engine's words.
fn engine_error(error: CallinError) -> EngineError {
    match error {
        CallinError::Interrupted => EngineError::Interrupted,
        CallinError::Iris { function, code, name, zerror } => {
            EngineError::Iris { function, code, name, detail: zerror }
        }
        CallinError::Unknown { function, code } => EngineError::Unexpected { function, code },
        other => EngineError::Broken(other.to_string()),
    }
}

/// Callin's codes at login.
fn login_error(error: CallinError) -> LoginError {
    match error {
        CallinError::AccessDenied => LoginError::Denied,
        CallinError::MustChangePassword => LoginError::MustChangePassword,
        CallinError::Iris { ref name, .. } if name.contains("LICENSE") => LoginError::NoLicence,
        CallinError::Iris { ref name, .. } if name.contains("SIGNONS INHIBITED") => {
            LoginError::NotReady(error.to_string())
        }
        other => LoginError::Unreachable(other.to_string()),
    }
}
