//! Select items and ORDER BY: names, metadata and places of result columns (iris-sql §1.2, §5.3).

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Item, Order, Place};
use super::super::sqlcode::bare;
use super::super::store::catalog::same;
use super::super::types::{Filled, Ty};
use super::{Binder, Bound, Coll, Origin, Output};

/// A bound select item.
pub(super) struct Piece {
    pub(super) bound: Bound,
    pub(super) output: Output,
}

/// A bound ORDER BY item; the place of the select item that it names.
pub(super) struct Sorted {
    pub(super) place: Option<usize>,
    pub(super) bound: Bound,
    pub(super) descending: bool,
}

impl Binder<'_> {
    /// The select list. `*` needs a FROM clause, −26 without (iris-sql Appendix A).
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
                    for bound in self.star(label.as_deref(), *at)? {
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

    /// What `*` and `label.*` stand for (iris-sql §1.2).
    fn star(&mut self, label: Option<&str>, at: Place) -> Result<Vec<Bound>, SqlFailure> {
        let Some(label) = label else { return Ok(self.all_columns()) };
        let sources = self.scopes.last().map(|scope| scope.sources.as_slice()).unwrap_or_default();
        match sources.iter().position(|source| same(&source.label, label)) {
            Some(at) => Ok(self.visible(at..at + 1).into_iter().map(|(_, bound)| bound).collect()),
            None => Err(self.missing_label(label, at)),
        }
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
                Expr::Column { table: None, name, .. } => named_piece(pieces, name)?,
                _ => None,
            };
            let bound = match place.and_then(|at| pieces.get(at)) {
                Some(piece) => piece.bound.clone(),
                None => {
                    let bound = self.value(&item.expr)?;
                    self.settled(bound, Ty::Varchar(0))
                }
            };
            if bound.ty.is_stream() {
                return Err(bare(-72));
            }
            out.push(Sorted { place, bound, descending: item.descending });
        }
        Ok(out)
    }
}

/// Whether SQLite takes a constant for the number of a result column, as it does with an integer.
pub(super) fn is_ordinal(sql: &str) -> bool {
    let digits = sql.trim_matches(|c| matches!(c, '(' | ')' | '+' | '-' | ' '));
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The select item of that name or alias; −24 when two different ones have it (iris-sql
/// Appendix A).
fn named_piece(pieces: &[Piece], name: &str) -> Result<Option<usize>, SqlFailure> {
    let mut found: Option<usize> = None;
    for (at, piece) in pieces.iter().enumerate() {
        if !same(&piece.output.name, name) {
            continue;
        }
        match found.and_then(|first| pieces.get(first)) {
            Some(first) if first.bound.sql != piece.bound.sql => return Err(bare(-24)),
            Some(_) => {}
            None => found = Some(at),
        }
    }
    Ok(found)
}

impl Sorted {
    /// In the SELECT that has the items.
    pub(super) fn inside(&self) -> String {
        match self.place {
            Some(at) => self.over(&format!("o{at}")),
            None => self.over(&self.bound.sql),
        }
    }

    /// By what holds the value.
    pub(super) fn over(&self, sql: &str) -> String {
        let word = if self.descending { " DESC" } else { "" };
        let sql = if is_ordinal(sql) { "NULL" } else { sql };
        format!("{sql}{}{word}", self.bound.collate())
    }
}

/// −5 for a number that is no place of the select list (iris-sql Appendix A).
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
        Origin::Param(_) | Origin::Number(_) | Origin::Text(_) | Origin::Literal => {
            out.name = format!("HostVar_{n}");
            out.flags |= 16;
        }
        Origin::Null | Origin::Pseudo => {
            out.name = format!("Literal_{n}");
            out.flags |= 16;
        }
        Origin::Aggregate => {
            out.name = format!("Aggregate_{n}");
            out.flags |= 16;
        }
        Origin::Window => {
            out.name = format!("Window_{n}");
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
