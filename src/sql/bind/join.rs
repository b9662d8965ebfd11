//! Joins: their conditions, the columns that USING and NATURAL merge, and what may become NULL.

use super::clause::Clause;
use super::coerce::cast;
use super::from::{Part, check_names};
use super::scope::{Named, NamedColumn};
use super::{Binder, refuse};
use crate::sql::bound::{At, Expr, From, Join, JoinKind, Literal, Node};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{self, JoinConstraint, JoinOperator, ObjectName};
use std::ops::Range;

/// The columns of both sides that USING or NATURAL compares, by their indexes.
struct Pair {
    name: String,
    left: usize,
    right: usize,
}

impl Binder<'_> {
    pub(super) fn join(&mut self, left: Part, join: &ast::Join) -> Result<Part, SqlError> {
        let (kind, constraint) = kind(join)?;
        let mut right = self.factor(&join.relation)?;
        let mut left = left;
        check_names(&left.names, &right.names)?;
        let (of_left, of_right) = (bare_columns(&left), bare_columns(&right));
        let mut pairs = Vec::new();
        let on = match constraint {
            JoinConstraint::None => None,
            JoinConstraint::On(condition) => Some(self.on(&mut left, &mut right, condition)?),
            JoinConstraint::Using(names) => {
                pairs = using(names, &of_left, &of_right)?;
                self.equal(&pairs, &of_left, &of_right)?
            }
            JoinConstraint::Natural => {
                pairs = natural(&of_left, &of_right)?;
                match self.equal(&pairs, &of_left, &of_right)? {
                    None if kind != JoinKind::Inner => Some(truth()),
                    condition => condition,
                }
            }
        };
        if matches!(kind, JoinKind::Left | JoinKind::Full) {
            self.make_nullable(&mut right);
        }
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.make_nullable(&mut left);
        }
        let columns = self.merged(&pairs, kind, (&of_left, &of_right), (&left, &right))?;
        let kind = if on.is_none() { JoinKind::Cross } else { kind };
        let sources = left.sources.start..right.sources.end;
        let mut names = left.names;
        names.append(&mut right.names);
        for named in &mut names {
            named.bare = false;
        }
        names.retain(|named| named.qualified);
        let name =
            Named { name: None, table: None, source: None, columns, qualified: false, bare: true };
        names.push(name);
        let join = Join { kind, left: left.from, right: right.from, on };
        Ok(Part { from: From::Join(Box::new(join)), names, sources })
    }

    /// The condition of ON, which sees both sides and nothing else of FROM.
    fn on(
        &mut self,
        left: &mut Part,
        right: &mut Part,
        condition: &ast::Expr,
    ) -> Result<Expr, SqlError> {
        let names = left.names.iter().chain(&right.names).cloned().collect();
        let before = match self.scopes.last_mut() {
            Some(scope) => std::mem::replace(&mut scope.names, names),
            None => Vec::new(),
        };
        let bound = self.inside(Clause::Join, |own| own.condition(condition, "JOIN/ON"));
        if let Some(scope) = self.scopes.last_mut() {
            scope.names = before;
        }
        bound
    }

    /// The condition that the columns of every pair are equal.
    fn equal(
        &mut self,
        pairs: &[Pair],
        left: &[NamedColumn],
        right: &[NamedColumn],
    ) -> Result<Option<Expr>, SqlError> {
        let mut all = Vec::with_capacity(pairs.len());
        for Pair { left: a, right: b, .. } in pairs {
            let (Some(a), Some(b)) = (left.get(*a), right.get(*b)) else { continue };
            all.push(self.operation("=", Some(a.expr.clone()), b.expr.clone(), At(None))?);
        }
        if all.len() < 2 {
            return Ok(all.pop());
        }
        let nullable = all.iter().any(|one| one.nullable);
        Ok(Some(boolean(Node::And(all), nullable)))
    }

    /// The columns of a join: merged ones, then the rest of the left side, then of the right.
    fn merged(
        &mut self,
        pairs: &[Pair],
        kind: JoinKind,
        (of_left, of_right): (&[NamedColumn], &[NamedColumn]),
        (left, right): (&Part, &Part),
    ) -> Result<Vec<NamedColumn>, SqlError> {
        // What may be NULL has changed since the columns were compared.
        let (now_left, now_right) = (bare_columns(left), bare_columns(right));
        let mut columns = Vec::with_capacity(of_left.len().saturating_add(of_right.len()));
        for pair in pairs {
            let (Some(a), Some(b)) = (now_left.get(pair.left), now_right.get(pair.right)) else {
                continue;
            };
            let never = of_left
                .get(pair.left)
                .zip(of_right.get(pair.right))
                .is_some_and(|(a, b)| !a.expr.nullable && !b.expr.nullable);
            let expr = self.merge(a.expr.clone(), b.expr.clone(), kind, never)?;
            columns.push(NamedColumn {
                name: pair.name.clone(),
                expr,
                stored: a.stored && b.stored,
            });
        }
        let rest = |columns: &[NamedColumn], taken: &dyn Fn(&Pair) -> usize| {
            let all = columns.iter().enumerate();
            all.filter(|(index, _)| !pairs.iter().any(|pair| taken(pair) == *index))
                .map(|(_, column)| column.clone())
                .collect::<Vec<_>>()
        };
        columns.extend(rest(&now_left, &|pair| pair.left));
        columns.extend(rest(&now_right, &|pair| pair.right));
        Ok(columns)
    }

    /// One column of two that were compared.
    fn merge(
        &mut self,
        left: Expr,
        right: Expr,
        kind: JoinKind,
        never_null: bool,
    ) -> Result<Expr, SqlError> {
        let both = self.common(vec![left.clone(), right.clone()], "JOIN/USING")?;
        let Ok([mut a, mut b]) = <[Expr; 2]>::try_from(both) else {
            return Err(SqlError::new("XX000", "two columns became another number of them"));
        };
        if a.typmod != b.typmod {
            a = unmodified(a);
            b = unmodified(b);
        }
        Ok(match kind {
            // Where one of them keeps its own type, that one is taken.
            JoinKind::Inner | JoinKind::Cross if a != left && b == right => b,
            JoinKind::Inner | JoinKind::Cross | JoinKind::Left => a,
            JoinKind::Right => b,
            JoinKind::Full => Expr {
                ty: a.ty,
                typmod: a.typmod,
                scale: a.scale.filter(|_| a.scale == b.scale),
                nullable: !never_null,
                at: At(None),
                node: Node::Coalesce(vec![a, b]),
            },
        })
    }

    /// Notes that a side may be NULL, because rows of the other side may stand alone.
    fn make_nullable(&mut self, part: &mut Part) {
        for named in &mut part.names {
            for column in &mut named.columns {
                column.expr.nullable = true;
            }
        }
        let Range { start, end } = part.sources;
        if let Some(scope) = self.scopes.last_mut() {
            let count = end.saturating_sub(start);
            for source in scope.sources.iter_mut().skip(start).take(count) {
                source.columns.iter_mut().for_each(|column| column.nullable = true);
            }
        }
    }
}

