//! Views in FROM, and queries that are bound to learn their columns (iris-sql §1.4).

use std::rc::Rc;

use super::super::api::{SqlFailure, Version};
use super::super::ast::{Body, Distinct, Expr, From, Item, Query};
use super::super::parser::{self, Echo};
use super::super::sqlcode::too_deep;
use super::super::store::catalog::Table;
use super::from::Derived;
use super::select::Inner;
use super::{Action, Binder, Coll, Lookup, Output, Plan, QueryPlan};

/// How deep views may lie over views: 32. A renamed table can make a circle of them, which IRIS
/// would end as `<FRAMESTACK>`.
pub(super) const VIEWS_MAX: usize = 32;

/// A query that is bound outside of any statement of the session.
pub(in crate::sql) struct Alone {
    pub(in crate::sql) plan: Plan,
    pub(in crate::sql) sql: String,
    /// Each column with its collation: SQLUPPER or not, `None` for an expression.
    pub(in crate::sql) columns: Vec<(Output, Option<bool>)>,
    /// Numbers of the tables and views that the query itself names.
    pub(in crate::sql) uses: Vec<i64>,
}

/// Binds the query of a view or of `CREATE TABLE … AS`.
///
/// # Errors
/// The SQLCODE of a name, type or rule that does not hold.
pub(in crate::sql) fn query_alone(
    query: &Query,
    echo: Echo,
    version: Version,
    schema: &str,
    lookup: Lookup<'_>,
) -> Result<Alone, SqlFailure> {
    let mut binder = Binder::new(echo, 0, version, lookup);
    schema.clone_into(&mut binder.schema);
    let inner = binder.subquery(query)?;
    let colls = inner.colls.iter().map(|coll| match coll {
        Coll::None => None,
        Coll::Column(upper) | Coll::Explicit(upper) => Some(*upper),
    });
    let columns = inner.outputs.iter().cloned().zip(colls).collect();
    let mut uses = std::mem::take(&mut binder.uses);
    uses.sort_unstable();
    uses.dedup();
    let action =
        Action::Query(QueryPlan { sql: inner.sql.clone(), outputs: inner.outputs, locked: None });
    let (slots, constants) = (binder.slots, binder.constants);
    let plan = Plan { action, statement_type: 1, slots, constants, mode: binder.mode };
    Ok(Alone { plan, sql: inner.sql, columns, uses })
}

/// Whether rows can be filed through a view: plain columns of one table, nothing grouped or cut.
/// UNVERIFIED(iris): TOP and computed columns make a view read-only.
pub(in crate::sql) fn is_updatable(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let plain = |item: &Item| match item {
        Item::Star(..) => true,
        Item::Value { expr, .. } => matches!(expr, Expr::Column { .. }),
    };
    query.with.is_empty()
        && query.limit.is_none()
        && select.top.is_none()
        && select.page.is_none()
        && matches!(select.distinct, Distinct::No)
        && select.group.is_empty()
        && select.having.is_none()
        && matches!(select.from.as_slice(), [From::Table { .. }])
        && select.items.iter().all(plain)
}

impl Binder<'_> {
    /// A view in the FROM list: its query as a derived table, under the view's own column names.
    pub(super) fn view(
        &mut self,
        table: &Rc<Table>,
        label: String,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        let Some(view) = &table.view else { return Ok(String::new()) };
        if self.views >= VIEWS_MAX {
            return Err(too_deep());
        }
        let query = parser::view_query(&view.text, self.version)?;
        // Its names mean what they meant when it was made: nothing of the statement around it.
        let scopes = std::mem::take(&mut self.scopes);
        let with = std::mem::take(&mut self.with);
        let schema = std::mem::replace(&mut self.schema, view.schema.clone());
        self.views += 1;
        let inner = self.subquery(&query);
        self.views -= 1;
        (self.scopes, self.with, self.schema) = (scopes, with, schema);
        let mut inner = inner?;
        shown(table, &mut inner);
        self.add_derived(inner, label, optional, derived)
    }
}

/// The columns under the view's names. A `*` of which the table grew later has columns that the
/// view lacks. UNVERIFIED(iris): metadata names the view and says nothing of keys.
fn shown(view: &Table, inner: &mut Inner) {
    inner.outputs.truncate(view.columns.len());
    for (output, column) in inner.outputs.iter_mut().zip(&view.columns) {
        output.name.clone_from(&column.name);
        output.schema.clone_from(&view.schema);
        output.table.clone_from(&view.name);
        // Only what is true of any value stays: that it is a stream.
        output.flags &= 32;
    }
}
