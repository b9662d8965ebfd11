//! Queries: WITH, set operations, and what surrounds a SELECT.

use super::limit::{Rows, Style};
use super::output::Column;
use super::scope::Shown;
use super::types::{is_text, promote};
use super::{Translator, refuse, values};
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, Verb};
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{Query, SetExpr, SetOperator, SetQuantifier, With};
use std::rc::Rc;

/// What a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The statement itself.
    Top,
    /// A table in FROM: its columns are named from outside.
    Derived,
    /// A subquery in an expression, or the source of an INSERT.
    Inner,
}

impl Translator<'_> {
    /// A SELECT statement.
    pub(super) fn top_query(&mut self, query: &Query) -> Result<Action, SqlError> {
        let columns = self.query(query, Role::Top)?;
        let outputs = columns.iter().map(Column::output).collect();
        self.finish(outputs, Verb::Select).map(Action::Iris)
    }

    /// A subquery of one column, or of any for EXISTS.
    pub(super) fn scalar_query(&mut self, query: &Query) -> Result<(), SqlError> {
        let before = self.no_aggregates.take();
        self.query(query, Role::Inner)?;
        self.no_aggregates = before;
        Ok(())
    }

    /// Prints a query and gives its columns.
    pub(super) fn query(&mut self, query: &Query, role: Role) -> Result<Vec<Column>, SqlError> {
        self.enter()?;
        let columns = grammar::deeper(|| self.query_parts(query, role))?;
        self.leave();
        Ok(columns)
    }

    fn query_parts(&mut self, query: &Query, role: Role) -> Result<Vec<Column>, SqlError> {
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        if !locks.is_empty() {
            return Err(refuse("SELECT FOR UPDATE and FOR SHARE are not supported"));
        }
        if for_clause.is_some()
            || settings.is_some()
            || format_clause.is_some()
            || !pipe_operators.is_empty()
        {
            return Err(refuse("this form of SELECT is not supported"));
        }
        let ctes = self.ctes.len();
        if let Some(with) = with {
            self.with(with)?;
        }
        let rows = self.rows(query)?;
        let columns = match body.as_ref() {
            SetExpr::Select(select) => self.select(query, select, role, rows)?,
            SetExpr::SetOperation { .. } => self.union(query, body, role, rows)?,
            SetExpr::Query(inner)
                if order_by.is_none() && limit_clause.is_none() && fetch.is_none() =>
            {
                self.query(inner, role)?
            }
            SetExpr::Query(_) => self.union(query, body, role, rows)?,
            SetExpr::Values(values) => {
                self.rule("a list of VALUES is a UNION ALL");
                let mut rows = query.clone();
                rows.with = None;
                *rows.body = values::united(values)?;
                self.query_parts(&rows, role)?
            }
            SetExpr::Insert(_)
            | SetExpr::Update(_)
            | SetExpr::Delete(_)
            | SetExpr::Merge(_)
            | SetExpr::Table(_) => {
                return Err(refuse("this form of query is not supported"));
            }
        };
        self.ctes.truncate(ctes);
        Ok(columns)
    }

    /// WITH queries are printed where they are named: IRIS takes WITH in few places.
    fn with(&mut self, with: &With) -> Result<(), SqlError> {
        if with.recursive {
            return Err(refuse("WITH RECURSIVE is not supported"));
        }
        let first = self.ctes.len();
        for cte in &with.cte_tables {
            if cte.alias.at.is_some() || cte.from.is_some() {
                return Err(refuse("this form of a WITH query is not supported"));
            }
            let name = &cte.alias.name.value;
            if self.ctes.iter().skip(first).any(|(other, _)| other == name) {
                let message = format!("WITH query name \"{name}\" specified more than once");
                return Err(SqlError::new("42712", message));
            }
            let query = if cte.alias.columns.is_empty() {
                (*cte.query).clone()
            } else {
                values::renamed(&cte.query, &cte.alias)?
            };
            // Read once here, so that a query nobody names is checked, too.
            self.apart(|own| own.query(&query, Role::Derived).map(|_| ()))?;
            self.ctes.push((name.clone(), Rc::new(query)));
        }
        Ok(())
    }

    /// A UNION, with its ORDER BY and row counts around it.
    fn union(
        &mut self,
        query: &Query,
        body: &SetExpr,
        role: Role,
        rows: Rows,
    ) -> Result<Vec<Column>, SqlError> {
        let wrapped = query.order_by.is_some() || rows != Rows::default();
        if !wrapped {
            return self.legs(body, role);
        }
        let style = rows.style(role == Role::Top, self.options.version);
        let inner = match style {
            Style::Numbered => {
                self.out.word("SELECT * FROM").open();
                Style::None
            }
            style => style,
        };
        self.out.word("SELECT");
        let keys = query.order_by.is_some();
        self.print_top(rows, inner, keys && (role != Role::Top || style == Style::Numbered));
        self.out.word("* FROM").open();
        let columns = self.legs(body, Role::Derived)?;
        let alias = self.fresh();
        self.out.close().word("AS").name(&alias)?;
        self.order_by_names(query, &columns)?;
        if style == Style::Numbered {
            let alias = self.fresh();
            self.out.close().word("AS").name(&alias)?;
            self.print_numbered(rows);
        }
        if style == Style::Tail {
            self.print_tail(rows);
        }
        Ok(columns)
    }

    /// The queries that a UNION joins, all of the same kind.
    fn legs(&mut self, body: &SetExpr, role: Role) -> Result<Vec<Column>, SqlError> {
        let mut legs = Vec::new();
        let mut kind = None;
        let mut rest = body;
        while let SetExpr::SetOperation { left, op, set_quantifier, right } = rest {
            if *op != SetOperator::Union {
                return Err(refuse(format!("{op} is not supported")));
            }
            let all = match set_quantifier {
                SetQuantifier::All => true,
                SetQuantifier::None | SetQuantifier::Distinct => false,
                _ => return Err(refuse("UNION BY NAME is not supported")),
            };
            if kind.is_some_and(|kind| kind != all) {
                return Err(refuse("UNION and UNION ALL in one query are not supported"));
            }
            kind = Some(all);
            legs.push(right.as_ref());
            rest = left;
        }
        legs.push(rest);
        let word = if kind == Some(true) { "UNION ALL" } else { "UNION" };
        let mut columns: Vec<Column> = Vec::new();
        for (index, leg) in legs.into_iter().rev().enumerate() {
            if index > 0 {
                self.out.word(word);
            }
            let naming = if index == 0 { role } else { Role::Inner };
            let found = self.leg(leg, naming)?;
            columns = if index == 0 { found } else { merged(columns, &found) };
        }
        Ok(columns)
    }

    fn leg(&mut self, leg: &SetExpr, role: Role) -> Result<Vec<Column>, SqlError> {
        let role = if role == Role::Top { Role::Inner } else { role };
        match leg {
            SetExpr::Select(select) => {
                let plain = plain_query(leg.clone());
                self.select(&plain, select, role, Rows::default())
            }
            SetExpr::Query(query) => {
                let simple = matches!(query.body.as_ref(), SetExpr::Select(_))
                    && query.order_by.is_none()
                    && query.limit_clause.is_none()
                    && query.fetch.is_none();
                if simple {
                    return self.query(query, role);
                }
                self.out.word("SELECT * FROM").open();
                let columns = self.query(query, Role::Derived)?;
                let alias = self.fresh();
                self.out.close().word("AS").name(&alias)?;
                Ok(columns)
            }
            SetExpr::SetOperation { .. } => {
                self.out.word("SELECT * FROM").open();
                let columns = self.legs(leg, Role::Derived)?;
                let alias = self.fresh();
                self.out.close().word("AS").name(&alias)?;
                Ok(columns)
            }
            _ => Err(refuse("this form of query in a UNION is not supported")),
        }
    }
}

