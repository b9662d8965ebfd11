//! The simple query protocol: a string of statements, answered at once.
//!
//! Several statements in one string are one transaction, unless the string says otherwise
//! (PostgreSQL, "Multiple Statements in a Simple Query").

use std::rc::Rc;

use super::cache::{Reading, Script};
use super::execute::{Ran, tag};
use super::failure::Failure;
use super::statement::Translated;
use super::{Client, Session};
use crate::protocol::report::Report;
use crate::sql::Action;

impl Session {
    /// Runs every statement of the string until one fails.
    pub(super) fn simple_query(
        &mut self,
        text: &str,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        // PostgreSQL drops the unnamed statement and the unnamed portal at each simple query.
        self.statements.remove("");
        if let Some(portal) = self.portals.remove("") {
            self.drop_cursor(&portal)?;
        }
        self.clock.tick();
        let script = self.translate(text, &[])?;
        if script.statements.is_empty() {
            client.outbox().empty_query();
        }
        let alone = script.statements.len() == 1;
        for statement in &script.statements {
            self.admit_in_failed_block(statement)?;
            let anew = self.again(&script, statement)?;
            let ran = self.simple_statement(anew.as_ref().unwrap_or(statement), alone, client);
            ran.map_err(|failure| failure.at_parameter(text, statement.source.clone()))?;
        }
        self.end_batch(client)
    }

    /// What a statement means now that those before it in the string have run: they may have
    /// created the table that it names.
    fn again(
        &mut self,
        script: &Script,
        statement: &Rc<Translated>,
    ) -> Result<Option<Rc<Translated>>, Failure> {
        let refused = matches!(statement.action, Action::Refused(_));
        if !refused && script.holds(self.generation(), Reading::of(&self.options())) {
            return Ok(None);
        }
        let slice = script.text.get(statement.source.clone()).unwrap_or_default();
        let options = self.options();
        let generation = self.generation();
        let anew = self.cache.anew(slice, &[], &options, generation, self.engine.as_mut());
        match anew {
            Ok(translation) => Ok(translation.statements.into_iter().next()),
            Err(failure) => Err(failure.moved(&script.text, statement.source.start)),
        }
    }

    fn simple_statement(
        &mut self,
        statement: &Rc<Translated>,
        alone: bool,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        self.admit(statement)?;
        for notice in &statement.notices {
            client.outbox().notice(&Report::notice(notice.sqlstate, notice.message.clone()));
        }
        if let Action::Asked(asked) = &statement.action {
            let arguments = self.bind_values(statement, &[], &[])?;
            self.transaction.note_query();
            // As in PostgreSQL, the columns are told before anything is carried out.
            client.outbox().row_description(&self.ask(statement)?.shape.fields);
            return self.answer(asked, &arguments)?.send(client, false, &[]);
        }
        if statement.verb().is_none() {
            let reply = self.utility(&statement.action, alone)?;
            return reply.send(client, true, &[]);
        }
        self.enter_implicit(statement, alone)?;
        self.transaction.note_query();
        let parameters = self.bind_values(statement, &[], &[])?;
        let ran = self.run_iris(statement, &parameters, false, &[]);
        match ran? {
            Ran::Tag(tag) => {
                self.warn_of_ddl(statement, client);
                client.outbox().command_complete(&tag);
            }
            Ran::Rows(mut rows, shape) => {
                client.outbox().row_description(&shape.fields);
                let (sent, _) = self.send_rows(&mut rows, 0, client)?;
                client.outbox().command_complete(&tag(rows.verb, sent));
            }
        }
        Ok(())
    }
}
