//! The SQLite text of a SELECT whose parts are bound.

use super::items::{Piece, Sorted};

/// What follows the select list.
#[derive(Default)]
pub(super) struct Clauses {
    pub(super) from: String,
    pub(super) filter: Vec<String>,
    pub(super) group: Vec<String>,
    pub(super) having: Option<String>,
}

impl Clauses {
    /// Puts aggregates of all rows beside every row: `hoisted` are their texts, `alias` the name of
    /// the one row that has them.
    pub(super) fn hoist(&mut self, hoisted: &[String], alias: &str) {
        let items: Vec<String> =
            hoisted.iter().enumerate().map(|(at, sql)| format!("{sql} AS g{at}")).collect();
        let plain =
            Clauses { from: self.from.clone(), filter: self.filter.clone(), ..Clauses::default() };
        let row = format!("(SELECT {}{}) AS {alias}", items.join(", "), plain.text());
        self.from = if self.from.is_empty() { row } else { format!("{}, {row}", self.from) };
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        if !self.from.is_empty() {
            out.push_str(&format!(" FROM {}", self.from));
        }
        if !self.filter.is_empty() {
            out.push_str(&format!(" WHERE {}", self.filter.join(" AND ")));
        }
        if !self.group.is_empty() {
            out.push_str(&format!(" GROUP BY {}", self.group.join(", ")));
        }
        if let Some(cond) = &self.having {
            out.push_str(&format!(" HAVING {cond}"));
        }
        out
    }
}

/// A SELECT of which all parts are bound.
pub(super) struct Parts {
    pub(super) pieces: Vec<Piece>,
    pub(super) sorts: Vec<Sorted>,
    pub(super) distinct: bool,
    /// DISTINCT BY.
    pub(super) by: Vec<String>,
    /// HAVING beside aggregates that are repeated on every row.
    pub(super) after: Option<String>,
    /// FROM and what follows it.
    pub(super) rest: String,
    pub(super) tail: String,
}

impl Parts {
    pub(super) fn items(&self) -> String {
        let items = self.pieces.iter().enumerate().map(|(at, piece)| {
            let collate = if self.distinct { piece.bound.collate() } else { "" };
            format!("{}{collate} AS o{at}", piece.bound.sql)
        });
        items.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn order(&self) -> String {
        let sorts: Vec<String> = self.sorts.iter().map(Sorted::inside).collect();
        if sorts.is_empty() { String::new() } else { format!(" ORDER BY {}", sorts.join(", ")) }
    }

    pub(super) fn sql(&self) -> String {
        if self.after.is_some() || !self.by.is_empty() {
            return self.wrapped();
        }
        let word = if self.distinct { "DISTINCT " } else { "" };
        let (items, order) = (self.items(), self.order());
        format!("SELECT {word}{items}{}{order}{}", self.rest, self.tail)
    }

    /// Rows are chosen after windows and aggregates were computed: first by HAVING, then by
    /// DISTINCT BY. UNVERIFIED(iris): of the rows that DISTINCT BY takes for one, the first in the
    /// query's order stays.
    fn wrapped(&self) -> String {
        let mut items = self.items();
        if let Some(cond) = &self.after {
            items.push_str(&format!(", {cond} AS hv"));
        }
        let mut order = Vec::new();
        for (at, sort) in self.sorts.iter().enumerate() {
            items.push_str(&format!(", {} AS s{at}", sort.bound.sql));
            order.push(sort.over(&format!("s{at}")));
        }
        let order = match order.as_slice() {
            [] => String::new(),
            order => format!(" ORDER BY {}", order.join(", ")),
        };
        let mut by = Vec::new();
        for (at, key) in self.by.iter().enumerate() {
            items.push_str(&format!(", {key} AS b{at}"));
            by.push(format!("b{at}"));
        }
        let mut from = format!("(SELECT {items}{})", self.rest);
        if self.after.is_some() {
            from.push_str(" WHERE hv");
        }
        if !by.is_empty() {
            let first = format!("row_number() OVER (PARTITION BY {}{order}) AS dn", by.join(", "));
            from = format!("(SELECT *, {first} FROM {from}) WHERE dn = 1");
        }
        let names: Vec<String> = self
            .pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| match self.distinct {
                true => format!("o{at}{} AS o{at}", piece.bound.collate()),
                false => format!("o{at}"),
            })
            .collect();
        let word = if self.distinct { "DISTINCT " } else { "" };
        format!("SELECT {word}{} FROM {from}{order}{}", names.join(", "), self.tail)
    }
}
