//! Comparisons of values, of lists and of rows.

use super::expr::{form_of, is_null};
use super::table::Form;
use super::{Emitter, cast, refuse};
use crate::sql::bound::{Expr, List, Node, Operation};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// Types whose values IRIS keeps and compares alike.
#[derive(Debug, PartialEq, Eq)]
enum Class {
    Number,
    Text,
    Timestamp,
    Other(PgType),
}

fn class(ty: PgType) -> Class {
    match ty {
        PgType::Int2 | PgType::Int4 | PgType::Int8 | PgType::Numeric | PgType::Oid => Class::Number,
        PgType::Float4 | PgType::Float8 => Class::Number,
        PgType::Text | PgType::Varchar | PgType::Name | PgType::Bpchar => Class::Text,
        // The session's zone is UTC, in which both are the same number.
        PgType::Timestamp | PgType::Timestamptz => Class::Timestamp,
        other => Class::Other(other),
    }
}

/// Whether IRIS compares values of both types as PostgreSQL does.
pub(super) fn same_kind(a: PgType, b: PgType) -> bool {
    class(a) == class(b)
}

/// Whether IRIS orders values of the type as PostgreSQL does.
pub(super) fn is_ordered(ty: PgType) -> bool {
    !matches!(class(ty), Class::Other(PgType::Timetz | PgType::Json))
}

/// Whether an expression is printed as a column, beside which a `?` has the column's type.
fn is_column(expr: &Expr) -> bool {
    match &expr.node {
        Node::Column(_) | Node::RowId { .. } => true,
        Node::Cast(cast) if cast::is_silent(expr) => is_column(&cast.expr),
        _ => false,
    }
}

/// Whether an expression may be printed as `?` alone.
fn is_bare(expr: &Expr) -> bool {
    match &expr.node {
        Node::Literal(_) | Node::Parameter(_) | Node::Session(_) => true,
        Node::Cast(cast) => is_bare(&cast.expr),
        _ => false,
    }
}

fn is_moment(ty: PgType) -> bool {
    matches!(ty, PgType::Date | PgType::Time | PgType::Timestamp | PgType::Timestamptz)
}

