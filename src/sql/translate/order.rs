//! ORDER BY. PostgreSQL puts NULL last unless told otherwise, IRIS first: where they differ, a key
//! that tells NULL from the rest goes before.

use super::output::Column;
use super::select::{Item, inner_name, positioned};
use super::value::{bare, negated_number, text};
use super::{Translator, group, refuse};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{Expr, OrderByExpr, OrderByKind, OrderBySort, Query};

/// A sort key.
#[derive(Debug)]
pub(super) struct Key<'t> {
    /// What is sorted by.
    pub(super) expr: &'t Expr,
    /// Which item of the select list it is.
    pub(super) item: Option<usize>,
    direction: Direction,
}

/// The name of a key that is no item.
pub(super) fn hidden_name(index: usize) -> String {
    format!("irispg_k{}", index.saturating_add(1))
}

/// How a key sorts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Direction {
    desc: bool,
    nulls_first: bool,
}

impl Direction {
    /// What stands behind a key.
    pub(super) fn read(key: &OrderByExpr) -> Result<Self, SqlError> {
        let desc = match &key.options.sort {
            None | Some(OrderBySort::Asc) => false,
            Some(OrderBySort::Desc) => true,
            Some(OrderBySort::Using(_)) => {
                return Err(refuse("ORDER BY USING is not supported"));
            }
        };
        if key.with_fill.is_some() {
            return Err(refuse("this form of ORDER BY is not supported"));
        }
        // NULL counts as greater than everything.
        Ok(Self { desc, nulls_first: key.options.nulls_first.unwrap_or(desc) })
    }
}

/// A sort key as written.
type Written<'t> = (&'t Expr, Direction);

fn written(query: &Query) -> Result<Vec<Written<'_>>, SqlError> {
    let Some(order_by) = &query.order_by else { return Ok(Vec::new()) };
    let OrderByKind::Expressions(exprs) = &order_by.kind else {
        return Err(refuse("ORDER BY ALL is not supported"));
    };
    if order_by.interpolate.is_some() {
        return Err(refuse("this form of ORDER BY is not supported"));
    }
    let mut keys = Vec::with_capacity(exprs.len());
    for key in exprs {
        let direction = Direction::read(key)?;
        if text(&key.expr).is_some() {
            return Err(SqlError::new("42601", "non-integer constant in ORDER BY"));
        }
        keys.push((&key.expr, direction));
    }
    Ok(keys)
}