/// A query that is a body and nothing else.
fn plain_query(body: SetExpr) -> Query {
    Query {
        with: None,
        body: Box::new(body),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

/// The type that two queries of a UNION give a column.
fn united(a: Shown, b: Shown) -> Option<Shown> {
    let ty = match (a.ty, b.ty) {
        (x, y) if x == y => x,
        (PgType::Unknown, _) => return Some(b),
        (_, PgType::Unknown) => return Some(a),
        (x, y) if is_text(x) && is_text(y) => PgType::Text,
        (x, y) => promote(Some(x), Some(y))?,
    };
    let typmod = if a.ty == b.ty && a.typmod == b.typmod { a.typmod } else { -1 };
    Some(Shown { ty, typmod, scale: a.scale.filter(|_| a.scale == b.scale) })
}

/// The columns of a UNION: the first query's names, the types that both share.
fn merged(first: Vec<Column>, second: &[Column]) -> Vec<Column> {
    let types: Vec<Option<Shown>> = second
        .iter()
        .map(|column| match column {
            Column::Named { shown, .. } => *shown,
            Column::Wildcard => None,
        })
        .collect();
    let comparable = !first.contains(&Column::Wildcard) && !second.contains(&Column::Wildcard);
    first
        .into_iter()
        .enumerate()
        .map(|(index, column)| match column {
            Column::Named { name, shown, .. } => {
                let other = types.get(index).copied().flatten().filter(|_| comparable);
                let shown = shown.zip(other).and_then(|(a, b)| united(a, b));
                Column::Named { name, shown, stored: false }
            }
            Column::Wildcard => Column::Wildcard,
        })
        .collect()
}
