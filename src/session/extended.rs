//! The extended query protocol: Parse, Bind, Describe, Execute, Close.

use std::rc::Rc;

use bytes::Bytes;

use super::execute::{Ran, aborted, check_result_formats, tag};
use super::failure::Failure;
use super::portal::{Portal, Progress};
use super::prepared::{CHANGED, single};
use super::statement::{Shape, Translated};
use super::{Client, Session};
use crate::engine::Forget;
use crate::protocol::message::{Frontend, Kind, format_at};
use crate::protocol::outbox::Field;
use crate::protocol::report::Report;
use crate::sql::Action;

/// What Bind brings besides names.
pub(super) struct Arguments {
    pub(super) parameter_formats: Vec<i16>,
    pub(super) parameters: Vec<Option<Bytes>>,
    pub(super) result_formats: Vec<i16>,
}

impl Session {
    pub(super) fn parse(
        &mut self,
        name: String,
        text: &str,
        oids: &[u32],
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        self.clock.tick();
        let script = self.translate(text, oids)?;
        if script.statements.len() > 1 {
            let message = "cannot insert multiple commands into a prepared statement";
            return Err(Report::error("42601", message).into());
        }
        if self.transaction.is_failed() && !single(&script).is_none_or(|one| is_exit(one)) {
            return Err(aborted());
        }
        if let Some(Translated { action: Action::Refused(error), .. }) =
            single(&script).map(|one| &**one)
        {
            return Err(error.clone().into());
        }
        if !name.is_empty() && self.statements.contains_key(&name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(Report::error("42P05", message).into());
        }
        if self.statements.len() >= self.limits.statements_max {
            return Err(Report::error("53400", "too many prepared statements")
                .with_hint("close statements that are no longer used")
                .into());
        }
        if let Some(statement) = single(&script) {
            for notice in &statement.notices {
                client.outbox().notice(&Report::notice(notice.sqlstate, notice.message.clone()));
            }
        }
        let prepared = self.prepare(script)?;
        self.statements.insert(name, prepared);
        client.outbox().parse_complete();
        Ok(())
    }

    pub(super) fn bind(
        &mut self,
        portal: String,
        statement: &str,
        arguments: &Arguments,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        self.clock.tick();
        let script = self.statement(statement)?;
        let translated = single(&script).cloned();
        let expected = translated.as_ref().map_or(0, |one| one.count());
        check_counts(statement, expected, arguments)?;
        if self.transaction.is_failed() && !translated.as_ref().is_none_or(|one| is_exit(one)) {
            return Err(aborted());
        }
        if !portal.is_empty() && self.portals.contains_key(&portal) {
            let message = format!("cursor \"{portal}\" already exists");
            return Err(Report::error("42P03", message).into());
        }
        if self.portals.len() >= self.limits.portals_max {
            return Err(Report::error("53400", "too many portals")
                .with_hint("close portals that are no longer used")
                .into());
        }
        let parameters = match &translated {
            Some(one) => {
                let formats = &arguments.parameter_formats;
                self.bind_values(one, formats, &arguments.parameters)?
            }
            None => Vec::new(),
        };
        if let Some(columns) = translated.as_ref().and_then(|one| self.column_count(one)) {
            check_result_formats(&arguments.result_formats, columns)?;
        }
        let replaced = self.portals.insert(
            portal,
            Portal {
                text: Rc::clone(&script.text),
                statement: translated,
                parameters,
                zone: self.settings.facts().zone,
                formats: arguments.result_formats.clone(),
                told: None,
                progress: Progress::Fresh,
            },
        );
        if let Some(replaced) = replaced {
            self.drop_cursor(&replaced)?;
        }
        client.outbox().bind_complete();
        Ok(())
    }

    /// The number of result columns, where it is known without asking IRIS.
    fn column_count(&self, statement: &Translated) -> Option<usize> {
        if !statement.is_described() {
            return super::utility::columns(&statement.action).map(|shape| shape.fields.len());
        }
        match statement.known(self.generation()) {
            Some(known) => Some(known.shape.fields.len()),
            None => statement.output_count(),
        }
    }

    pub(super) fn describe(
        &mut self,
        kind: Kind,
        name: &str,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        match kind {
            Kind::Statement => self.describe_statement(name, client),
            Kind::Portal => self.describe_portal(name, client),
        }
    }

