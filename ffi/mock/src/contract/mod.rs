//! The class `IrisPG.Session`, natively: `docs/session-contract.md` says what its methods take and
//! give, and `objectscript/IrisPG/Session.cls` is the same in ObjectScript. Both give the same
//! bytes; where the contract leaves something open, this follows the class.
#![forbid(unsafe_code)]

mod answer;
mod arguments;
mod cursor;
mod description;
mod metadata;
mod opening;
mod statement;
mod transaction;

use crate::callin::errors;
use crate::callin::raise::{Outcome, Raise};
use crate::callin::value::{Characters, Value};
use crate::fault;
use crate::process::Environment;
use answer::{Answer, Status, Trap};
use arguments::Arguments;
use cursor::Cursor;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Name of the class.
pub(crate) const CLASS: &str = "IrisPG.Session";

/// The contract's version.
const VERSION: i64 = 1;

/// Statements that one session keeps at most.
const STATEMENTS: usize = 10_000;

/// Cursors that one session keeps at most.
const CURSORS: usize = 1_000;

macro_rules! methods {
    ($($name:ident $arity:literal),* $(,)?) => {
        /// A method of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Method {
            $(#[doc = stringify!($name)] $name,)*
        }

        impl Method {
            /// The method of this name; names have case.
            pub(crate) fn named(name: &[u8]) -> Option<Self> {
                $(if name == stringify!($name).as_bytes() {
                    return Some(Self::$name);
                })*
                None
            }

            fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Arguments that it takes at most.
            fn arity(self) -> usize {
                match self { $(Self::$name => $arity,)* }
            }
        }
    };
}

methods! {
    Run 5, Fetch 2, Begin 0, Commit 0, Rollback 0, Close 2, Prepare 2, Batch 4, Savepoint 0,
    Release 1, RollbackTo 1, Open 4, Describe 1, Stream 4,
}

/// An object of the class.
#[derive(Default)]
pub(crate) struct Session {
    /// Whether `Open` succeeded.
    entered: bool,
    statements: BTreeMap<i64, Rc<crate::sql::Prepared>>,
    last_statement: i64,
    cursors: BTreeMap<i64, Cursor>,
    last_cursor: i64,
    /// Room for what precedes an answer's block, kept between calls.
    prefix: Vec<u8>,
}

impl Session {
    /// Statements and cursors that are kept.
    pub(crate) fn kept(&self) -> (usize, usize) {
        (self.statements.len(), self.cursors.len())
    }

    /// Runs a method and gives its answer.
    ///
    /// # Errors
    /// What no method can trap: a class that is not there, too many arguments, a planned fault.
    pub(crate) fn call(
        &mut self,
        method: Method,
        environment: &mut Environment,
        values: &[Value],
    ) -> Outcome<Value> {
        if !environment.has_package {
            return Err(missing_class(CLASS));
        }
        if values.len() > method.arity() {
            let place = format!("z{}^{CLASS}.1", method.name());
            return Err(Raise::error(errors::PARAMETER, &place));
        }
        if let Some(planned) = fault::strike_method(method.name()) {
            environment.take_interrupt();
            return Err(planned.into_raise());
        }
        let mut answer = Answer::blank();
        let outcome = if environment.take_interrupt() {
            Err(Trap::interrupted())
        } else {
            let arguments = Arguments::new(values);
            self.dispatch(method, environment, &arguments, &mut answer)
        };
        if let Err(trap) = outcome {
            environment.take_interrupt();
            self.trapped(trap, &mut answer);
        }
        Ok(Value::Text(self.finish(environment, answer)))
    }

    fn dispatch(
        &mut self,
        method: Method,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        match method {
            Method::Open => self.open(environment, arguments, answer),
            Method::Run => self.run(environment, arguments, answer),
            Method::Prepare => self.prepare(environment, arguments, answer),
            Method::Batch => self.batch(environment, arguments, answer),
            Method::Fetch => self.fetch(arguments, answer),
            Method::Stream => self.stream(arguments, answer),
            Method::Close => self.close(arguments),
            Method::Describe => self.describe(environment, arguments, answer),
            Method::Begin => transaction::begin(environment),
            Method::Savepoint => transaction::savepoint(environment, answer),
            Method::Release => transaction::release(environment, arguments),
            Method::RollbackTo => self.roll_back_to(environment, arguments),
            Method::Commit => self.commit(environment),
            Method::Rollback => self.roll_back(environment),
        }
    }

    /// Turns what ended a call into its answer: what the call opened is closed, a statement that
    /// was there before stays.
    fn trapped(&mut self, trap: Trap, answer: &mut Answer) {
        self.cursors.remove(&answer.cursor);
        answer.fail(trap);
    }

    /// Writes the answer's list; one that no string holds becomes `<MAXSTRING>`.
    fn finish(&mut self, environment: &Environment, mut answer: Answer) -> Characters {
        answer.level = i64::from(environment.sql.level());
        answer.generation = environment.sql.generation();
        if !answer.fits() {
            let place = format!("zAnswer^{CLASS}.1");
            self.trapped(Trap::error(errors::MAXIMUM_STRING, &place), &mut answer);
        }
        answer.write(&mut self.prefix)
    }

    /// Misuse unless `Open` succeeded.
    fn check_open(&self) -> Result<(), Trap> {
        if self.entered { Ok(()) } else { Err(Trap::misuse("the session is not open")) }
    }
}

/// `<CLASS DOES NOT EXIST>` for a class.
pub(crate) fn missing_class(class: &str) -> Raise {
    Raise::error(errors::NO_CLASS, &format!(" *{class}"))
}

/// `<METHOD DOES NOT EXIST>` for a method of a class.
pub(crate) fn missing_method(class: &str, method: &str) -> Raise {
    Raise::error(errors::NO_METHOD, &format!(" *{method},{class}"))
}

/// The numbers of contract §2.
impl From<Status> for i64 {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => 0,
            Status::Sql => 1,
            Status::ObjectScript => 2,
            Status::Interrupted => 3,
            Status::Misuse => 4,
            Status::Version => 5,
            Status::Refused => 6,
        }
    }
}