impl Translator<'_> {
    /// The sort keys of a SELECT, with positions and names of the select list resolved.
    pub(super) fn keys<'t>(
        &self,
        query: &'t Query,
        items: &[Item<'t>],
    ) -> Result<Vec<Key<'t>>, SqlError> {
        let mut keys = Vec::new();
        for (expr, direction) in written(query)? {
            let (item, expr) = if let Some(number) = negated_number(bare(expr)) {
                let (at, expr) = positioned(&number?.digits, items, "ORDER BY")?;
                (Some(at), expr)
            } else {
                resolve(expr, items)?
            };
            keys.push(Key { expr, item, direction });
        }
        Ok(keys)
    }

    /// Prints ORDER BY over the expressions themselves.
    pub(super) fn order_by(&mut self, keys: &[Key<'_>]) -> Result<(), SqlError> {
        for (index, key) in keys.iter().enumerate() {
            self.begin(index);
            if group::aggregated(key.expr) {
                return Err(refuse("ORDER BY an aggregate is not supported here"));
            }
            self.sort_key(key.expr, key.direction)?;
        }
        Ok(())
    }

    fn sort_key(&mut self, expr: &Expr, direction: Direction) -> Result<(), SqlError> {
        if direction.nulls_first == direction.desc && !self.never_null(expr) {
            self.out.word("CASE WHEN");
            self.operand(expr, true)?;
            self.null_rank(direction.nulls_first);
        }
        self.value(expr, true)?;
        self.direction(direction.desc);
        Ok(())
    }

    /// Prints a key of a window, in which numbers are constants and no positions.
    pub(super) fn sorted(&mut self, expr: &Expr, direction: Direction) -> Result<(), SqlError> {
        if matches!(bare(expr), Expr::Value(_)) || negated_number(bare(expr)).is_some() {
            return Err(refuse("a constant in a window's ORDER BY is not supported"));
        }
        self.sort_key(expr, direction)
    }

    fn begin(&mut self, index: usize) {
        if index == 0 {
            self.out.word("ORDER BY");
        } else {
            self.out.comma();
        }
    }

    fn direction(&mut self, desc: bool) {
        if desc {
            self.out.word("DESC");
        }
    }

    fn null_rank(&mut self, nulls_first: bool) {
        self.rule("NULLs are put where PostgreSQL sorts them");
        let (null, other) = if nulls_first { (0, 1) } else { (1, 0) };
        self.out.word("IS NULL THEN").count(null).word("ELSE").count(other).word("END").comma();
    }

    /// Prints ORDER BY of a query around a SELECT, by the names of its items.
    pub(super) fn order_by_items(
        &mut self,
        items: &[Item<'_>],
        keys: &[Key<'_>],
    ) -> Result<(), SqlError> {
        for (index, key) in keys.iter().enumerate() {
            let name = match key.item.and_then(|at| items.get(at)) {
                Some(item) => inner_name(item),
                None => match bare(key.expr) {
                    Expr::Identifier(name) if items.iter().any(|item| item.expr.is_none()) => {
                        name.value.clone()
                    }
                    Expr::CompoundIdentifier(parts)
                        if items.iter().any(|item| item.expr.is_none()) =>
                    {
                        parts.last().map(|part| part.value.clone()).unwrap_or_default()
                    }
                    _ => hidden_name(index),
                },
            };
            let never_null = self.never_null(key.expr);
            self.begin(index);
            self.by_name(&name, key.direction, never_null)?;
        }
        Ok(())
    }

    fn by_name(
        &mut self,
        name: &str,
        Direction { desc, nulls_first }: Direction,
        never_null: bool,
    ) -> Result<(), SqlError> {
        if nulls_first == desc && !never_null {
            self.out.word("CASE WHEN").name(name)?;
            self.null_rank(nulls_first);
        }
        self.out.name(name)?;
        self.direction(desc);
        Ok(())
    }

    /// Prints ORDER BY of a UNION: by name or position of its columns only.
    pub(super) fn order_by_names(
        &mut self,
        query: &Query,
        columns: &[Column],
    ) -> Result<(), SqlError> {
        for (index, (expr, direction)) in written(query)?.into_iter().enumerate() {
            let name = match (negated_number(bare(expr)), bare(expr)) {
                (Some(number), _) => {
                    let position = number?.digits.parse::<usize>().unwrap_or(0);
                    let found = position.checked_sub(1).and_then(|at| columns.get(at));
                    match found {
                        Some(Column::Named { name, .. })
                            if !columns.contains(&Column::Wildcard) =>
                        {
                            name.clone()
                        }
                        _ => {
                            let message =
                                format!("ORDER BY position {position} is not in select list");
                            return Err(SqlError::new("42P10", message));
                        }
                    }
                }
                (None, Expr::Identifier(name)) => name.value.clone(),
                _ => {
                    return Err(refuse("invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
                        .detail("Only result column names can be used, not expressions."));
                }
            };
            let same = |column: &&Column| match column {
                Column::Named { name: own, .. } => *own == name,
                _ => false,
            };
            if columns.iter().filter(same).count() > 1 || name.starts_with('?') {
                return Err(refuse("ORDER BY a column of a UNION without a name of its own")
                    .hint("Give each column an alias."));
            }
            self.begin(index);
            self.by_name(&name, direction, false)?;
        }
        Ok(())
    }
}

/// The item that a sort key names or repeats; a name of the select list goes before a column.
fn resolve<'t>(expr: &'t Expr, items: &[Item<'t>]) -> Result<(Option<usize>, &'t Expr), SqlError> {
    if let Expr::Identifier(name) = bare(expr) {
        let mut found: Option<(usize, &'t Expr)> = None;
        for (at, item) in items.iter().enumerate() {
            let (Column::Named { name: own, .. }, Some(item)) = (&item.column, item.expr) else {
                continue;
            };
            if *own != name.value {
                continue;
            }
            if found.is_some_and(|(_, other)| other != item) {
                let message = format!("ORDER BY \"{}\" is ambiguous", name.value);
                return Err(SqlError::new("42702", message));
            }
            found = found.or(Some((at, item)));
        }
        if let Some((at, item)) = found {
            return Ok((Some(at), item));
        }
    }
    let same = items.iter().position(|item| item.expr.is_some_and(|item| bare(item) == bare(expr)));
    Ok((same, expr))
}
