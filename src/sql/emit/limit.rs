//! LIMIT, OFFSET and FETCH FIRST.

use super::{Emitter, refuse};
use crate::sql::bound::{Body, Column, Distinct, Expr, Item, Literal, Node, Query, Select};
use crate::sql::error::SqlError;
use crate::sql::statement::{LimitKind, Place, Version};

/// The first release whose SELECT takes LIMIT and OFFSET.
const LIMIT_SINCE: Version = Version { major: 2025, minor: 1 };

/// The first release in which OFFSET without LIMIT works.
const OFFSET_ALONE_SINCE: Version = Version { major: 2025, minor: 2 };

/// A row count.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Count {
    /// A constant.
    Rows(u64),
    /// A value that is bound.
    Place(Place),
    /// A value that is bound and may not be more than one.
    OneRow(Place),
}

/// How many rows a query gives.
#[derive(Debug, Clone, PartialEq, Default)]
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
    pub(super) fn style(&self, top_level: bool, version: Version) -> Style {
        match (&self.limit, &self.offset) {
            (None, None) => Style::None,
            (Some(_), None) if !top_level || version < LIMIT_SINCE => Style::Top,
            (None, Some(_)) if version < OFFSET_ALONE_SINCE => Style::Numbered,
            _ if !top_level || version < LIMIT_SINCE => Style::Numbered,
            _ => Style::Tail,
        }
    }
}

/// Whether a row count is a parameter.
pub(super) fn is_bound(count: &Expr) -> bool {
    match &count.node {
        Node::Cast(cast) => is_bound(&cast.expr),
        Node::Parameter(_) => true,
        _ => false,
    }
}

impl Emitter<'_> {
    /// The row counts of a query.
    pub(super) fn rows(&mut self, query: &Query) -> Result<Rows, SqlError> {
        let one_row = std::mem::take(&mut self.one_row);
        let limit = query.limit.as_ref().map(|expr| self.count(expr, LimitKind::Limit));
        let offset = query.offset.as_ref().map(|expr| self.count(expr, LimitKind::Offset));
        Ok(Rows {
            limit: match limit.transpose()?.flatten() {
                Some(Count::Place(place)) if one_row => Some(Count::OneRow(place)),
                limit => limit,
            },
            // OFFSET 0 is none.
            offset: offset.transpose()?.flatten().filter(|count| *count != Count::Rows(0)),
        })
    }

    /// A count: a constant, a parameter, or NULL for none.
    fn count(&mut self, expr: &Expr, kind: LimitKind) -> Result<Option<Count>, SqlError> {
        let mut inner = expr;
        while let Node::Cast(cast) = &inner.node {
            inner = &cast.expr;
        }
        let rounded = match &inner.node {
            Node::Literal(Literal::Null) => return Ok(None),
            Node::Literal(Literal::Integer(rows)) => Some(*rows),
            Node::Literal(Literal::Text(digits)) => digits.trim().parse().ok(),
            Node::Literal(Literal::Decimal(digits)) => super::number::round(digits, 0).parse().ok(),
            Node::Parameter(number) => {
                return Ok(Some(Count::Place(Place::Parameter(*number, None))));
            }
            _ => return self.computed_count(expr).map(Some),
        };
        let Some(rows) = rounded else { return Err(SqlError::new("22003", "bigint out of range")) };
        match (u64::try_from(rows), kind) {
            (Ok(rows), _) => Ok(Some(Count::Rows(rows))),
            (Err(_), LimitKind::Limit | LimitKind::OneRow) => {
                Err(SqlError::new("2201W", "LIMIT must not be negative"))
            }
            (Err(_), LimitKind::Offset) => {
                Err(SqlError::new("2201X", "OFFSET must not be negative"))
            }
        }
    }

    /// A count that a query of its own gives before the statement runs.
    fn computed_count(&mut self, expr: &Expr) -> Result<Count, SqlError> {
        let outside = expr.any(&|part| match &part.node {
            Node::Column(_) | Node::RowId { .. } => true,
            Node::Subquery(subquery) => subquery.correlated,
            _ => false,
        });
        if outside {
            return Err(refuse(
                "LIMIT and OFFSET with a column of a query around are not supported",
            ));
        }
        self.rule("a computed row count is a query that runs first");
        let item = Item { expr: expr.clone(), name: "n".to_owned() };
        let column = Column {
            name: "n".to_owned(),
            ty: expr.ty,
            typmod: -1,
            scale: None,
            nullable: true,
            origin: None,
        };
        let select = Select {
            distinct: Distinct::No,
            items: vec![item],
            sources: Vec::new(),
            from: Vec::new(),
            filter: None,
            grouped: false,
            groups: Vec::new(),
            having: None,
        };
        let query = Query::plain(Body::Select(Box::new(select)), vec![column]);
        self.before(&query).map(|number| Count::Place(Place::First(number)))
    }

    /// Prints a count.
    pub(super) fn print_count(&mut self, count: &Count, kind: LimitKind) {
        match count {
            Count::Rows(rows) => self.out.count(*rows),
            Count::Place(place) => self.out.limit(place.clone(), kind),
            Count::OneRow(place) => self.out.limit(place.clone(), LimitKind::OneRow),
        };
    }

    /// Prints `TOP n`, or the `TOP ALL` that lets a subquery have an ORDER BY.
    ///
    /// UNVERIFIED(iris): that the rows of `TOP ALL … ORDER BY` in FROM keep that order, and that
    /// `%VID` counts them in it: the reference recommends `TOP ALL` to this end, without a word on
    /// what a query around it does.
    pub(super) fn print_top(&mut self, rows: &Rows, style: Style, ordered: bool) {
        match (style, &rows.limit) {
            (Style::Top, Some(limit)) => {
                self.rule("LIMIT is TOP here, as this place or release has no LIMIT");
                self.out.word("TOP");
                self.print_count(limit, LimitKind::Limit);
            }
            _ if ordered => {
                self.rule("TOP ALL lets a subquery have an ORDER BY");
                self.out.word("TOP ALL");
            }
            _ => {}
        }
    }

    /// Prints `LIMIT n OFFSET m`.
    pub(super) fn print_tail(&mut self, rows: &Rows) {
        if let Some(limit) = &rows.limit {
            self.out.word("LIMIT");
            self.print_count(limit, LimitKind::Limit);
        }
        if let Some(offset) = &rows.offset {
            self.out.word("OFFSET");
            self.print_count(offset, LimitKind::Offset);
        }
    }

    /// Prints the condition on `%VID` that stands for the counts.
    pub(super) fn print_numbered(&mut self, rows: &Rows) {
        let none = Count::Rows(0);
        let offset = rows.offset.as_ref().unwrap_or(&none);
        self.rule("OFFSET counts rows by %VID here, as this place or release has no OFFSET");
        self.out.word("WHERE %VID >");
        self.print_count(offset, LimitKind::Offset);
        if let Some(limit) = &rows.limit {
            self.out.word("AND %VID <=");
            self.print_count(offset, LimitKind::Offset);
            self.out.word("+");
            self.print_count(limit, LimitKind::Limit);
        }
    }
}
