//! Running one statement of IRIS and sending its rows.

use std::rc::Rc;

use super::binding::{Bound, format};
use super::failure::Failure;
use super::kept::lease;
use super::portal::Rows;
use super::statement::{Known, Shape, Translated};
use super::{Client, Session, cause};
use crate::engine::{Answer, BATCH_BYTES_MAX, Source, Status, Want};
use crate::protocol::message::format_at;
use crate::protocol::report::{Report, Severity};
use crate::sql::{Action, Causes, IrisStatement, Verb};
use crate::types::Zone;
use crate::types::encode::Codec;
use crate::types::list::{Reader, Writer};

/// What running a statement gave.
pub(super) enum Ran {
    /// Rows to be sent, of this shape.
    Rows(Box<Rows>, Rc<Shape>),
    /// A command tag.
    Tag(String),
}

impl Session {
    /// Whether the transaction lets this statement run at all.
    pub(super) fn admit(&self, statement: &Translated) -> Result<(), Failure> {
        self.admit_in_failed_block(statement)?;
        if let Action::Refused(error) = &statement.action {
            return Err(error.clone().into());
        }
        let Some(verb) = statement.verb().filter(|verb| *verb != Verb::Select) else {
            return Ok(());
        };
        match self.settings.facts().read_only {
            false => Ok(()),
            true => {
                let word = tag_word(verb);
                let message = format!("cannot execute {word} in a read-only transaction");
                Err(Report::error("25006", message).into())
            }
        }
    }

    /// A failed block lets nothing through but its end, whatever else is wrong with a statement.
    pub(super) fn admit_in_failed_block(&self, statement: &Translated) -> Result<(), Failure> {
        match self.transaction.is_failed() && !is_way_out(&statement.action) {
            true => Err(aborted()),
            false => Ok(()),
        }
    }

    /// Opens the implicit transaction when the statement changes data and others belong to it.
    pub(super) fn enter_implicit(
        &mut self,
        statement: &Translated,
        alone: bool,
    ) -> Result<(), Failure> {
        let changes = matches!(
            statement.verb(),
            Some(Verb::Insert | Verb::Update | Verb::Delete | Verb::Call | Verb::Other(_))
        );
        if !alone && changes && self.transaction.is_none() {
            self.transaction.begin_implicit(self.engine.as_mut())?;
        }
        Ok(())
    }

    /// The parameter list of a statement; asks IRIS for types only when nothing else tells them.
    pub(super) fn bind_values(
        &mut self,
        statement: &Translated,
        formats: &[i16],
        values: &[Option<bytes::Bytes>],
    ) -> Result<Vec<u8>, Failure> {
        let plain = match &statement.action {
            Action::Iris(iris) => iris.places.is_empty(),
            Action::Batch(_) => false,
            Action::Plan(plan) => plan.parameters.is_empty(),
            Action::Asked(_) => false,
            _ => return Ok(Vec::new()),
        };
        if plain && values.is_empty() {
            return Ok(Vec::new());
        }
        let Some(known) = statement.known(self.generation()) else {
            let types = match statement.types_without_iris() {
                Some(types) => types,
                None => self.ask(statement)?.parameters.to_vec(),
            };
            let bound = Bound { types: &types, formats, values };
            return self.binder(bound, None).parameters(statement);
        };
        let bound = Bound { types: &known.parameters, formats, values };
        self.binder(bound, None).parameters(statement)
    }

    /// Runs a statement of IRIS with its parameters. `parsed` says that it came by Parse, which
    /// makes it likely to come again.
    pub(super) fn run_iris(
        &mut self,
        statement: &Translated,
        parameters: &[u8],
        parsed: bool,
        formats: &[i16],
    ) -> Result<Ran, Failure> {
        match &statement.action {
            Action::Several(all) => return self.run_several(all),
            Action::Plan(plan) => return self.run_plan(statement, plan, parameters, formats),
            _ => {}
        }
        let Some(sent) = statement.sent() else {
            return Err(Report::error("XX000", "internal error").into());
        };
        let keep = self.is_worth_keeping(statement, parsed);
        if matches!(statement.action, Action::Batch(_)) {
            return self.run_batch(statement, sent.text, parameters, keep);
        }
        let known = statement.known(self.generation());
        let source = self.source(&statement.kept, sent.text)?;
        let metadata = known.is_none() && returns_rows(sent.verb);
        let answer = self.engine.run(source, parameters, Want { metadata, keep })?;
        self.take_over(statement, &answer)?;
        if let Some(shape) = self.shape_of(statement, &answer, known) {
            let codecs = match codecs(&shape, formats, self.settings.facts().zone) {
                Ok(codecs) => codecs,
                Err(failure) => {
                    self.abandon(answer.cursor);
                    return Err(failure);
                }
            };
            let lease = lease(&statement.kept, &answer);
            let (verb, causes) = (Verb::Select, statement.causes());
            let rows = Rows { answer, offset: 0, row: 0, codecs, verb, causes, lease };
            return Ok(Ran::Rows(Box::new(rows), shape));
        }
        self.after_change(sent.verb);
        Ok(Ran::Tag(tag(sent.verb, changed(&answer))))
    }

