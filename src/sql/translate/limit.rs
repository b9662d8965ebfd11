//! LIMIT, OFFSET, FETCH FIRST and TOP.

use super::value::{negated_number, placeholder};
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::{LimitKind, Place, Version};
use crate::types::pg::PgType;
use irispg_grammar::ast::{Expr, Fetch, LimitClause, Query, SetExpr, Top, TopQuantity, Value};

/// The first release whose SELECT takes LIMIT and OFFSET.
const LIMIT_SINCE: Version = Version { major: 2025, minor: 1 };

/// The first release in which OFFSET without LIMIT works.
const OFFSET_ALONE_SINCE: Version = Version { major: 2025, minor: 2 };

/// A row count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// A constant.
    Rows(u64),
    /// A parameter's 0-based number.
    Parameter(usize),
}

/// How many rows a query gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rows {
    /// At most this many.
    pub(super) limit: Option<Count>,
    /// After leaving out this many.
    pub(super) offset: Option<Count>,
}

/// How a query's row counts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// There are none.
    None,
    /// `LIMIT n OFFSET m` at the end.
    Tail,
    /// `TOP n`
    Top,
    /// A query around it that counts rows with `%VID`.
    Numbered,
}

impl Rows {
    /// Which style serves. In a subquery IRIS takes ORDER BY only with TOP.
    pub(super) fn style(self, top_level: bool, version: Version) -> Style {
        match (self.limit, self.offset) {
            (None, None) => Style::None,
            (Some(_), None) if !top_level || version < LIMIT_SINCE => Style::Top,
            (None, Some(_)) if version < OFFSET_ALONE_SINCE => Style::Numbered,
            _ if !top_level || version < LIMIT_SINCE => Style::Numbered,
            _ => Style::Tail,
        }
    }
}

impl Translator<'_> {
    /// The row counts of a query.
    pub(super) fn rows(&mut self, query: &Query) -> Result<Rows, SqlError> {
        let (limit, offset) = match &query.limit_clause {
            None => (None, None),
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(_) => {
                return Err(refuse("LIMIT #,# syntax is not supported")
                    .hint("Use separate LIMIT and OFFSET clauses."));
            }
        };
        let mut rows = Rows {
            limit: limit.map(|e| self.count(e, LimitKind::Limit)).transpose()?.flatten(),
            offset: offset.map(|e| self.count(e, LimitKind::Offset)).transpose()?.flatten(),
        };
        if let Some(Fetch { with_ties, percent, quantity }) = &query.fetch {
            if *with_ties || *percent || limit.is_some() {
                return Err(refuse("this form of FETCH FIRST is not supported"));
            }
            rows.limit = match quantity {
                None => Some(Count::Rows(1)),
                Some(quantity) => self.count(quantity, LimitKind::Limit)?,
            };
        }
        if let SetExpr::Select(select) = query.body.as_ref()
            && let Some(Top { with_ties, percent, quantity }) = &select.top
        {
            if *with_ties || *percent || rows != Rows::default() {
                return Err(refuse("TOP beside LIMIT, and its options, are not supported"));
            }
            rows.limit = match quantity {
                Some(TopQuantity::Expr(e)) => self.count(e, LimitKind::Limit)?,
                Some(TopQuantity::Constant(n)) => Some(Count::Rows(*n)),
                None => None,
            };
        }
        Ok(rows)
    }

    /// A count: a constant, a parameter, or NULL for none.
    fn count(&mut self, expr: &Expr, kind: LimitKind) -> Result<Option<Count>, SqlError> {
        let inner = match super::value::bare(expr) {
            Expr::Cast { expr, data_type, .. }
                if super::types::spec(data_type)
                    .is_ok_and(|spec| super::types::is_integer(spec.ty)) =>
            {
                super::value::bare(expr)
            }
            other => other,
        };
        if let Some(number) = negated_number(inner) {
            let number = number?;
            if number.digits.starts_with('-') {
                return Err(match kind {
                    LimitKind::Limit => SqlError::new("2201W", "LIMIT must not be negative"),
                    LimitKind::Offset => SqlError::new("2201X", "OFFSET must not be negative"),
                });
            }
            let rows = super::literal::round(&number.digits, 0).parse::<u64>().ok();
            return rows
                .map(|rows| Some(Count::Rows(rows)))
                .ok_or_else(|| SqlError::new("22003", "bigint out of range"));
        }
        if let Some(written) = placeholder(inner) {
            self.settle(inner, PgType::Int8)?;
            return Ok(Some(Count::Parameter(self.number(written)?)));
        }
        match inner {
            Expr::Value(value) if value.value == Value::Null => Ok(None),
            Expr::Identifier(all) if all.value == "all" && all.quote_style.is_none() => Ok(None),
            _ => Err(refuse("LIMIT and OFFSET are supported for constants and parameters only")),
        }
    }

    /// Prints a count.
    pub(super) fn print_count(&mut self, count: Count, kind: LimitKind) {
        match count {
            Count::Rows(rows) => self.out.count(rows),
            Count::Parameter(number) => self.out.limit(Place::Parameter(number, None), kind),
        };
    }

    /// Prints `LIMIT n OFFSET m`.
    pub(super) fn print_tail(&mut self, rows: Rows) {
        if let Some(limit) = rows.limit {
            self.out.word("LIMIT");
            self.print_count(limit, LimitKind::Limit);
        }
        if let Some(offset) = rows.offset {
            self.out.word("OFFSET");
            self.print_count(offset, LimitKind::Offset);
        }
    }

    /// Prints the condition on `%VID` that stands for the counts.
    pub(super) fn print_numbered(&mut self, rows: Rows) {
        let offset = rows.offset.unwrap_or(Count::Rows(0));
        self.rule("OFFSET counts rows by %VID here, as this place or release has no OFFSET");
        self.out.word("WHERE %VID >");
        self.print_count(offset, LimitKind::Offset);
        if let Some(limit) = rows.limit {
            self.out.word("AND %VID <=");
            self.print_count(offset, LimitKind::Offset);
            self.out.word("+");
            self.print_count(limit, LimitKind::Limit);
        }
    }
}
