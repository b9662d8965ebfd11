//! Scalar expressions.

use super::function::Field;
use super::literal::Number;
use super::predicate::is_predicate;
use super::types::{is_integer, is_number, is_text, promote};
use super::{Translator, refuse, types};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Place};
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{
    BinaryOperator as B, CaseWhen, CeilFloorKind, Expr, ExtractSyntax, Ident, TrimWhereField,
    UnaryOperator, Value,
};

/// The expression inside parentheses.
pub(super) fn bare(expr: &Expr) -> &Expr {
    let mut inside = expr;
    while let Expr::Nested(inner) = inside {
        inside = inner;
    }
    inside
}

/// The `$n` that an expression is.
pub(super) fn placeholder(expr: &Expr) -> Option<&str> {
    match bare(expr) {
        Expr::Value(value) => match &value.value {
            Value::Placeholder(written) => Some(written),
            _ => None,
        },
        _ => None,
    }
}

/// The string literal that an expression is.
pub(super) fn text(expr: &Expr) -> Option<&str> {
    match bare(expr) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is a column, which gives a `?` beside it a type.
pub(super) fn is_column(expr: &Expr) -> bool {
    matches!(bare(expr), Expr::Identifier(_) | Expr::CompoundIdentifier(_))
}

/// The number that an expression is, with its sign.
pub(super) fn negated_number(expr: &Expr) -> Option<Result<Number, SqlError>> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(written, _) => Some(Number::read(written, false)),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match &**expr {
            Expr::Value(value) => match &value.value {
                Value::Number(written, _) => Some(Number::read(written, true)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

impl Translator<'_> {
    /// Prints an expression as a value. `plain` says that the place itself gives a `?` its type,
    /// as beside a column.
    pub(super) fn value(&mut self, expr: &Expr, plain: bool) -> Result<(), SqlError> {
        self.enter()?;
        grammar::deeper(|| match is_predicate(expr) {
            true => self.truth(expr),
            false => self.scalar(expr, plain),
        })?;
        self.leave();
        Ok(())
    }

    fn scalar(&mut self, expr: &Expr, plain: bool) -> Result<(), SqlError> {
        if let Some(number) = negated_number(expr) {
            return self.out.number(&number?.digits).map(|_| ());
        }
        match expr {
            Expr::Nested(inner) => self.value(inner, plain),
            Expr::Value(value) => self.constant(&value.value),
            Expr::Identifier(name) => self.column_name(None, name).map_err(|e| e.of(expr)),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] => self.column_name(Some(table), name).map_err(|e| e.of(expr)),
                _ => Err(refuse("column names of more than two parts are not supported")
                    .hint("Give the table an alias and qualify the column with it.")),
            },
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.value(expr, plain),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                if self.infer(expr).is_some_and(|ty| !is_number(ty) && ty != PgType::Unknown) {
                    return Err(refuse("unary minus is supported for numbers only"));
                }
                self.out.word("-");
                self.operand(expr, false)
            }
            Expr::BinaryOp { left, op, right } => self.operation(left, op, right),
            Expr::Cast { kind: _, expr, data_type, format: None } => {
                self.cast(expr, types::spec(data_type)?, plain)
            }
            Expr::TypedString(typed) => {
                let spec = types::spec(&typed.data_type)?;
                match &typed.value.value {
                    Value::SingleQuotedString(text) => {
                        self.typed_text(text, spec, plain).map_err(|error| {
                            match grammar::start_of_value(&typed.value) {
                                Some(offset) => error.at(offset),
                                None => error,
                            }
                        })
                    }
                    _ => Err(refuse("this constant is not supported")),
                }
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            Expr::Function(function) => self.function(function).map_err(|error| error.of(expr)),
            Expr::Subquery(query) => {
                self.out.open();
                self.scalar_query(query)?;
                self.out.close();
                Ok(())
            }
            Expr::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
                self.substring(expr, substring_from.as_deref(), substring_for.as_deref())
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                let what = match (trim_what.as_deref(), trim_characters.as_deref()) {
                    (what, None) => what,
                    (None, Some([what])) => Some(what),
                    _ => return Err(refuse("this form of TRIM is not supported")),
                };
                self.trim(*trim_where, what, expr)
            }
            Expr::Position { expr, r#in } => self.position(expr, r#in),
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                self.overlay(expr, overlay_what, overlay_from, overlay_for.as_deref())
            }
            Expr::Extract { field, syntax: ExtractSyntax::From, expr } => {
                self.field(Field::of(field)?, expr, true)
            }
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(_) } => {
                self.rounded("CEILING", expr)
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(_) } => {
                self.rounded("FLOOR", expr)
            }
            other => Err(refuse(unsupported(other))),
        }
    }

    /// Prints an operand of an operator: in parentheses unless it is a single thing.
    pub(super) fn operand(&mut self, expr: &Expr, plain: bool) -> Result<(), SqlError> {
        let inside = bare(expr);
        let compound = match inside {
            Expr::BinaryOp { op: B::Modulo, .. } => false,
            Expr::BinaryOp { .. } => !is_predicate(inside),
            Expr::UnaryOp { op: UnaryOperator::Minus, .. } => negated_number(inside).is_none(),
            _ => false,
        };
        if !compound {
            return self.value(inside, plain);
        }
        self.out.open();
        self.value(inside, plain)?;
        self.out.close();
        Ok(())
    }

    /// A condition as a value: 1, 0 or NULL.
    fn truth(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.predicate(expr, "CASE/WHEN")?;
        self.out.word("THEN").count(1);
        if self.never_null(bare(expr)) {
            self.out.word("ELSE").count(0).word("END");
            return Ok(());
        }
        self.out.word("WHEN NOT").open();
        self.predicate(expr, "CASE/WHEN")?;
        self.out.close().word("THEN").count(0).word("END");
        Ok(())
    }

    fn constant(&mut self, value: &Value) -> Result<(), SqlError> {
        match value {
            Value::Number(written, _) => {
                self.out.number(&Number::read(written, false)?.digits)?;
            }
            Value::SingleQuotedString(text) => {
                self.out.string(text);
            }
            Value::Boolean(truth) => {
                self.out.count(u64::from(*truth));
            }
            Value::Null => {
                self.out.word("NULL");
            }
            Value::Placeholder(written) => {
                let number = self.number(written)?;
                self.out.place(Place::Parameter(number, None));
            }
            _ => return Err(refuse("this constant is not supported")),
        }
        Ok(())
    }

    fn column_name(&mut self, table: Option<&Ident>, name: &Ident) -> Result<(), SqlError> {
        if let Some(table) = table {
            self.out.name(&table.value)?.dot();
        }
        if name.quote_style.is_none() && name.value.starts_with('%') {
            self.out.word(match name.value.as_str() {
                "%id" => "%ID",
                "%vid" => "%VID",
                "%tablename" => "%TABLENAME",
                _ => "%CLASSNAME",
            });
            return Ok(());
        }
        if table.is_none()
            && let Some(outer) = self.outer_table(&name.value)
        {
            self.out.name(&outer)?.dot();
        } else if is_row_id(&name.value) && self.lacks(table, &name.value) {
            let shown = table.map_or_else(String::new, |table| format!("{}.", table.value));
            let quote = if table.is_none() { "\"" } else { "" };
            let message = format!("column {quote}{shown}{}{quote} does not exist", name.value);
            return Err(SqlError::new("42703", message));
        }
        self.out.name(&name.value)?;
        Ok(())
    }

    fn operation(&mut self, left: &Expr, op: &B, right: &Expr) -> Result<(), SqlError> {
        if self.moment_operation(left, op, right)? {
            return Ok(());
        }
        let (a, b) = (self.infer(left), self.infer(right));
        match op {
            B::StringConcat => self.concatenation(left, right, a, b),
            B::Plus | B::Minus | B::Multiply | B::Divide | B::Modulo => {
                if let Some(ty) = b {
                    self.settle(left, ty)?;
                }
                if let Some(ty) = a {
                    self.settle(right, ty)?;
                }
                let wrong = [a, b]
                    .into_iter()
                    .flatten()
                    .find(|ty| !is_number(*ty) && *ty != PgType::Unknown);
                if let (Some(ty), Some(left), Some(right)) = (wrong, a, b)
                    && (is_text(ty) || matches!(ty, PgType::Bool | PgType::Uuid | PgType::Bytea))
                {
                    let (left, right) = (left.name(), right.name());
                    let message = format!("operator does not exist: {left} {op} {right}");
                    return Err(SqlError::new("42883", message).hint(
                        "No operator matches the given name and argument types. You might need \
                         to add explicit type casts.",
                    ));
                }
                if let Some(ty) = wrong {
                    return Err(refuse(format!(
                        "operator {op} is not supported for type {}",
                        ty.name()
                    )));
                }
                self.arithmetic(left, op, right, promote(self.infer(left), self.infer(right)))
            }
            _ => Err(refuse(format!("operator {op} is not supported"))),
        }
    }

    fn arithmetic(
        &mut self,
        left: &Expr,
        op: &B,
        right: &Expr,
        ty: Option<PgType>,
    ) -> Result<(), SqlError> {
        let symbol = match op {
            B::Plus => "+",
            B::Minus => "-",
            B::Multiply => "*",
            B::Modulo => {
                self.out.call("MOD");
                self.value(left, false)?;
                self.out.comma();
                self.value(right, false)?;
                self.out.close();
                return Ok(());
            }
            _ => match ty {
                Some(ty) if is_integer(ty) => "\\",
                Some(_) => "/",
                None if self.is_fraction(left) || self.is_fraction(right) => "/",
                None => {
                    return Err(refuse("cannot tell whether this division is one of integers")
                        .detail("The type of an operand is not known.")
                        .hint("Cast an operand, for instance to numeric or double precision."));
                }
            },
        };
        self.number_operand(left, ty)?;
        self.out.word(symbol);
        self.number_operand(right, ty)
    }

    fn is_fraction(&self, expr: &Expr) -> bool {
        self.infer(expr).is_some_and(|ty| is_number(ty) && !is_integer(ty))
    }

    /// An operand of arithmetic; a string literal is read as input of the other operand's type.
    fn number_operand(&mut self, expr: &Expr, ty: Option<PgType>) -> Result<(), SqlError> {
        match (text(expr), ty) {
            (Some(written), Some(ty)) => {
                let typed = self.typed_text(written, types::TypeSpec::plain(ty), false);
                typed.map_err(|error| error.of(expr))
            }
            (Some(_), None) => Err(refuse("cannot tell the type of a string in arithmetic")),
            _ => self.operand(expr, false),
        }
    }

    /// `||` of texts; NULL if either is. Numbers and the like have other texts in IRIS.
    fn concatenation(
        &mut self,
        left: &Expr,
        right: &Expr,
        a: Option<PgType>,
        b: Option<PgType>,
    ) -> Result<(), SqlError> {
        let textual = |ty: PgType| is_text(ty) || matches!(ty, PgType::Unknown | PgType::Bpchar);
        if let (Some(a), Some(b)) = (a, b)
            && !textual(a)
            && !textual(b)
        {
            let message = format!("operator does not exist: {} || {}", a.name(), b.name());
            return Err(SqlError::new("42883", message).hint(
                "No operator matches the given name and argument types. You might need to add \
                 explicit type casts.",
            ));
        }
        // A chain leans to the left and is printed flat: the operator is associative.
        let mut chain = vec![right];
        let mut rest = left;
        while let Expr::BinaryOp { left, op: B::StringConcat, right } = bare(rest) {
            chain.push(right);
            rest = left;
        }
        self.concatenated(rest)?;
        for expr in chain.into_iter().rev() {
            self.out.word("||");
            self.concatenated(expr)?;
        }
        Ok(())
    }

    /// An operand of `||`, as the text that PostgreSQL makes of it.
    fn concatenated(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if self.infer(expr) == Some(PgType::Bool) {
            return self.cast(expr, types::TypeSpec::plain(PgType::Text), false);
        }
        self.shown_text(expr, "||")
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Result<(), SqlError> {
        self.out.word("CASE");
        for when in conditions {
            self.out.word("WHEN");
            match operand {
                // The operand is repeated, so that each comparison follows the rules of `=`.
                Some(operand) => self.comparison(operand, &B::Eq, &when.condition)?,
                None => self.predicate(&when.condition, "CASE/WHEN")?,
            }
            self.out.word("THEN");
            self.value(&when.result, false)?;
        }
        if let Some(otherwise) = otherwise {
            self.out.word("ELSE");
            self.value(otherwise, false)?;
        }
        self.out.word("END");
        Ok(())
    }

    /// `TRIM`: blanks, or any of the characters given.
    pub(super) fn trim(
        &mut self,
        side: Option<TrimWhereField>,
        what: Option<&Expr>,
        expr: &Expr,
    ) -> Result<(), SqlError> {
        self.out.call("TRIM").word(match side {
            None | Some(TrimWhereField::Both) => "BOTH",
            Some(TrimWhereField::Leading) => "LEADING",
            Some(TrimWhereField::Trailing) => "TRAILING",
        });
        match what {
            Some(what) => self.text_argument(what)?,
            None => {
                self.out.literal(" ");
            }
        }
        self.out.word("FROM");
        self.text_argument(expr)?;
        self.out.close();
        Ok(())
    }

    pub(super) fn substring(
        &mut self,
        expr: &Expr,
        from: Option<&Expr>,
        length: Option<&Expr>,
    ) -> Result<(), SqlError> {
        let one = Expr::Value(Value::Number("1".to_owned(), false).into());
        let from = from.unwrap_or(&one);
        for number in [Some(from), length].into_iter().flatten() {
            // With texts in place of numbers, substring matches a pattern.
            let integer = self.infer(number).is_some_and(is_integer);
            if !integer {
                return Err(refuse("substring is supported with integers only")
                    .hint("Cast the position and the length to integer."));
            }
        }
        if let Some(Ok(number)) = length.and_then(negated_number)
            && number.digits.starts_with('-')
        {
            return Err(SqlError::new("22011", "negative substring length not allowed"));
        }
        self.out.call("SUBSTRING");
        self.text_argument(expr)?;
        self.out.comma();
        self.value(from, false)?;
        if let Some(length) = length {
            self.out.comma();
            self.value(length, false)?;
        }
        self.out.close();
        Ok(())
    }

    pub(super) fn rounded(&mut self, function: &'static str, expr: &Expr) -> Result<(), SqlError> {
        if self.infer(expr).is_some_and(|ty| !is_number(ty)) {
            return Err(refuse(format!(
                "{} is supported for numbers only",
                function.to_lowercase()
            )));
        }
        self.out.call(function);
        self.value(expr, false)?;
        self.out.close();
        Ok(())
    }

    /// An argument that PostgreSQL wants to be text.
    pub(super) fn text_argument(&mut self, expr: &Expr) -> Result<(), SqlError> {
        match self.infer(expr) {
            Some(PgType::Unknown) => self.settle(expr, PgType::Text)?,
            Some(ty) if !is_text(ty) && ty != PgType::Bpchar => {
                return Err(refuse(format!("a value of type {} is not a text", ty.name()))
                    .hint("Cast it to text."));
            }
            _ => {}
        }
        self.value(expr, true)
    }

    /// Prints a constant bound as a value of a type.
    pub(super) fn bound(&mut self, ty: PgType, text: &str) {
        self.out.place(Place::Constant(Constant::Typed(ty, text.to_owned())));
    }
}

