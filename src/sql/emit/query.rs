//! Queries, and what surrounds their bodies.

use super::limit::{Rows, Style};
use super::order::check_spans;
use super::scope::Scope;
use super::source::plain;
use super::{Emitter, refuse};
use crate::sql::bound::{Body, Column, Query, SetKind, SetOperation, SortKey};
use crate::sql::error::SqlError;
use crate::sql::statement::Output;
use crate::types::pg::PgType;

/// What a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The statement itself.
    Top,
    /// A table in FROM: its columns are named from outside.
    Derived,
    /// A subquery in an expression: the order of its rows does not matter.
    Inner,
    /// The source of an INSERT: every value on its way into a column.
    Filed,
    /// The same where the gateway itself carries the rows, and checks them.
    Fetched,
}

/// Different names for the columns of a query, their own where IRIS takes them.
pub(super) fn names(columns: &[Column]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let taken = names.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
        names.push(match !taken && plain(&column.name) {
            true => column.name.clone(),
            false => format!("irispg_c{}", index.saturating_add(1)),
        });
    }
    names
}

/// What the client is told of a column.
pub(super) fn output(column: &Column) -> Output {
    Output::Column {
        name: Some(column.name.clone()),
        ty: Some(column.ty),
        typmod: column.typmod,
        scale: column.scale.filter(|_| column.ty == PgType::Numeric),
        origin: column.origin.as_ref().map(|origin| (origin.table.clone(), origin.number)),
    }
}

