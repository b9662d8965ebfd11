//! From the grammar's tree and the catalog to the bound tree.
//!
//! Names are looked up, `*` is written out, and every expression gets a PostgreSQL type; what
//! PostgreSQL refuses for its meaning is refused here, in its words and at its place. Nothing here
//! knows what IRIS can do.
//!
//! * `scope` knows which names can be used where, `from` and `join` fill it;
//! * `query`, `with`, `set`, `select`, `star`, `group`, `order`, `limit`, `values` and `window`
//!   bind the parts of queries;
//! * `change` binds INSERT, UPDATE and DELETE;
//! * `expr` binds expressions, which take their types from what stands around them.

mod aggregate;
mod call;
mod change;
mod clause;
mod coerce;
mod conditional;
mod expr;
mod from;
mod group;
mod join;
mod keyword;
mod label;
mod limit;
mod literal;
mod operation;
mod order;
mod parameter;
mod place;
mod predicate;
mod query;
mod rows;
mod scope;
mod select;
mod set;
mod star;
mod subquery;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]
mod tests;
pub(super) mod typename;
mod values;
mod window;
mod with;

use super::MAX_DEPTH;
use super::bound;
use super::error::SqlError;
use super::lexer::Token;
use super::statement::{Notice, Options, TableName};
use clause::Clause;
use irispg_grammar::ast;
use parameter::Parameters;
use place::Places;
use scope::{Cte, Scope};

/// How many nodes of the tree may be visited: a WITH query is bound once, but `*` and USING make
/// expressions of their own.
const MAX_STEPS: usize = 1_000_000;

/// 0A000 with a message.
fn refuse(message: impl Into<std::borrow::Cow<'static, str>>) -> SqlError {
    SqlError::unsupported(message)
}

/// Sets the place of an error, where it is known.
fn at(error: SqlError, at: bound::At) -> SqlError {
    match at.0 {
        Some(offset) => error.at(offset),
        None => error,
    }
}

/// Binds a query, an INSERT, an UPDATE or a DELETE.
pub(super) fn statement(
    tree: &ast::Statement,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<bound::Statement, SqlError> {
    let mut binder = Binder::new(tokens, options);
    let kind = binder.kind(tree)?;
    binder.finish(kind)
}

/// The state of one statement's binding.
struct Binder<'a> {
    options: &'a Options<'a>,
    /// Where things stand in the query string.
    places: Places<'a>,
    /// Types of `$1`, `$2`, …, as far as they are decided.
    parameters: Parameters,
    /// The queries around the present place, innermost last.
    scopes: Vec<Scope>,
    /// WITH queries that can be named here, the nearest last.
    ctes: Vec<Cte>,
    /// The tables named so far.
    tables: Vec<TableName>,
    notices: Vec<Notice>,
    /// What the present expression stands in.
    clause: Clause,
    /// Nesting of the present node.
    depth: usize,
    steps: usize,
    /// The outermost query whose columns were named since this was reset: its index in `scopes`.
    outermost: usize,
}

impl<'a> Binder<'a> {
    fn new(tokens: &'a [Token], options: &'a Options<'a>) -> Self {
        Self {
            options,
            places: Places::new(tokens),
            parameters: Parameters::declared(options.declared),
            scopes: Vec::new(),
            ctes: Vec::new(),
            tables: Vec::new(),
            notices: Vec::new(),
            clause: Clause::Select,
            depth: 0,
            steps: 0,
            outermost: usize::MAX,
        }
    }

    /// The statement's end.
    fn finish(mut self, kind: bound::Kind) -> Result<bound::Statement, SqlError> {
        Ok(bound::Statement {
            kind,
            parameters: self.parameters.settled()?,
            tables: std::mem::take(&mut self.tables),
            notices: std::mem::take(&mut self.notices),
        })
    }

    /// Binds a node of the tree on a stack that is deep enough for it.
    fn within<T>(
        &mut self,
        bind: impl FnOnce(&mut Self) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        self.steps = self.steps.saturating_add(1);
        if self.steps > MAX_STEPS {
            return Err(SqlError::new("54000", "statement is too long after binding"));
        }
        if self.depth >= MAX_DEPTH.saturating_mul(2) {
            return Err(SqlError::new("54001", "stack depth limit exceeded"));
        }
        self.depth = self.depth.saturating_add(1);
        let done = irispg_grammar::deeper(|| bind(self));
        self.depth = self.depth.saturating_sub(1);
        done
    }

    /// Binds something that stands in a clause.
    fn inside<T>(
        &mut self,
        clause: Clause,
        bind: impl FnOnce(&mut Self) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        let around = std::mem::replace(&mut self.clause, clause);
        let done = bind(self);
        self.clause = around;
        done
    }
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
mod record;