/// The kind of a join and its condition.
fn kind(join: &ast::Join) -> Result<(JoinKind, &JoinConstraint), SqlError> {
    use JoinOperator as J;
    let (kind, constraint) = match &join.join_operator {
        J::Join(constraint) | J::Inner(constraint) => (JoinKind::Inner, constraint),
        J::Left(constraint) | J::LeftOuter(constraint) => (JoinKind::Left, constraint),
        J::Right(constraint) | J::RightOuter(constraint) => (JoinKind::Right, constraint),
        J::FullOuter(constraint) => (JoinKind::Full, constraint),
        J::CrossJoin(constraint) => (JoinKind::Cross, constraint),
        _ => return Err(refuse("this kind of join is not supported")),
    };
    if join.global {
        return Err(refuse("this kind of join is not supported"));
    }
    if (kind == JoinKind::Cross) != (*constraint == JoinConstraint::None) {
        return Err(SqlError::new("42601", "a join needs a condition"));
    }
    Ok((kind, constraint))
}

/// The columns of a side that can be named without a table, in the order of `*`.
fn bare_columns(part: &Part) -> Vec<NamedColumn> {
    let bare = part.names.iter().filter(|named| named.bare);
    bare.flat_map(|named| named.columns.iter().cloned()).collect()
}

fn using(
    names: &[ObjectName],
    left: &[NamedColumn],
    right: &[NamedColumn],
) -> Result<Vec<Pair>, SqlError> {
    let mut pairs: Vec<Pair> = Vec::with_capacity(names.len());
    for name in names {
        let [part] = name.0.as_slice() else {
            return Err(refuse("qualified names in USING are not supported"));
        };
        let name = part.as_ident().map(|ident| ident.value.clone()).unwrap_or_default();
        if pairs.iter().any(|pair| pair.name == name) {
            let message = format!("column name \"{name}\" appears more than once in USING clause");
            return Err(SqlError::new("42701", message));
        }
        let left = side(left, &name, "left")?;
        let right = side(right, &name, "right")?;
        pairs.push(Pair { name, left, right });
    }
    Ok(pairs)
}

/// The column that USING names in one side.
fn side(columns: &[NamedColumn], name: &str, which: &str) -> Result<usize, SqlError> {
    let mut same = columns.iter().enumerate().filter(|(_, column)| column.name == name);
    match (same.next(), same.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => {
            let message =
                format!("common column name \"{name}\" appears more than once in {which} table");
            Err(SqlError::new("42702", message))
        }
        _ => {
            let mut all = columns.iter();
            let alike =
                |column: &NamedColumn| column.stored && column.name.eq_ignore_ascii_case(name);
            all.position(alike).ok_or_else(|| {
                let message = format!(
                    "column \"{name}\" specified in USING clause does not exist in {which} table"
                );
                SqlError::new("42703", message)
            })
        }
    }
}

/// The columns that have the same name on both sides, in the left side's order.
fn natural(left: &[NamedColumn], right: &[NamedColumn]) -> Result<Vec<Pair>, SqlError> {
    let mut pairs = Vec::new();
    for column in left {
        let same = |other: &NamedColumn| {
            other.name == column.name
                || (other.stored && column.stored && other.name.eq_ignore_ascii_case(&column.name))
        };
        if right.iter().any(same) {
            pairs.push(Pair {
                name: column.name.clone(),
                left: side(left, &column.name, "left")?,
                right: side(right, &column.name, "right")?,
            });
        }
    }
    Ok(pairs)
}

/// The same without the type's modifier.
fn unmodified(expr: Expr) -> Expr {
    let (ty, modified) = (expr.ty, expr.typmod != -1);
    if modified { cast(expr, ty, -1, false) } else { expr }
}

fn truth() -> Expr {
    boolean(Node::Literal(Literal::Boolean(true)), false)
}

pub(super) fn boolean(node: Node, nullable: bool) -> Expr {
    Expr { node, ty: PgType::Bool, typmod: -1, scale: None, nullable, at: At(None) }
}