    fn describe_statement(&mut self, name: &str, client: &mut dyn Client) -> Result<(), Failure> {
        let script = self.statement(name)?;
        let Some(statement) = single(&script) else {
            client.outbox().parameter_description(&[]);
            client.outbox().no_data();
            return Ok(());
        };
        if !statement.is_described() {
            client.outbox().parameter_description(&[]);
            describe_utility(&statement.action, client);
            return Ok(());
        }
        if self.transaction.is_failed() {
            return Err(aborted());
        }
        let known = self.ask(statement)?;
        let oids: Vec<u32> = known.parameters.iter().map(|ty| ty.oid()).collect();
        let outbox = client.outbox();
        outbox.parameter_description(&oids);
        match known.shape.fields.is_empty() {
            true => outbox.no_data(),
            false => outbox.row_description(&known.shape.fields),
        }
        Ok(())
    }

    fn describe_portal(&mut self, name: &str, client: &mut dyn Client) -> Result<(), Failure> {
        let portal = self.portals.get(name).ok_or_else(|| no_portal(name))?;
        let Some(statement) = portal.statement.clone() else {
            client.outbox().no_data();
            return Ok(());
        };
        if !statement.is_described() {
            describe_utility(&statement.action, client);
            return Ok(());
        }
        if self.transaction.is_failed() {
            return Err(aborted());
        }
        let fresh = matches!(portal.progress, Progress::Fresh);
        let unknown = statement.known(self.generation()).is_none();
        if fresh && unknown && client.next_is(b'E') {
            // The usual Bind, Describe, Execute: one call brings the columns with the rows.
            self.undescribed = Some(name.to_owned());
            return Ok(());
        }
        self.describe_now(name, &statement, client)
    }

    fn describe_now(
        &mut self,
        name: &str,
        statement: &Translated,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        let known = self.ask(statement)?;
        let Some(portal) = self.portals.get_mut(name) else {
            return Err(no_portal(name).into());
        };
        portal.told = Some(Rc::clone(&known.shape));
        announce(&known.shape, &portal.formats, client)
    }

    /// A description that was put off is sent before any message but the Execute it waits for.
    pub(super) fn describe_before(
        &mut self,
        message: &Frontend,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        let Some(name) = self.undescribed.as_deref() else {
            return Ok(());
        };
        if matches!(message, Frontend::Execute { portal, .. } if portal == name) {
            return Ok(());
        }
        let name = self.undescribed.take().unwrap_or_default();
        let statement = self.portals.get(&name).and_then(|portal| portal.statement.clone());
        match statement {
            Some(statement) => self.describe_now(&name, &statement, client),
            None => Err(no_portal(&name).into()),
        }
    }

    pub(super) fn execute(
        &mut self,
        name: &str,
        max_rows: i32,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        self.clock.tick();
        let Some(portal) = self.portals.remove(name) else {
            return Err(no_portal(name).into());
        };
        let undescribed = self.undescribed.take().is_some();
        // The portal is out of the table while it runs, so that COMMIT may empty the table.
        let limit = u64::try_from(max_rows).unwrap_or(0);
        let outcome = self.run_portal(name, portal, limit, undescribed, client)?;
        if let Some(portal) = outcome {
            self.portals.insert(name.to_owned(), portal);
        }
        Ok(())
    }

    /// Runs a portal as far as the limit allows; gives it back unless its transaction ended.
    fn run_portal(
        &mut self,
        name: &str,
        mut portal: Portal,
        limit: u64,
        undescribed: bool,
        client: &mut dyn Client,
    ) -> Result<Option<Portal>, Failure> {
        let Some(statement) = portal.statement.clone() else {
            client.outbox().empty_query();
            return Ok(Some(portal));
        };
        self.admit(&statement)?;
        match std::mem::replace(&mut portal.progress, Progress::Done) {
            Progress::Fresh => {}
            Progress::Rows(rows) => {
                portal.progress = self.continue_rows(rows, limit, client)?;
                return Ok(Some(portal));
            }
            Progress::Drained(verb) => {
                client.outbox().command_complete(&tag(verb, 0));
                portal.progress = Progress::Drained(verb);
                return Ok(Some(portal));
            }
            Progress::Done => {
                let message = format!("portal \"{name}\" cannot be run");
                return Err(Report::error("55000", message).into());
            }
        }
        if let Action::Asked(asked) = &statement.action {
            self.transaction.note_query();
            self.answer(asked, &portal.parameters)?.send(client, false, &portal.formats)?;
            return Ok(Some(portal));
        }
        if statement.verb().is_none() {
            return self.run_utility(portal, &statement, client);
        }
        if portal.zone != self.settings.facts().zone {
            return Err(Report::error("0A000", "the time zone was changed after Bind")
                .with_hint("Bind the statement again.")
                .into());
        }
        let alone = client.next_is(b'S');
        self.enter_implicit(&statement, alone)?;
        self.transaction.note_query();
        match self.run_iris(&statement, &portal.parameters, true, &portal.formats)? {
            Ran::Tag(tag) => {
                if undescribed {
                    client.outbox().no_data();
                }
                self.warn_of_ddl(&statement, client);
                client.outbox().command_complete(&tag);
            }
            Ran::Rows(rows, shape) => {
                if undescribed {
                    announce(&shape, &portal.formats, client)?;
                } else if let Some(told) = &portal.told
                    && !told.reads(&shape)
                {
                    if rows.answer.cursor != 0 {
                        self.engine.close(Forget::Cursor(rows.answer.cursor))?;
                    }
                    return Err(Report::error("0A000", CHANGED).into());
                }
                portal.told = Some(shape);
                portal.progress = self.continue_rows(rows, limit, client)?;
            }
        }
        Ok(Some(portal))
    }