    /// Whether IRIS is to keep a statement that it does not keep yet: one that came by Parse, one
    /// that comes again, and one whose constants are bound, since others will share its text.
    fn is_worth_keeping(&self, statement: &Translated, parsed: bool) -> bool {
        let shared = match &statement.action {
            Action::Iris(iris) => !iris.places.is_empty(),
            _ => true,
        };
        let data = !matches!(statement.verb(), Some(Verb::Ddl(_) | Verb::Other(_)));
        let again = parsed || shared || statement.kept.is_seen();
        data && again && self.may_keep(&statement.kept)
    }

    /// Files the rows of a multi-row INSERT. Rows that are too long together go in several calls,
    /// then inside one transaction.
    fn run_batch(
        &mut self,
        statement: &Translated,
        text: &str,
        rows: &[u8],
        keep: bool,
    ) -> Result<Ran, Failure> {
        let mut filed: u64 = 0;
        let mut rest = rows;
        loop {
            let part = leading_rows(rest);
            rest = rest.get(part.len()..).unwrap_or_default();
            if !rest.is_empty() && self.transaction.is_none() {
                self.transaction.begin_implicit(self.engine.as_mut())?;
            }
            let keep = keep && self.may_keep(&statement.kept);
            let source = self.source(&statement.kept, text)?;
            let answer = self.engine.batch(source, part, keep)?;
            self.take_over(statement, &answer)?;
            filed = filed.saturating_add(changed(&answer));
            if rest.is_empty() {
                return Ok(Ran::Tag(tag(Verb::Insert, filed)));
            }
        }
    }

    /// Runs what one statement of the client became, in order; the last gives the tag.
    fn run_several(&mut self, all: &[IrisStatement]) -> Result<Ran, Failure> {
        let data = all.iter().all(|one| !matches!(one.verb, Verb::Ddl(_)));
        if data && self.transaction.is_none() {
            self.transaction.begin_implicit(self.engine.as_mut())?;
        }
        let mut last = String::new();
        for iris in all {
            let mut list = Writer::new();
            self.binder(Bound::NONE, None).one(iris, &mut list)?;
            let source = Source::Text(&iris.text);
            let answer = self.engine.run(source, list.as_bytes(), Want::default())?;
            self.judge(&answer, &iris.causes)?;
            self.after_change(iris.verb);
            last = tag(iris.verb, changed(&answer));
        }
        Ok(Ran::Tag(last))
    }

    /// Checks an answer and keeps what it says about handle, level and generation.
    fn take_over(&mut self, statement: &Translated, answer: &Answer) -> Result<(), Failure> {
        self.note(&statement.kept, answer)?;
        self.judge(answer, &statement.causes())
    }

    /// Whether IRIS did what it was asked; its level must be ours in any case.
    pub(super) fn judge(&mut self, answer: &Answer, causes: &Causes) -> Result<(), Failure> {
        self.stamp = answer.generation;
        self.transaction.check(answer)?;
        match answer.status {
            Status::Done => Ok(()),
            _ => Err(cause::report(answer, causes).into()),
        }
    }

    /// The shape of a result; none for a statement without rows.
    fn shape_of(
        &self,
        statement: &Translated,
        answer: &Answer,
        known: Option<Rc<Known>>,
    ) -> Option<Rc<Shape>> {
        let known = match &answer.metadata {
            Some(metadata) => Some(statement.learn(metadata, self.generation())),
            None => known,
        };
        known.map(|known| Rc::clone(&known.shape)).filter(|shape| !shape.fields.is_empty())
    }

    /// A definition changed: every session's translations are to be looked at again.
    pub(super) fn after_change(&mut self, verb: Verb) {
        if let Verb::Ddl(_) = verb {
            self.generation.raise();
        }
    }

    /// The warning that IRIS does not undo DDL, once per block.
    pub(super) fn warn_of_ddl(&mut self, statement: &Translated, client: &mut dyn Client) {
        if let Some(Verb::Ddl(tag)) = statement.verb()
            && self.transaction.note_ddl(tag)
        {
            let message = "InterSystems IRIS does not undo definitions when a transaction is \
                           rolled back";
            client.outbox().notice(&Report::new(Severity::Warning, "01000", message));
        }
    }

