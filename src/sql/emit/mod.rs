//! From the bound tree to IRIS SQL, and to plans of several IRIS statements.
//!
//! Every column is printed with the alias of its source, every source has an alias of its own, and
//! a query in FROM names its columns, each differently: nothing rests on how IRIS resolves names.
//! What IRIS cannot do as PostgreSQL does it is refused here with 0A000.

mod aggregate;
mod array;
mod asked;
mod call;
mod cast;
mod change;
mod comparison;
mod conflict;
mod constant;
mod define;
mod expr;
mod insert;
mod limit;
mod magnitude;
mod matched;
mod member;
mod moment;
pub(super) mod number;
mod order;
mod pattern;
mod query;
mod quotient;
mod scaled;
mod scope;
mod select;
mod series;
mod shown;
mod source;
mod store;
mod table;
mod text;
mod unique;
mod update;
mod values;
mod window;
mod zone;

use super::MAX_DEPTH;
use super::bound::{Body, Change, Kind, Query, Statement};
use super::error::SqlError;
use super::printer::Printer;
use super::statement::{
    Action, Causes, Each, Fault, IrisStatement, Notice, Options, Output, Place, Rows, Store, Verb,
};
use crate::types::pg::PgType;
use change::Returning;
use query::{Role, output};
use scope::Scope;
use std::rc::Rc;

pub(super) use define::{Defining, defining};

/// How many nodes of the tree may be visited. A boolean value prints its condition twice and a
/// WITH query is printed where it is named, so short texts could grow without bounds.
const MAX_STEPS: usize = 1_000_000;

/// How many `?` a statement may have: IRIS's `%Execute` takes 380 arguments in an array.
/// UNVERIFIED(iris): newer releases may take more.
const MAX_PLACES: usize = 380;

/// 0A000 with a message.
fn refuse(message: impl Into<std::borrow::Cow<'static, str>>) -> SqlError {
    SqlError::unsupported(message)
}

/// What is to be said of a statement.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// For the client.
    pub(super) notices: Vec<Notice>,
    /// Which rules changed the statement.
    pub(super) rules: Vec<&'static str>,
}

/// Prints a bound statement for IRIS.
///
/// # Errors
///
/// 0A000 for what IRIS cannot do exactly, 54000 and 54001 for what grows too large.
pub(super) fn statement(
    bound: &Statement,
    options: &Options<'_>,
) -> Result<(Action, Remarks), SqlError> {
    if !options.utc {
        zone::check(bound)?;
    }
    if let Some(asked) = asked::read(bound)? {
        let remarks = Remarks { notices: bound.notices.clone(), rules: Vec::new() };
        return Ok((Action::Asked(asked), remarks));
    }
    shown::check_lengths(bound)?;
    let mut emitter = Emitter::new(bound, options);
    let action = match &bound.kind {
        Kind::Query(query) => emitter.top(query),
        Kind::Change(change) => match change.as_ref() {
            Change::Insert(insert) => emitter.insert(insert),
            Change::Update(update) => emitter.update(update),
            Change::Delete(delete) => emitter.delete(delete),
        },
    }?;
    let Emitter { rules, .. } = emitter;
    Ok((action, Remarks { notices: bound.notices.clone(), rules }))
}

/// The state of one statement's printing.
struct Emitter<'a> {
    options: &'a Options<'a>,
    bound: &'a Statement,
    out: Printer,
    /// The queries around the present place, innermost last.
    scopes: Vec<Scope>,
    /// How many of the scopes were there when a query in FROM began: IRIS's queries in FROM see
    /// neither the tables beside them nor those further out.
    walls: Vec<usize>,
    /// Rules that changed the statement, each once.
    rules: Vec<&'static str>,
    /// In INSERT … SELECT: the columns that the values go to.
    stores: Vec<Rc<Store>>,
    /// Queries that run before the statement, for [`Place::First`].
    firsts: Vec<IrisStatement>,
    /// Nesting of the present node.
    depth: usize,
    steps: usize,
    /// How many names were made.
    made: usize,
    /// Whether constants beside columns are bound, as in WHERE: texts that differ in them alone
    /// are then the same text to IRIS.
    binding: bool,
    /// Whether the range of the next value is checked by whoever takes it.
    checked: bool,
    /// Whether arithmetic is printed as it is, since another copy of it is checked.
    unguarded: bool,
    /// The table that is changed row by row.
    changing: Option<String>,
    /// How many constants were bound.
    constants: usize,
    /// Whether the row count of the next query must not be more than one when it is bound.
    one_row: bool,
    /// What IRIS's errors mean in the statement so far.
    causes: Causes,
}

impl<'a> Emitter<'a> {
    fn new(bound: &'a Statement, options: &'a Options<'a>) -> Self {
        Self {
            options,
            bound,
            out: Printer::default(),
            scopes: Vec::new(),
            walls: Vec::new(),
            rules: Vec::new(),
            stores: Vec::new(),
            firsts: Vec::new(),
            depth: 0,
            steps: 0,
            made: 0,
            binding: false,
            checked: false,
            unguarded: false,
            changing: None,
            constants: 0,
            one_row: false,
            causes: Causes::default(),
        }
    }

