//! Prepared statements: what a client may rely on from Parse until Close.

use std::rc::Rc;

use super::Session;
use super::cache::{Reading, Script};
use super::failure::Failure;
use super::statement::{Shape, Translated};
use crate::protocol::report::Report;
use crate::sql::{Action, Verb};

/// One prepared statement.
pub(super) struct Prepared {
    /// Its translation.
    pub(super) script: Script,
    /// Its columns, as IRIS gave them at Parse; none where IRIS was not asked.
    shape: Option<Rc<Shape>>,
    /// The generation at which the columns were looked at.
    generation: u64,
}

impl Session {
    /// Makes a prepared statement of a translation. Of one that names tables and is not resolved,
    /// IRIS is asked at the first sight of the text, so that a missing table or column is reported
    /// by Parse.
    ///
    /// # Errors
    ///
    /// What IRIS finds wrong with the statement.
    pub(super) fn prepare(&mut self, script: Script) -> Result<Prepared, Failure> {
        let generation = self.generation();
        let shape = match single(&script) {
            None => None,
            Some(statement) => match statement.known(generation) {
                Some(known) => Some(Rc::clone(&known.shape)),
                None if names_tables(statement) => Some(Rc::clone(&self.ask(statement)?.shape)),
                None => None,
            },
        };
        Ok(Prepared { script, shape, generation: self.generation() })
    }

    /// A prepared statement by name. When a definition has changed since it was looked at, it is
    /// looked at again; its columns must still be those that the client knows.
    ///
    /// # Errors
    ///
    /// 26000 when there is none of that name, 0A000 when its columns have changed, and whatever
    /// makes it impossible now.
    pub(super) fn statement(&mut self, name: &str) -> Result<Script, Failure> {
        let Some(prepared) = self.statements.get(name) else {
            let message = match name.is_empty() {
                true => "unnamed prepared statement does not exist".to_owned(),
                false => format!("prepared statement \"{name}\" does not exist"),
            };
            return Err(Report::error("26000", message).into());
        };
        let script = Rc::clone(&prepared.script);
        let generation = self.generation();
        // A failed block asks nothing; whatever is not its end is refused by the caller.
        let reading = Reading::of(&self.options());
        let same = prepared.generation == generation && script.is_read_as(reading);
        if same || self.transaction.is_failed() {
            return Ok(script);
        }
        let shape = prepared.shape.clone();
        let script = match script.holds(generation, reading) {
            true => script,
            false => self.translate(&script.text, &script.oids)?,
        };
        let anew = self.prepare(script)?;
        if let (Some(before), Some(now)) = (&shape, &anew.shape)
            && before != now
        {
            return Err(Report::error("0A000", CHANGED).into());
        }
        let script = Rc::clone(&anew.script);
        self.statements.insert(name.to_owned(), anew);
        Ok(script)
    }
}

/// PostgreSQL's words for rows that are not what their reader was told.
pub(super) const CHANGED: &str = "cached plan must not change result type";

/// A script of the extended protocol has at most one statement.
pub(super) fn single(script: &Script) -> Option<&Rc<Translated>> {
    script.statements.first()
}

/// Whether it is a query or a change of data that names a table: what IRIS says of such a
/// statement depends on definitions.
fn names_tables(statement: &Translated) -> bool {
    match &statement.action {
        Action::Iris(iris) => {
            matches!(iris.verb, Verb::Select | Verb::Insert | Verb::Update | Verb::Delete)
                && !iris.tables.is_empty()
        }
        Action::Batch(_) => true,
        _ => false,
    }
}