    /// What a statement is, by IRIS's word if nothing else tells; it does not run.
    pub(super) fn ask(&mut self, statement: &Translated) -> Result<Rc<Known>, Failure> {
        if let Some(known) = statement.known(self.generation()) {
            return Ok(known);
        }
        let Some(sent) = statement.sent() else {
            return Err(Report::error("XX000", "internal error").into());
        };
        let data = matches!(sent.verb, Verb::Select | Verb::Insert | Verb::Update | Verb::Delete);
        let keep = data && self.may_keep(&statement.kept);
        let answer = self.engine.prepare(sent.text, keep)?;
        self.take_over(statement, &answer)?;
        let metadata = answer.metadata.as_ref();
        let metadata = metadata.ok_or_else(|| Report::error("XX000", "internal error"))?;
        Ok(statement.learn(metadata, self.generation()))
    }
}

/// As many rows of a list as one call takes, at least one.
fn leading_rows(rows: &[u8]) -> &[u8] {
    if rows.len() <= BATCH_BYTES_MAX {
        return rows;
    }
    let mut reader = Reader::new(rows);
    let mut end = 0;
    while matches!(reader.skip_one(), Ok(true)) {
        if reader.position() > BATCH_BYTES_MAX && end > 0 {
            break;
        }
        end = reader.position();
    }
    rows.get(..end).unwrap_or(rows)
}

/// The codecs for a shape and the formats that Bind asked for.
pub(super) fn codecs(shape: &Shape, formats: &[i16], zone: Zone) -> Result<Vec<Codec>, Failure> {
    check_result_formats(formats, shape.types.len())?;
    shape
        .types
        .iter()
        .enumerate()
        .map(|(index, (ty, typmod))| {
            let code = format_at(formats, index).unwrap_or(0);
            Ok(Codec { ty: *ty, typmod: *typmod, format: format(code)?, zone })
        })
        .collect()
}

/// Bind gives no result format, one for all columns, or one for each.
pub(super) fn check_result_formats(formats: &[i16], columns: usize) -> Result<(), Failure> {
    let given = formats.len();
    if given <= 1 || given == columns || columns == 0 {
        return Ok(());
    }
    let message =
        format!("bind message has {given} result formats but query has {columns} columns");
    Err(Report::error("08P01", message).into())
}

fn is_way_out(action: &Action) -> bool {
    match action {
        Action::Transaction(verb) => super::transaction::Transaction::ends_failed_block(verb),
        _ => false,
    }
}

/// What a failed block answers to everything but its end.
pub(super) fn aborted() -> Failure {
    Report::error(
        "25P02",
        "current transaction is aborted, commands ignored until end of transaction block",
    )
    .into()
}

fn returns_rows(verb: Verb) -> bool {
    matches!(verb, Verb::Select | Verb::Call | Verb::Other(_))
}

fn tag_word(verb: Verb) -> &'static str {
    match verb {
        Verb::Select => "SELECT",
        Verb::Insert => "INSERT",
        Verb::Update => "UPDATE",
        Verb::Delete => "DELETE",
        Verb::Call => "CALL",
        Verb::Ddl(tag) | Verb::Other(tag) => tag,
    }
}

/// The number of rows that IRIS says it changed; it says −1 where it does not count.
pub(super) fn changed(answer: &Answer) -> u64 {
    u64::try_from(answer.row_count).unwrap_or(0)
}

/// The command tag.
pub(super) fn tag(verb: Verb, count: u64) -> String {
    match verb {
        Verb::Select => format!("SELECT {count}"),
        Verb::Insert => format!("INSERT 0 {count}"),
        Verb::Update => format!("UPDATE {count}"),
        Verb::Delete => format!("DELETE {count}"),
        other => tag_word(other).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_parted_between_rows() {
        let mut list = Writer::new();
        for number in 0..5 {
            list.list(&vec![number; 900_000]);
        }
        let mut rest = list.as_bytes();
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let part = leading_rows(rest);
            rest = &rest[part.len()..];
            parts.push(Reader::new(part).count_elements().unwrap());
        }
        assert_eq!(parts, [2, 2, 1]);
    }

    #[test]
    fn a_row_longer_than_the_limit_goes_alone() {
        let mut list = Writer::new();
        list.list(&vec![1; BATCH_BYTES_MAX + 10]);
        list.list(&[2]);
        assert_eq!(Reader::new(leading_rows(list.as_bytes())).count_elements(), Ok(1));
    }
}
