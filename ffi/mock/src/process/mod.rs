//! One IRIS process: what a session has, from its start to its end.
#![forbid(unsafe_code)]

pub(crate) mod directory;
mod environment;
mod objects;
mod report;

pub(crate) use environment::Environment;
pub(crate) use objects::Objects;

use crate::admin::Refusal;
use crate::callin::abi::{code, flag};
use crate::callin::control;
use crate::callin::raise::{Outcome, Raise};
use crate::callin::stack::Stack;
use crate::callin::value::{Target, Value};
use std::ffi::{c_int, c_ulong};

/// Who wants to start a session, and how.
pub(crate) struct Login {
    /// User and password; `None` where the caller gave no user.
    pub(crate) credentials: Option<(String, String)>,
    /// Flags of `IrisSecureStart`.
    pub(crate) flags: c_ulong,
}

/// Why no session was started: a return code.
pub(crate) type StartFailure = c_int;

/// A session.
pub(crate) struct Process {
    /// The value stack.
    pub(crate) stack: Stack,
    /// The objects that references name.
    pub(crate) objects: Objects,
    /// What ObjectScript and SQL see of the process.
    pub(crate) environment: Environment,
    /// `$ZERROR`.
    pub(crate) zerror: String,
    /// Whether IRIS_PROGMODE was asked for.
    pub(crate) programmer_mode: bool,
    /// Calls that were made in this session.
    pub(crate) calls: u64,
    /// The value of the last evaluation; the next evaluation, execution or the end overwrites it.
    pub(crate) evaluated: Option<Value>,
    /// Whether the last result is that evaluation, and not the top of the stack.
    pub(crate) evaluation_is_last: bool,
    /// The entry that was popped last. It owns what `IrisPopStr` handed out until the next pop.
    pub(crate) popped: Option<Value>,
    /// The process's signals, as they are while it has a session.
    _signals: Option<crate::callin::signals::Signals>,
    /// The process's place in the licence; it is given back when the session ends.
    _seat: crate::admin::Seat,
}

impl Process {
    /// Starts a session.
    ///
    /// # Errors
    /// The return code of `IrisSecureStart`.
    pub(crate) fn start(login: &Login) -> Result<Self, StartFailure> {
        let admin = directory::administration()?;
        let credentials = login.credentials.as_ref().map(|(user, pw)| (&**user, &**pw));
        let user = admin.log_in(credentials).map_err(|refusal| match refusal {
            Refusal::Denied => code::ACCESS_DENIED,
            Refusal::ChangePassword => code::CHANGE_PASSWORD,
        })?;
        // UNVERIFIED(iris): the code of a start that the licence refuses. The general rule for
        // positive codes (facts, callin §1.1) gives the number of <LICENSE LIMIT EXCEEDED>.
        let seat = match admin.take_seat(&user) {
            Ok(Some(seat)) => seat,
            Ok(None) => return Err(crate::callin::errors::LICENCE_LIMIT),
            Err(error) => {
                eprintln!("simulator: {error}");
                return Err(code::FAILURE);
            }
        };
        let environment = Environment::open(admin, user)?;
        let interrupter = environment.interrupter.clone();
        let calmer = environment.interrupter.clone();
        control::connect(control::Wake {
            stop: Box::new(move || interrupter.interrupt()),
            calm: Box::new(move || {
                calmer.clear();
            }),
        });
        Ok(Self {
            stack: Stack::default(),
            objects: Objects::default(),
            environment,
            zerror: String::new(),
            programmer_mode: login.flags & flag::PROGRAMMER_MODE != 0,
            calls: 0,
            evaluated: None,
            evaluation_is_last: false,
            popped: None,
            _signals: crate::callin::signals::Signals::set(),
            _seat: seat,
        })
    }

    /// Undoes and forgets what is open, because the connection broke. The shell stays until
    /// `IrisEnd`.
    pub(crate) fn abandon(&mut self) {
        self.stack = Stack::default();
        self.objects = Objects::default();
        self.environment.roll_back_all();
    }

    /// Ends the session: writes the report, then undoes what is open.
    pub(crate) fn end(mut self, event: &str) {
        report::write(event, &self);
        self.abandon();
        control::disconnect();
    }

    /// Writes the report of a process that exits without `IrisEnd`, and undoes what is open.
    pub(crate) fn leave(&mut self) {
        report::write("exit", self);
        self.abandon();
    }

    /// Puts a value on the stack; it is the last result from now on.
    pub(crate) fn push(&mut self, value: Value) -> Outcome {
        self.evaluation_is_last = false;
        self.stack.push(value)
    }

    /// Takes the inputs of an action from the stack.
    ///
    /// # Errors
    /// −12 when they are not there; what was taken for them is gone.
    pub(crate) fn take(&mut self, count: c_int) -> Outcome<(Target, Vec<Value>)> {
        self.evaluation_is_last = false;
        self.stack.take(count).map_err(|dropped| {
            self.release(&dropped);
            Raise::Interface(code::BAD_ARGUMENT)
        })
    }

    /// Takes the top of the stack.
    pub(crate) fn pop(&mut self) -> Outcome<Value> {
        self.evaluation_is_last = false;
        self.stack.pop()
    }

    /// Keeps the entry that was popped last, with its count if it is an object; the one before it
    /// goes.
    pub(crate) fn keep(&mut self, value: Option<Value>) {
        if let Some(before) = std::mem::replace(&mut self.popped, value) {
            self.release(&[before]);
        }
    }

    /// Lets go of what was on the stack as an argument.
    pub(crate) fn release(&mut self, values: &[Value]) {
        for value in values {
            if let Value::Oref(oref) = value {
                // An entry of the stack holds a count, so the object is there.
                let _counted = self.objects.close(*oref);
            }
        }
    }

    /// Fails when an interrupt waits: for code in which nobody traps it.
    pub(crate) fn check_interrupt(&mut self) -> Outcome {
        if self.environment.take_interrupt() { Err(Raise::Interrupted) } else { Ok(()) }
    }
}