impl Emitter<'_> {
    /// Prints a query; gives the names of its columns when it is a table in FROM.
    pub(super) fn query(&mut self, query: &Query, role: Role) -> Result<Vec<String>, SqlError> {
        let own = match role {
            Role::Derived => names(&query.columns),
            _ => Vec::new(),
        };
        let walls = self.walls.len();
        if role == Role::Derived {
            self.walls.push(self.scopes.len());
        }
        self.query_as(query, &own, role)?;
        self.walls.truncate(walls);
        Ok(own)
    }

    /// Prints a query with these names for its columns; none where they need no names.
    fn query_as(&mut self, query: &Query, names: &[String], role: Role) -> Result<(), SqlError> {
        self.enter()?;
        irispg_grammar::deeper(|| self.query_parts(query, names, role))?;
        self.leave();
        Ok(())
    }

    fn query_parts(&mut self, query: &Query, names: &[String], role: Role) -> Result<(), SqlError> {
        if query.lock.is_some() {
            return Err(refuse("SELECT FOR UPDATE and FOR SHARE are not supported"));
        }
        let rows = self.rows(query)?;
        // Which rows there are does not depend on the order.
        let unordered = role == Role::Inner && rows == Rows::default();
        let keys = if unordered { &[] } else { query.order.as_slice() };
        match &query.body {
            Body::Select(select) => self.select(query, select, keys, names, role, rows),
            Body::Set(_) | Body::Values(_) if keys.is_empty() && rows == Rows::default() => {
                self.legs(query, names, role)
            }
            Body::Set(_) | Body::Values(_) => self.surrounded(query, keys, names, role, &rows),
        }
    }

    /// A UNION or VALUES with ORDER BY or row counts, which go around it.
    fn surrounded(
        &mut self,
        query: &Query,
        keys: &[SortKey],
        names: &[String],
        role: Role,
        rows: &Rows,
    ) -> Result<(), SqlError> {
        if query.ties {
            return Err(refuse("WITH TIES is supported for a SELECT only"));
        }
        let style = rows.style(role == Role::Top, self.options.version);
        let own = self::names(&query.columns);
        let outer = if names.is_empty() { &own } else { names };
        let mut numbered = None;
        if style == Style::Numbered {
            let alias = self.fresh("q");
            self.out.word("SELECT");
            self.list(&alias, &own, outer)?;
            self.out.word("FROM").open();
            numbered = Some(alias);
        }
        let alias = self.fresh("q");
        self.out.word("SELECT");
        let ordered = !keys.is_empty()
            && style != Style::Top
            && (role != Role::Top || style == Style::Numbered);
        let inner = if style == Style::Numbered { Style::None } else { style };
        self.print_top(rows, inner, ordered);
        self.list(&alias, &own, if numbered.is_some() { &own } else { outer })?;
        self.out.word("FROM").open();
        self.walls.push(self.scopes.len());
        self.legs(query, &own, Role::Derived)?;
        self.walls.pop();
        self.out.close().word("AS").name(&alias)?;
        let outputs = own.iter().map(|name| (alias.clone(), name.clone())).collect();
        self.scopes.push(Scope { outputs, ..Scope::default() });
        self.order_by(keys)?;
        self.scopes.pop();
        if let Some(alias) = numbered {
            self.out.close().word("AS").name(&alias)?;
            self.print_numbered(rows);
        }
        if style == Style::Tail {
            self.print_tail(rows);
        }
        Ok(())
    }

    /// Prints the columns of a query in FROM, under new names where they differ.
    pub(super) fn list(
        &mut self,
        alias: &str,
        own: &[String],
        outer: &[String],
    ) -> Result<(), SqlError> {
        for (index, name) in own.iter().enumerate() {
            self.out.separate(index);
            self.qualified(alias, name)?;
            if let Some(outer) = outer.get(index).filter(|outer| *outer != name) {
                self.out.word("AS").name(outer)?;
            }
        }
        Ok(())
    }

    /// Prints the queries that a set operation joins, or the rows of VALUES.
    fn legs(&mut self, query: &Query, names: &[String], role: Role) -> Result<(), SqlError> {
        match &query.body {
            Body::Values(rows) => self.values(rows, names),
            Body::Set(operation) if operation.kind == SetKind::Union => {
                if !operation.all {
                    check_spans(query.columns.iter().map(|column| column.ty))?;
                }
                self.union(operation, names)
            }
            Body::Set(operation) => {
                check_spans(query.columns.iter().map(|column| column.ty))?;
                self.matched(operation, &query.columns, names)
            }
            Body::Select(_) => self.query_as(query, names, role),
        }
    }

    /// A UNION, whose first query may be a UNION of the same kind.
    fn union(&mut self, operation: &SetOperation, names: &[String]) -> Result<(), SqlError> {
        let mut legs = Vec::new();
        let mut rest = operation;
        loop {
            legs.push(&rest.right);
            match &rest.left.body {
                Body::Set(left)
                    if left.kind == SetKind::Union && left.all == rest.all && bare(&rest.left) =>
                {
                    rest = left;
                }
                _ => break,
            }
        }
        legs.push(&rest.left);
        for (index, leg) in legs.into_iter().rev().enumerate() {
            if index > 0 {
                self.out.word(if operation.all { "UNION ALL" } else { "UNION" });
            }
            self.leg(leg, if index == 0 { names } else { &[] })?;
        }
        Ok(())
    }

    /// One query of a UNION. What is more than a SELECT stands in FROM of one.
    ///
    /// UNVERIFIED(iris): that a SELECT of a UNION may have window functions: the reference says
    /// where in a SELECT they may stand, and not in which SELECT.
    pub(super) fn leg(&mut self, leg: &Query, names: &[String]) -> Result<(), SqlError> {
        let simple = match &leg.body {
            Body::Select(_) => bare(leg),
            Body::Values(rows) => bare(leg) && rows.len() == 1,
            Body::Set(_) => false,
        };
        if simple {
            return self.query_as(leg, names, Role::Inner);
        }
        let alias = self.fresh("q");
        let own = self::names(&leg.columns);
        self.out.word("SELECT");
        self.list(&alias, &own, names)?;
        self.out.word("FROM").open();
        self.query(leg, Role::Derived)?;
        self.out.close().word("AS").name(&alias)?;
        Ok(())
    }
}

/// Whether a query is its body and nothing else that counts.
pub(super) fn bare(query: &Query) -> bool {
    query.limit.is_none() && query.offset.is_none() && query.order.is_empty()
}
