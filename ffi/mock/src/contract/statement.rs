//! Statements: prepare, run, run once per row, forget (contract §6).

use super::answer::{Answer, Trap};
use super::arguments::{Arguments, count};
use super::cursor::{Ahead, Cursor, Large, limit};
use super::{STATEMENTS, Session, metadata, transaction};
use crate::fault;
use crate::list::{Element, ListReader};
use crate::process::Environment;
use crate::sql::{Execution, Prepared, SqlFailure};
use std::rc::Rc;

/// Limit of the first block, in bytes, when the caller names none.
const FIRST_BLOCK: usize = 32_768;

/// Parameters that `%Execute` takes at most.
const PARAMETERS: usize = 380;

/// `want`: ship metadata.
const METADATA: i64 = 1;
/// `want`: keep the statement.
const KEEP: i64 = 2;
/// `want`: do not fetch.
const NO_FETCH: i64 = 4;

/// Statement types (facts, iris-sql §5.4).
const INSERT: i64 = 2;
const UPDATE: i64 = 3;
const DELETE: i64 = 4;
const CALL: i64 = 45;
const USE_DATABASE: i64 = 51;

/// Whether a statement of this type may be kept: the text of any other must not stay cached.
fn may_be_kept(statement_type: i64) -> bool {
    matches!(statement_type, 1..=4 | CALL)
}

/// Whether the sum `want` contains a power of two.
fn wants(want: i64, bit: i64) -> bool {
    want & bit != 0
}

/// Whether a statement gives rows: queries, and what a CALL returned.
fn is_query(prepared: &Prepared) -> bool {
    !prepared.columns.is_empty()
}

impl Session {
    /// `Run`.
    pub(super) fn run(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let level = environment.sql.level();
        let outcome = self.run_at(environment, arguments, answer);
        if outcome.is_err() {
            transaction::unwind(environment, level);
        }
        outcome
    }

    fn run_at(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let want = arguments.integer(3);
        let prepared = self.resolve(environment, arguments, want, answer)?;
        if prepared.statement_type == USE_DATABASE {
            return Err(Trap::misuse("USE DATABASE would change the namespace of the session"));
        }
        let parameters = arguments.bytes(2)?;
        check_parameters(&prepared, &parameters)?;
        self.close_cursors_of(answer.statement);
        let limit = limit(arguments.integer(4), FIRST_BLOCK);
        let first = if wants(want, NO_FETCH) { 0 } else { limit };
        let mut execution = execute(environment, &prepared, &parameters, answer, first)?;
        answer.sqlcode = i64::from(execution.sqlcode);
        answer.statement_type = prepared.statement_type;
        answer.rows = execution.row_count;
        if matches!(prepared.statement_type, INSERT | UPDATE) && execution.row_count > 0 {
            answer.row_id = std::mem::take(&mut execution.row_id);
        }
        if wants(want, METADATA) {
            metadata::write(&prepared.columns, &prepared.parameters, &mut answer.metadata);
        }
        if is_query(&prepared) {
            self.take_rows(environment, execution, first, answer)?;
        }
        self.settle(prepared, want, answer);
        Ok(())
    }

    /// Keeps what the first block left as a cursor. The class reads row by row: it notices the end
    /// only when a block had room for more, and no block at all was asked for by `NO_FETCH`.
    fn take_rows(
        &mut self,
        environment: &Environment,
        execution: Execution,
        limit: usize,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        self.check_cursors()?;
        answer.rows = execution.rows;
        let mut large = execution.oversized;
        let mut ahead = None;
        if limit == 0 && execution.rows > 0 {
            let (rows, large) = (std::mem::take(&mut answer.rows), large.take());
            ahead = Some(Ahead { block: answer.take_block(), rows, large });
        }
        let full = answer.block_length() >= limit;
        if execution.rest.is_none() && large.is_none() && !full {
            answer.sqlcode = 100;
            // The class has given the handle away and taken it back.
            self.last_cursor = self.last_cursor.saturating_add(1);
            return Ok(());
        }
        answer.sqlcode = 0;
        let row = execution.rows.saturating_sub(1);
        answer.cursor = self.keep_cursor(Cursor {
            statement: answer.statement,
            statement_type: answer.statement_type,
            level: environment.sql.level(),
            ahead,
            rest: execution.rest,
            large: large.map(|list| Large { row, list }),
        });
        Ok(())
    }

    /// `Prepare`.
    pub(super) fn prepare(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let want = arguments.integer(1);
        let prepared = self.prepare_text(environment, arguments, 0, want)?;
        answer.statement_type = prepared.statement_type;
        metadata::write(&prepared.columns, &prepared.parameters, &mut answer.metadata);
        self.settle(prepared, want, answer);
        Ok(())
    }

    /// `Batch`.
    pub(super) fn batch(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let level = environment.sql.level();
        let outcome = self.batch_at(environment, arguments, answer);
        if outcome.is_err() {
            transaction::unwind(environment, level);
        }
        outcome
    }