impl Emitter<'_> {
    /// Prints `left op right`.
    pub(super) fn compared(
        &mut self,
        operation: &Operation,
        symbol: &'static str,
    ) -> Result<(), SqlError> {
        match operation.operands.as_slice() {
            [left, right] => self.sides(left, symbol, right),
            _ => Err(refuse("this form of the operator is not supported")),
        }
    }

    pub(super) fn sides(
        &mut self,
        left: &Expr,
        symbol: &'static str,
        right: &Expr,
    ) -> Result<(), SqlError> {
        self.side(left, right)?;
        self.out.word(symbol);
        self.side(right, left)
    }

    /// Prints one side of a comparison with `other`.
    fn side(&mut self, expr: &Expr, other: &Expr) -> Result<(), SqlError> {
        let dated = expr.ty == PgType::Date && class(other.ty) == Class::Timestamp;
        if dated {
            self.rule("a date beside a timestamp is its midnight");
            self.out.call("CAST");
            self.value(expr)?;
            self.out.word("AS TIMESTAMP").close();
            return Ok(());
        }
        if expr.ty == PgType::Interval {
            return self.distinguished(expr);
        }
        let plain = is_column(other)
            && !self.is_computed(other)
            && (!is_moment(expr.ty) || expr.ty == other.ty || same_kind(expr.ty, other.ty));
        if plain {
            if let Some(place) = self.bindable(expr, other) {
                self.out.place(place);
                return Ok(());
            }
            return self.plain(expr);
        }
        self.operand(expr)
    }

    /// `IS [NOT] DISTINCT FROM`, never NULL itself.
    pub(super) fn distinct(&mut self, equal: &Operation, negated: bool) -> Result<(), SqlError> {
        let (Some(Form::Compare("=")), [left, right]) = (form_of(equal), equal.operands.as_slice())
        else {
            return Err(refuse("IS DISTINCT FROM of these types is not supported"));
        };
        if is_null(right) {
            return self.null_test(left, !negated);
        }
        if is_null(left) {
            return self.null_test(right, !negated);
        }
        if !left.nullable && !right.nullable {
            return self.sides(left, if negated { "=" } else { "<>" }, right);
        }
        self.rule("a condition in the place of a value is a CASE");
        self.out.word("CASE WHEN");
        self.sides(left, "=", right)?;
        self.out.word("THEN").count(0);
        if left.nullable && right.nullable {
            self.out.word("WHEN");
            self.null_test(left, false)?;
            self.out.word("AND");
            self.null_test(right, false)?;
            self.out.word("THEN").count(0);
        }
        self.out.word("ELSE").count(1).word("END =").count(u64::from(!negated));
        Ok(())
    }

    pub(super) fn between(
        &mut self,
        low: &Operation,
        high: &Operation,
        symmetric: bool,
        negated: bool,
    ) -> Result<(), SqlError> {
        let ([x, least], [y, most]) = (low.operands.as_slice(), high.operands.as_slice()) else {
            return Err(refuse("this form of BETWEEN is not supported"));
        };
        for operation in [low, high] {
            let Some(Form::Compare(_)) = form_of(operation) else {
                return Err(unsupported(operation));
            };
        }
        let alike = same_kind(x.ty, least.ty) && same_kind(y.ty, most.ty);
        // A `?` before BETWEEN has no column beside it that gives it a type.
        if x == y && alike && !symmetric && !is_bare(x) {
            self.side(x, least)?;
            self.out.word(if negated { "NOT BETWEEN" } else { "BETWEEN" });
            self.side(least, x)?;
            self.out.word("AND");
            return self.side(most, y);
        }
        if negated {
            self.out.word("NOT");
        }
        self.out.open();
        self.sides(x, ">=", least)?;
        self.out.word("AND");
        self.sides(y, "<=", most)?;
        if symmetric {
            self.out.word("OR");
            self.sides(y, ">=", most)?;
            self.out.word("AND");
            self.sides(x, "<=", least)?;
        }
        self.out.close();
        Ok(())
    }

    /// `x [NOT] IN (…)`
    pub(super) fn in_list(&mut self, list: &List) -> Result<(), SqlError> {
        let [first, rest @ ..] = list.equals.as_slice() else {
            return Err(refuse("an empty list is not supported"));
        };
        for equal in &list.equals {
            let Some(Form::Compare("=")) = form_of(equal) else {
                return Err(unsupported(equal));
            };
        }
        let [left, right] = first.operands.as_slice() else { return Err(unsupported(first)) };
        let alike = same_kind(left.ty, right.ty)
            && left.ty != PgType::Interval
            && rest.iter().all(|equal| {
                equal.operator == first.operator && equal.operands.first() == Some(left)
            });
        if !alike {
            if list.negated {
                self.out.word("NOT");
            }
            self.out.open();
            for (index, equal) in list.equals.iter().enumerate() {
                if index > 0 {
                    self.out.word("OR");
                }
                self.compared(equal, "=")?;
            }
            self.out.close();
            return Ok(());
        }
        self.operand(left)?;
        self.out.word(if list.negated { "NOT IN" } else { "IN" }).open();
        for (index, equal) in list.equals.iter().enumerate() {
            self.out.separate(index);
            if let [left, right] = equal.operands.as_slice() {
                self.side(right, left)?;
            }
        }
        self.out.close();
        Ok(())
    }

    /// `(a, b) op (c, d)`, in parentheses: IRIS has no row values.
    pub(super) fn row_compared(
        &mut self,
        operator: &str,
        columns: &[Operation],
    ) -> Result<(), SqlError> {
        self.rule("rows are compared member by member");
        let mut pairs = Vec::with_capacity(columns.len());
        for operation in columns {
            let (Some(Form::Compare(symbol)), [left, right]) =
                (form_of(operation), operation.operands.as_slice())
            else {
                return Err(unsupported(operation));
            };
            pairs.push((left, symbol, right));
        }
        self.out.open();
        match operator {
            "=" | "<>" | "!=" => {
                for (index, (left, symbol, right)) in pairs.iter().enumerate() {
                    if index > 0 {
                        self.out.word(if operator == "=" { "AND" } else { "OR" });
                    }
                    self.sides(left, symbol, right)?;
                }
            }
            _ => self.ordered(&pairs)?,
        }
        self.out.close();
        Ok(())
    }

    /// The first members that differ decide, the last ones by the operator itself.
    fn ordered(&mut self, pairs: &[(&Expr, &'static str, &Expr)]) -> Result<(), SqlError> {
        let last = pairs.len().saturating_sub(1);
        for (index, (left, symbol, right)) in pairs.iter().enumerate() {
            if index > 0 {
                self.out.word("OR");
            }
            self.out.open();
            for (left, _, right) in pairs.iter().take(index) {
                self.sides(left, "=", right)?;
                self.out.word("AND");
            }
            let strict = match *symbol {
                "<=" => "<",
                ">=" => ">",
                other => other,
            };
            self.sides(left, if index == last { symbol } else { strict }, right)?;
            self.out.close();
        }
        Ok(())
    }
}

/// 0A000 for an operator that has no line in the table.
pub(super) fn unsupported(operation: &Operation) -> SqlError {
    let name = operation.operator.name;
    let shown: Vec<&str> = operation.operands.iter().map(|operand| operand.ty.name()).collect();
    match shown.as_slice() {
        [left, right] => refuse(format!("operator {left} {name} {right} is not supported")),
        _ => refuse(format!("operator {name} {} is not supported", shown.join(", "))),
    }
}