    fn run_utility(
        &mut self,
        portal: Portal,
        statement: &Translated,
        client: &mut dyn Client,
    ) -> Result<Option<Portal>, Failure> {
        let reply = self.utility(&statement.action, true)?;
        reply.send(client, false, &portal.formats)?;
        Ok((!reply.ends_portals).then_some(portal))
    }

    fn continue_rows(
        &mut self,
        mut rows: Box<super::portal::Rows>,
        limit: u64,
        client: &mut dyn Client,
    ) -> Result<Progress, Failure> {
        let (sent, suspended) = self.send_rows(&mut rows, limit, client)?;
        if suspended {
            client.outbox().portal_suspended();
            return Ok(Progress::Rows(rows));
        }
        client.outbox().command_complete(&tag(rows.verb, sent));
        Ok(Progress::Drained(rows.verb))
    }

    pub(super) fn close(
        &mut self,
        kind: Kind,
        name: &str,
        client: &mut dyn Client,
    ) -> Result<(), Failure> {
        match kind {
            Kind::Statement => {
                self.statements.remove(name);
            }
            Kind::Portal => {
                if let Some(portal) = self.portals.remove(name) {
                    self.drop_cursor(&portal)?;
                }
            }
        }
        client.outbox().close_complete();
        Ok(())
    }
}

fn is_exit(statement: &Translated) -> bool {
    match &statement.action {
        Action::Transaction(verb) => super::transaction::Transaction::ends_failed_block(verb),
        _ => false,
    }
}

fn no_portal(name: &str) -> Report {
    Report::error("34000", format!("portal \"{name}\" does not exist"))
}

/// PostgreSQL's checks of Bind's counts; the result formats are checked with the columns.
fn check_counts(name: &str, expected: usize, arguments: &Arguments) -> Result<(), Failure> {
    let given = arguments.parameters.len();
    let formats = arguments.parameter_formats.len();
    if formats > 1 && formats != given {
        let message =
            format!("bind message has {formats} parameter formats but {given} parameters");
        return Err(Report::error("08P01", message).into());
    }
    if given != expected {
        let message = format!(
            "bind message supplies {given} parameters, but prepared statement \"{name}\" \
             requires {expected}"
        );
        return Err(Report::error("08P01", message).into());
    }
    Ok(())
}

/// RowDescription with the formats that the portal will use, or NoData.
fn announce(shape: &Shape, formats: &[i16], client: &mut dyn Client) -> Result<(), Failure> {
    if shape.fields.is_empty() {
        client.outbox().no_data();
        return Ok(());
    }
    check_result_formats(formats, shape.fields.len())?;
    if formats.iter().all(|code| *code == 0) {
        client.outbox().row_description(&shape.fields);
        return Ok(());
    }
    // As Bind gave them: PostgreSQL judges the codes when there are rows to be sent.
    let described = |(index, field): (usize, &Field)| {
        let mut field = field.clone();
        field.format = format_at(formats, index).unwrap_or(0);
        field
    };
    let fields: Vec<Field> = shape.fields.iter().enumerate().map(described).collect();
    client.outbox().row_description(&fields);
    Ok(())
}

fn describe_utility(action: &Action, client: &mut dyn Client) {
    match super::utility::columns(action) {
        Some(shape) => client.outbox().row_description(&shape.fields),
        None => client.outbox().no_data(),
    }
}