    fn batch_at(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let want = arguments.integer(3);
        let prepared = self.resolve(environment, arguments, want, answer)?;
        let statement_type = prepared.statement_type;
        if !matches!(statement_type, INSERT | UPDATE | DELETE) {
            return Err(Trap::misuse(format!(
                "a batch takes INSERT, UPDATE or DELETE, not a statement of type {statement_type}"
            )));
        }
        let (rows, _) = arguments.list(2, "the rows of the batch are not a list")?;
        if wants(want, METADATA) {
            metadata::write(&prepared.columns, &prepared.parameters, &mut answer.metadata);
        }
        self.close_cursors_of(answer.statement);
        transaction::start(environment, "Batch")?;
        let filed = each_row(environment, &prepared, &rows, answer);
        environment.sql.end_group(filed.is_ok())?;
        let total = filed?;
        transaction::end(environment, "Batch")?;
        answer.statement_type = statement_type;
        answer.rows = total;
        self.settle(prepared, want, answer);
        Ok(())
    }

    /// `Close`.
    pub(super) fn close(&mut self, arguments: &Arguments<'_>) -> Result<(), Trap> {
        let (kind, handle) = (arguments.integer(0), arguments.integer(1));
        match kind {
            1 => {
                self.close_cursors_of(handle);
                self.statements.remove(&handle);
            }
            2 => {
                self.cursors.remove(&handle);
            }
            3 => self.close_all(),
            other => return Err(Trap::misuse(format!("there is no kind {other} to close"))),
        }
        Ok(())
    }

    /// Forgets every statement and cursor. Handles are not used again.
    pub(super) fn close_all(&mut self) {
        self.statements.clear();
        self.cursors.clear();
    }

    /// The statement behind the handle of the first argument, or the prepared text of the second.
    fn resolve(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        want: i64,
        answer: &mut Answer,
    ) -> Result<Rc<Prepared>, Trap> {
        let handle = arguments.integer(0);
        if handle == 0 {
            return self.prepare_text(environment, arguments, 1, want);
        }
        self.check_open()?;
        let kept = self.statements.get(&handle);
        let prepared =
            kept.ok_or_else(|| Trap::misuse(format!("there is no statement {handle}")))?;
        answer.statement = handle;
        Ok(Rc::clone(prepared))
    }

    fn prepare_text(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        index: usize,
        want: i64,
    ) -> Result<Rc<Prepared>, Trap> {
        self.check_open()?;
        if wants(want, KEEP) && self.statements.len() >= STATEMENTS {
            return Err(Trap::misuse(format!("a session keeps at most {STATEMENTS} statements")));
        }
        let text = arguments.text(index)?;
        planned_failure()?;
        Ok(environment.sql.prepare(&text)?)
    }

    /// Ends a successful call: the statement is kept or closed.
    fn settle(&mut self, prepared: Rc<Prepared>, want: i64, answer: &mut Answer) {
        if !may_be_kept(answer.statement_type) {
            self.statements.remove(&answer.statement);
            answer.statement = 0;
        } else if answer.statement == 0 && wants(want, KEEP) {
            self.last_statement = self.last_statement.saturating_add(1);
            answer.statement = self.last_statement;
            self.statements.insert(answer.statement, prepared);
            if let Some(cursor) = self.cursors.get_mut(&answer.cursor) {
                cursor.statement = answer.statement;
            }
        }
    }
}

/// Runs a statement for each row of a batch and gives the sum of the row counts.
fn each_row(
    environment: &mut Environment,
    prepared: &Rc<Prepared>,
    rows: &[u8],
    answer: &mut Answer,
) -> Result<i64, Trap> {
    let mut total = 0_i64;
    for row in ListReader::new(rows) {
        answer.extra = answer.extra.saturating_add(1);
        let parameters = match row {
            Ok(Element::Bytes(list)) => list,
            Ok(Element::Undefined) => &[],
            _ => return Err(Trap::misuse("the parameters are not a list")),
        };
        check_parameters(prepared, parameters)?;
        environment.sql.keep_group()?;
        let execution = execute(environment, prepared, parameters, answer, 0)?;
        answer.sqlcode = i64::from(execution.sqlcode);
        answer.statement_type = prepared.statement_type;
        if prepared.statement_type != DELETE && execution.row_count > 0 {
            answer.row_id = execution.row_id;
        }
        total = total.saturating_add(execution.row_count);
    }
    Ok(total)
}

/// Misuse unless these are the statement's parameters.
fn check_parameters(prepared: &Prepared, parameters: &[u8]) -> Result<(), Trap> {
    let count = count(parameters).ok_or_else(|| Trap::misuse("the parameters are not a list"))?;
    if count > PARAMETERS {
        return Err(Trap::misuse(format!(
            "IRIS takes at most {PARAMETERS} parameters, not {count}"
        )));
    }
    let needed = prepared.parameters.len();
    if count != needed {
        return Err(Trap::misuse(format!("the statement takes {needed} parameters, not {count}")));
    }
    Ok(())
}

fn execute(
    environment: &mut Environment,
    prepared: &Rc<Prepared>,
    parameters: &[u8],
    answer: &mut Answer,
    limit: usize,
) -> Result<Execution, Trap> {
    planned_failure()?;
    Ok(environment.sql.execute(prepared, parameters, answer.block(), limit)?)
}

/// The failure that the fault plan has for this statement.
fn planned_failure() -> Result<(), Trap> {
    match fault::strike_statement() {
        None => Ok(()),
        Some(planned) => {
            let sqlcode = i32::try_from(planned.sqlcode).unwrap_or(i32::MIN);
            Err(SqlFailure { sqlcode, message: planned.message }.into())
        }
    }
}
