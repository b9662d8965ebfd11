//! Select items and ORDER BY: names, metadata and places of result columns (iris-sql §1.2, §5.3).

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Item, Order};
use super::super::sqlcode::bare;
use super::super::store::catalog::same;
use super::super::types::{Filled, Ty};
use super::{Binder, Bound, Coll, Origin, Output};

/// A bound select item.
pub(super) struct Piece {
    pub(super) bound: Bound,
    pub(super) output: Output,
}

/// A bound ORDER BY item: its text with collation, and DESC.
pub(super) struct Sorted(pub(super) String);

impl Binder<'_> {
    pub(super) fn pieces(
        &mut self,
        items: &[Item],
        no_from: bool,
    ) -> Result<Vec<Piece>, SqlFailure> {
        let mut out: Vec<Piece> = Vec::new();
        for item in items {
            match item {
                Item::Star(label, at) => {
                    if no_from {
                        return Err(bare(-26));
                    }
                    let found = self.star(label.as_deref());
                    if found.is_empty() {
                        let label = label.as_deref().unwrap_or("*");
                        return Err(self.missing_label(label, *at));
                    }
                    for bound in found {
                        let output = output(&bound, out.len() + 1, None);
                        out.push(Piece { bound, output });
                    }
                }
                Item::Value { expr, alias } => {
                    let bound = self.value(expr)?;
                    let bound = self.settled(bound, Ty::Varchar(0));
                    let output = output(&bound, out.len() + 1, alias.as_deref());
                    out.push(Piece { bound, output });
                }
            }
        }
        Ok(out)
    }

    /// The visible columns; the RowID of a DDL table is private (iris-sql §1.2).
    fn star(&mut self, label: Option<&str>) -> Vec<Bound> {
        let Some(scope) = self.scopes.last() else { return Vec::new() };
        let mut out = Vec::new();
        for source in &scope.sources {
            if label.is_some_and(|label| !same(label, &source.label)) {
                continue;
            }
            let names: Vec<String> = match &source.table {
                Some(table) => table.visible(),
                None => Vec::new(),
            };
            for name in &names {
                out.extend(super::scope::column_of(source, name, &mut Vec::new()));
            }
            for (at, output) in source.outputs.iter().enumerate() {
                let mut bound = Bound::expression(format!("{}.o{at}", source.alias), output.ty);
                bound.coll = source.colls.get(at).copied().unwrap_or(Coll::None);
                bound.nullable = output.nullable;
                bound.origin = Origin::Derived(Box::new(output.clone()));
                out.push(bound);
            }
        }
        out
    }

    pub(super) fn sorts(
        &mut self,
        order: &[Order],
        pieces: &[Piece],
        starred: bool,
    ) -> Result<Vec<Sorted>, SqlFailure> {
        let mut out = Vec::new();
        for item in order {
            let place = match &item.expr {
                // iris-sql §1.2: no numbers after `SELECT *`.
                Expr::Number(_) if starred => return Err(bare(-22)),
                Expr::Number(digits) => Some(ordinal(digits, pieces.len())?),
                Expr::Column { table: None, name, .. } => {
                    pieces.iter().position(|piece| same(&piece.output.name, name))
                }
                _ => None,
            };
            let bound = match place.and_then(|at| pieces.get(at).map(|piece| (at, piece))) {
                Some((at, piece)) => Bound { sql: format!("o{at}"), ..piece.bound.clone() },
                None => {
                    let bound = self.value(&item.expr)?;
                    self.settled(bound, Ty::Varchar(0))
                }
            };
            if bound.ty.is_stream() {
                return Err(bare(-72));
            }
            out.push(sorted(&bound, item.descending));
        }
        Ok(out)
    }
}

pub(super) fn sorted(bound: &Bound, descending: bool) -> Sorted {
    let word = if descending { " DESC" } else { "" };
    let sql = if is_ordinal(&bound.sql) { "NULL" } else { &bound.sql };
    Sorted(format!("{sql}{}{word}", bound.collate()))
}

/// Whether SQLite takes a constant for the number of a result column, as it does with an integer.
pub(super) fn is_ordinal(sql: &str) -> bool {
    let digits = sql.trim_matches(|c| matches!(c, '(' | ')' | '+' | '-' | ' '));
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn ordinal(digits: &str, width: usize) -> Result<usize, SqlFailure> {
    match digits.parse::<usize>() {
        Ok(n) if (1..=width).contains(&n) => Ok(n - 1),
        _ => Err(bare(-5)),
    }
}

/// DISTINCT and GROUP BY give upper case only when an index serves the column (iris-sql §1.1).
pub(super) fn upper_by_index(pieces: Vec<Piece>, group: &[String], distinct: bool) -> Vec<Piece> {
    let alone = pieces.len() == 1 && distinct;
    let mut pieces = pieces;
    for piece in &mut pieces {
        let Origin::Column(table, id) = &piece.bound.origin else { continue };
        let grouped = group.contains(&format!("{} COLLATE SQLUPPER", piece.bound.sql));
        if piece.bound.coll == Coll::Column(true) && table.leads_index(*id) && (alone || grouped) {
            piece.bound.sql = format!("i_sqlupper({})", piece.bound.sql);
        }
    }
    pieces
}

/// Name and metadata of a result column (iris-sql §1.2, §5.3).
pub(super) fn output(bound: &Bound, n: usize, alias: Option<&str>) -> Output {
    let mut out = Output {
        name: String::new(),
        ty: bound.ty,
        nullable: bound.nullable,
        schema: String::new(),
        table: String::new(),
        class: bound.ty.class().to_owned(),
        flags: if bound.ty.is_stream() { 32 } else { 0 },
    };
    match &bound.origin {
        Origin::Column(table, id) => {
            out.schema.clone_from(&table.schema);
            out.table.clone_from(&table.name);
            if let Some(column) = table.column(*id) {
                out.name.clone_from(&column.name);
                out.class.clone_from(&column.class);
                out.flags |= match column.filled {
                    Filled::Given => 0,
                    Filled::Counter => 4,
                    Filled::RowVersion => 8,
                    Filled::Identity => 1 | 4,
                };
            }
            let key = table.keys.iter().any(|key| {
                key.kind == super::super::store::catalog::KeyKind::Primary
                    && key.columns.contains(id)
            });
            out.flags |= if key { 2 } else { 0 };
        }
        Origin::RowId(table) => {
            out.schema.clone_from(&table.schema);
            out.table.clone_from(&table.name);
            out.name = table.row_id_name();
            out.flags |= 1;
        }
        Origin::Derived(inner) => {
            out = (**inner).clone();
            out.nullable = bound.nullable;
        }
        Origin::Param(_) | Origin::Number(_) | Origin::Text(_) => {
            out.name = format!("HostVar_{n}");
            out.flags |= 16;
        }
        Origin::Null => {
            out.name = format!("Literal_{n}");
            out.flags |= 16;
        }
        Origin::Aggregate => {
            out.name = format!("Aggregate_{n}");
            out.flags |= 16;
        }
        Origin::Subquery => {
            out.name = format!("Subquery_{n}");
            out.flags |= 16;
        }
        Origin::Expression => {
            out.name = format!("Expression_{n}");
            out.flags |= 16;
        }
    }
    if let Some(alias) = alias {
        out.name = alias.to_owned();
    }
    out
}