/// 0A000 for an operator whose operand's type decides and is not known.
pub(super) fn untyped(operator: &str) -> SqlError {
    refuse(format!("cannot translate {operator} of an operand whose type is not known"))
        .hint("The type of each operand must follow from a column of a known table or a cast.")
}

fn unsupported(expr: &Expr) -> &'static str {
    match expr {
        Expr::Interval(_) => "intervals are not supported",
        Expr::Array(_) => "arrays are not supported",
        Expr::Tuple(_) => "row constructors are not supported",
        Expr::AtTimeZone { .. } => "AT TIME ZONE is not supported",
        Expr::Collate { .. } => "COLLATE is not supported",
        Expr::SimilarTo { .. } => "SIMILAR TO is not supported",
        Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => {
            "GROUPING SETS, CUBE and ROLLUP are not supported"
        }
        Expr::CompoundFieldAccess { .. } | Expr::JsonAccess { .. } => {
            "subscripts and fields of values are not supported"
        }
        _ => "this expression is not supported",
    }
}

/// Whether IRIS may know the row id of a table by this name: `ID`, or `ID1`, `ID2` … beside a
/// column of that name (iris-sql §1.4). To PostgreSQL it is a column like any other, or none.
fn is_row_id(name: &str) -> bool {
    let Some((head, digits)) = name.split_at_checked(2) else { return false };
    head.eq_ignore_ascii_case("id") && digits.chars().all(|digit| digit.is_ascii_digit())
}