    /// Notes what the root of a negative number means here.
    fn illegal(&mut self, fault: Fault) {
        note(&mut self.causes.illegal, fault);
    }

    /// Enters a node of the tree; [`Self::leave`] must follow.
    fn enter(&mut self) -> Result<(), SqlError> {
        self.depth = self.depth.saturating_add(1);
        self.steps = self.steps.saturating_add(1);
        if self.depth > MAX_DEPTH.saturating_mul(2) {
            return Err(SqlError::new("54001", "stack depth limit exceeded"));
        }
        if self.steps > MAX_STEPS {
            return Err(SqlError::new("54000", "statement is too long after translation"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Notes that a rule changed the statement.
    fn rule(&mut self, rule: &'static str) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// Prints a part apart from the text so far.
    fn apart(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<Printer, SqlError> {
        let outside = std::mem::take(&mut self.out);
        let done = part(self);
        let inside = std::mem::replace(&mut self.out, outside);
        done.map(|()| inside)
    }

    /// A SELECT statement, or the plan of one.
    fn top(&mut self, query: &Query) -> Result<Action, SqlError> {
        if !matches!(query.body, Body::Select(_)) {
            shown::check(query)?;
        }
        self.query(query, Role::Top)?;
        let outputs = query.columns.iter().map(output).collect();
        let statement = self.finish(outputs, Verb::Select)?;
        if self.firsts.is_empty() {
            return Ok(Action::Iris(statement));
        }
        let outputs = statement.outputs.clone();
        let returning = Returning { outputs, ..Returning::default() };
        let plan = self.plan(Rows::One, Each::Give(statement), returning, Verb::Select);
        Ok(Action::Plan(Box::new(plan)))
    }

    /// Prints a query in an expression, without parentheses: for `EXISTS (…)`, `IN (…)` and a
    /// scalar subquery that cannot have two rows.
    fn subquery(&mut self, query: &Query) -> Result<(), SqlError> {
        self.query(query, Role::Inner).map(|_| ())
    }

    /// Prints a scalar subquery with its parentheses, or the place of its value.
    ///
    /// PostgreSQL raises 21000 for a second row, IRIS takes the first in silence. A query that may
    /// have two and names nothing around it is run before the statement; PostgreSQL would run it
    /// only when its value is asked for, so 21000 comes here even where it is not. One that names
    /// columns around it is refused, unless a parameter limits its rows, which is then looked at.
    fn scalar_subquery(
        &mut self,
        query: &Query,
        single: bool,
        correlated: bool,
    ) -> Result<(), SqlError> {
        let bound = correlated && !query.ties && query.limit.as_ref().is_some_and(limit::is_bound);
        if single || bound {
            self.one_row = !single;
            self.out.open();
            self.subquery(query)?;
            self.out.close();
            return Ok(());
        }
        if correlated {
            let message = "a subquery that may give several rows is not supported as a value here";
            return Err(refuse(message)
                .detail("IRIS would take the first row where PostgreSQL raises an error.")
                .hint("Add LIMIT 1, or use an aggregate such as max()."));
        }
        self.rule("a subquery that may give several rows is run first, and its value is bound");
        let number = self.before(query)?;
        let ty = query.columns.first().map_or(PgType::Text, |column| column.ty);
        self.typed(Place::First(number), ty, false);
        Ok(())
    }

    /// The number of a query that runs before the statement and names nothing around it.
    fn before(&mut self, query: &Query) -> Result<usize, SqlError> {
        let outside = std::mem::take(&mut self.out);
        let scopes = std::mem::take(&mut self.scopes);
        let walls = std::mem::take(&mut self.walls);
        let printed = self.first(query);
        self.walls = walls;
        self.scopes = scopes;
        self.out = outside;
        printed
    }

    fn first(&mut self, query: &Query) -> Result<usize, SqlError> {
        self.query(query, Role::Inner)?;
        let outputs = query.columns.iter().map(output).collect();
        let statement = self.finish(outputs, Verb::Select)?;
        if let Some(same) = self
            .firsts
            .iter()
            .position(|first| first.text == statement.text && first.places == statement.places)
        {
            return Ok(same);
        }
        self.firsts.push(statement);
        Ok(self.firsts.len().saturating_sub(1))
    }

    /// Ends a statement for IRIS.
    fn finish(&mut self, outputs: Vec<Output>, verb: Verb) -> Result<IrisStatement, SqlError> {
        let printed = std::mem::take(&mut self.out).finish()?;
        check_places(&printed.places)?;
        Ok(IrisStatement {
            text: printed.text,
            places: printed.places,
            parameters: self.bound.parameters.iter().copied().map(Some).collect(),
            outputs,
            verb,
            tables: self.bound.tables.clone(),
            limits: printed.limits,
            resolved: true,
            // Parts of a statement may have been printed in another one, so all are kept.
            causes: Rc::new(self.causes.clone()),
        })
    }
}

/// Adds a fault that is not known yet.
fn note(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

/// Refuses more places than IRIS binds.
fn check_places(places: &[Place]) -> Result<(), SqlError> {
    if places.len() <= MAX_PLACES {
        return Ok(());
    }
    let message = format!("cannot bind more than {MAX_PLACES} values in one statement");
    Err(SqlError::new("54000", message)
        .detail(format!("The statement has {} places for values.", places.len())))
}
