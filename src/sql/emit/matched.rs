//! INTERSECT and EXCEPT. Not every release has them, and none has ALL, so both are counted: the
//! rows of both sides are put together, each with a mark of its side, and grouped, in which NULLs
//! are equal as PostgreSQL wants it. For ALL, equal rows of a side are numbered first, which makes
//! them different.

use super::query::Role;
use super::{Emitter, refuse};
use crate::sql::bound::{Column, Query, SetKind, SetOperation};
use crate::sql::error::SqlError;

/// The mark of the left side; the right one is 1 where this is 0.
const LEFT: &str = "irispg_l";

/// The mark of the right side.
const RIGHT: &str = "irispg_r";

/// The number of a row among those that are equal.
const NUMBER: &str = "irispg_n";

impl Emitter<'_> {
    /// Prints INTERSECT or EXCEPT.
    pub(super) fn matched(
        &mut self,
        operation: &SetOperation,
        columns: &[Column],
        names: &[String],
    ) -> Result<(), SqlError> {
        self.rule("INTERSECT and EXCEPT count the rows of both sides in groups");
        let own = super::query::names(columns);
        let outer = if names.is_empty() { &own } else { names };
        let alias = self.fresh("q");
        self.out.word("SELECT");
        self.list(&alias, &own, outer)?;
        self.out.word("FROM").open();
        self.walls.push(self.scopes.len());
        self.marked(&operation.left, &own, operation.all, true)?;
        self.out.word("UNION ALL");
        self.marked(&operation.right, &own, operation.all, false)?;
        self.walls.pop();
        self.out.close().word("AS").name(&alias)?;
        self.out.word("GROUP BY");
        self.list(&alias, &own, &[])?;
        if operation.all {
            self.out.comma();
            self.qualified(&alias, NUMBER)?;
        }
        self.out.word("HAVING").call("SUM");
        self.qualified(&alias, LEFT)?;
        self.out.close().word(">").count(0).word("AND").call("SUM");
        self.qualified(&alias, RIGHT)?;
        self.out.close();
        match operation.kind {
            SetKind::Intersect => self.out.word(">").count(0),
            SetKind::Except => self.out.word("=").count(0),
            SetKind::Union => return Err(refuse("this set operation is not supported")),
        };
        Ok(())
    }

    /// One side, with its marks.
    fn marked(
        &mut self,
        query: &Query,
        names: &[String],
        all: bool,
        left: bool,
    ) -> Result<(), SqlError> {
        let alias = self.fresh("q");
        let own = super::query::names(&query.columns);
        self.out.word("SELECT");
        self.list(&alias, &own, names)?;
        self.out.comma().count(u64::from(left)).word("AS").name(LEFT)?;
        self.out.comma().count(u64::from(!left)).word("AS").name(RIGHT)?;
        if all {
            self.out.comma().call("ROW_NUMBER").close().word("OVER").open().word("PARTITION BY");
            self.list(&alias, &own, &[])?;
            self.out.close().word("AS").name(NUMBER)?;
        }
        self.out.word("FROM").open();
        self.query(query, Role::Derived)?;
        self.out.close().word("AS").name(&alias)?;
        Ok(())
    }
}
