//! From the bound tree to IRIS SQL, and to plans of several IRIS statements.
//!
//! Every column is printed with the alias of its source, every source has an alias of its own, and
//! a query in FROM names its columns, each differently: nothing rests on how IRIS resolves names.
//! What IRIS cannot do as PostgreSQL does it is refused here with 0A000.

#![expect(dead_code, reason = "the binder and the emitter are not switched on")]

mod aggregate;
mod array;
mod call;
mod cast;
mod comparison;
mod constant;
mod expr;
mod moment;
mod number;
mod pattern;
mod quotient;
mod scope;
mod span;
mod store;
mod table;
mod text;
mod window;

use super::MAX_DEPTH;
use super::bound::{Kind, Query, Statement};
use super::error::SqlError;
use super::printer::Printer;
use super::statement::{Action, IrisStatement, Notice, Options, Output, Place, Verb};
use scope::Scope;

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
    let emitter = Emitter::new(bound, options);
    let action = match &bound.kind {
        Kind::Query(_) | Kind::Change(_) => Err(refuse("this statement is not supported")),
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
    /// Rules that changed the statement, each once.
    rules: Vec<&'static str>,
    /// Queries that run before the statement, for [`Place::First`].
    firsts: Vec<IrisStatement>,
    /// Nesting of the present node.
    depth: usize,
    steps: usize,
    /// How many names were made.
    named: usize,
}

impl<'a> Emitter<'a> {
    fn new(bound: &'a Statement, options: &'a Options<'a>) -> Self {
        Self {
            options,
            bound,
            out: Printer::default(),
            scopes: Vec::new(),
            rules: Vec::new(),
            firsts: Vec::new(),
            depth: 0,
            steps: 0,
            named: 0,
        }
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

    /// Prints a query in an expression, without parentheses: for `EXISTS (…)`, `IN (…)` and a
    /// scalar subquery that cannot have two rows.
    fn subquery(&mut self, _query: &Query) -> Result<(), SqlError> {
        Err(refuse("subqueries are not supported"))
    }

    /// Prints a scalar subquery with its parentheses, or the place of its value.
    fn scalar_subquery(
        &mut self,
        _query: &Query,
        _single: bool,
        _correlated: bool,
    ) -> Result<(), SqlError> {
        Err(refuse("subqueries are not supported"))
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
        })
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
