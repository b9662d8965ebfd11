//! Operations and calls, as their lines in the table say.

use super::comparison::unsupported;
use super::pattern::text_of;
use super::table::{self, Form, Line};
use super::{Emitter, note, refuse};
use crate::sql::bound::{Call, Expr, Literal, Node, Operation};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Fault, Place};
use crate::types::pg::PgType;

fn unusual() -> SqlError {
    refuse("this form of the function is not supported")
}

/// 0A000 for a function, by the types that it is called with.
fn missing(name: &str, arguments: &[Expr]) -> SqlError {
    let types: Vec<&str> = arguments.iter().map(|argument| argument.ty.name()).collect();
    refuse(format!("function {name}({}) is not supported", types.join(", ")))
}

/// Whole numbers up to this one are exact in double precision: 2^53.
const EXACT_IN_DOUBLE: u64 = 1 << 53;

/// The whole number that a constant of double precision is.
fn whole_double(expr: &Expr) -> Option<i64> {
    match &expr.node {
        Node::Literal(Literal::Integer(whole)) => Some(*whole),
        Node::Literal(Literal::Decimal(digits) | Literal::Text(digits)) => {
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            if fraction.bytes().all(|b| b == b'0') { whole.parse().ok() } else { None }
        }
        Node::Cast(cast) => whole_double(&cast.expr),
        _ => None,
    }
}

/// Whether a form counts the characters of its texts.
fn counts(form: Form) -> bool {
    use super::text::Text as T;
    match form {
        Form::Texts(name) | Form::Call(name) => matches!(name, "CHAR_LENGTH" | "LENGTH"),
        Form::Text(text) => matches!(
            text,
            T::Left
                | T::Overlay
                | T::Pad { .. }
                | T::Position
                | T::Right
                | T::StrPos
                | T::Substring
                | T::Translate
        ),
        _ => false,
    }
}

/// Whether an expression is a text with characters that IRIS counts as two.
fn is_beyond(expr: &Expr) -> bool {
    text_of(expr).is_some_and(|text| text.chars().any(|c| c.len_utf16() > 1))
}

impl Emitter<'_> {
    /// The line of a function, if this release of IRIS has what it needs.
    pub(super) fn line(
        &self,
        function: &crate::sql::resolve::Function,
        arguments: &[Expr],
    ) -> Result<&'static Line, SqlError> {
        let Some(line) = table::function(function) else {
            return Err(missing(function.name, arguments));
        };
        if let Form::Refused(hint) = line.form {
            return Err(missing(function.name, arguments).hint(hint));
        }
        match line.since {
            Some(since) if self.options.version < since => {
                Err(refuse(format!("function {} needs a newer release of IRIS", function.name))
                    .hint(format!("It needs IRIS {}.{} or later.", since.major, since.minor)))
            }
            _ => Ok(line),
        }
    }

    pub(super) fn call(&mut self, expr: &Expr, call: &Call) -> Result<(), SqlError> {
        let checked = std::mem::take(&mut self.checked);
        let line = self.line(call.function, &call.arguments)?;
        let arguments = &call.arguments;
        let printed = match arguments.as_slice() {
            [only] if line.form == Form::Call("ABS") && !checked => {
                self.absolute(expr, only, |own| own.formed(expr, line.form, arguments))
            }
            _ => self.formed(expr, line.form, arguments),
        };
        printed.map_err(|error| match expr.at.0 {
            Some(offset) => error.at(offset),
            None => error,
        })
    }

    pub(super) fn operation(&mut self, expr: &Expr, operation: &Operation) -> Result<(), SqlError> {
        let line = table::operator(operation.operator).ok_or_else(|| unsupported(operation))?;
        let checked = std::mem::take(&mut self.checked);
        self.guarded(expr, operation, checked, |own| {
            own.formed(expr, line.form, &operation.operands)
        })
    }

    fn formed(&mut self, expr: &Expr, form: Form, arguments: &[Expr]) -> Result<(), SqlError> {
        self.faults(expr.ty, form);
        if counts(form) && arguments.iter().any(is_beyond) {
            return Err(refuse("counting characters beyond U+FFFF is not supported")
                .detail("IRIS counts such a character, an emoji for instance, as two."));
        }
        match (form, arguments) {
            (Form::Call(name), _) => self.called_with(name, arguments),
            (Form::Texts(name), _) => {
                self.out.call(name);
                for (index, argument) in arguments.iter().enumerate() {
                    self.out.separate(index);
                    self.text(argument)?;
                }
                self.out.close();
                Ok(())
            }
            // IRIS divides a bigint with 18 digits and cuts then; what leaves no rest is exact.
            // UNVERIFIED(iris): that MOD of 19 digits is exact.
            (Form::Infix("\\"), [left, right])
                if left.ty == PgType::Int8 || right.ty == PgType::Int8 =>
            {
                self.out.open();
                self.operand(left)?;
                self.out.word("-").call("MOD");
                self.value(left)?;
                self.out.comma();
                self.value(right)?;
                self.out.close().close().word("\\");
                self.operand(right)
            }
            (Form::Infix(symbol), [left, right]) => {
                self.operand(left)?;
                self.out.word(symbol);
                self.operand(right)
            }
            (Form::Divide, [left, right]) => {
                self.operand(left)?;
                self.out.word("/");
                self.operand(right)
            }
            (Form::Modulo, _) => self.called_with("MOD", arguments),
            (Form::Negate, [only]) => {
                self.out.word("-");
                self.operand(only)
            }
            (Form::Same, [only]) => self.operand(only),
            (Form::Concat, [left, right]) => self.concatenation(left, right),
            (Form::Days { minus }, [left, right]) => self.days_added(left, minus, right),
            (Form::DaysBetween, [left, right]) => self.days_between(left, right),
            (Form::Elapsed, [left, right]) => self.elapsed(left, right),
            (Form::Spans, _) => self.interval_operation(expr),
            (Form::Moved { minus }, [left, right]) => self.moved_by(left, minus, right),
            (Form::Text(text), _) => self.text_function(text, arguments),
            (Form::Moment(moment), _) => self.moment_function(moment, arguments),
            (Form::Round { cut }, [number, scale @ ..]) => self.rounded(number, scale.first(), cut),
            (Form::RoundDouble, [only]) => self.half_even(only),
            (Form::CutDouble, [only]) => self.cut(only),
            (Form::Cardinality, [array]) => match &array.node {
                Node::Parameter(index) => {
                    self.typed(Place::Length(*index), PgType::Int4, false);
                    Ok(())
                }
                Node::Array(elements) => {
                    let count = u64::try_from(elements.len()).unwrap_or(u64::MAX);
                    self.out.count(count);
                    Ok(())
                }
                _ => Err(unusual()),
            },
            (Form::NewUuid, _) => {
                self.out.call("LOWER").call("$TSQL_NEWID").close().close();
                Ok(())
            }
            (Form::Pi, _) => {
                let shown = std::f64::consts::PI.to_string();
                let place = Place::Constant(Constant::Typed(PgType::Float8, shown));
                self.typed(place, PgType::Float8, false);
                Ok(())
            }
            (Form::Power, [base, exponent]) => self.power(base, exponent),
            (Form::CountNulls { null }, _) => self.count_nulls(null, arguments),
            _ => match &expr.node {
                Node::Call(call) => Err(missing(call.function.name, arguments)),
                _ => Err(unusual()),
            },
        }
    }

    /// Notes what may go wrong in IRIS.
    fn faults(&mut self, ty: PgType, form: Form) {
        let causes = &mut self.causes;
        match form {
            Form::Call("SQRT") => note(&mut causes.illegal, Fault::NegativeRoot),
            Form::Divide | Form::Modulo | Form::Infix("\\") => {
                note(&mut causes.divide, Fault::DivisionByZero);
            }
            Form::Infix("+" | "-" | "*") | Form::Power => {
                note(&mut causes.range, Fault::OutOfRange(ty));
            }
            _ => {}
        }
    }

    /// A power of double precision.
    ///
    /// UNVERIFIED(iris): whether POWER of doubles is a double or a decimal, and how it is rounded.
    /// So squares are products, powers of whole numbers that are constants are computed here, and
    /// others are refused.
    fn power(&mut self, base: &Expr, exponent: &Expr) -> Result<(), SqlError> {
        if let (Some(base), Some(exponent)) = (whole_double(base), whole_double(exponent))
            && let Ok(exponent) = u32::try_from(exponent)
            && let Some(power) = base.checked_pow(exponent)
            && power.unsigned_abs() <= EXACT_IN_DOUBLE
        {
            let place = Place::Constant(Constant::Typed(PgType::Float8, power.to_string()));
            self.typed(place, PgType::Float8, false);
            return Ok(());
        }
        if whole_double(exponent) != Some(2) {
            return Err(refuse("powers of double precision other than squares are not supported")
                .hint("Multiply the number with itself, or compute the power in the client."));
        }
        self.out.open();
        self.operand(base)?;
        self.out.word("*");
        self.operand(base)?;
        self.out.close();
        Ok(())
    }

    fn called_with(&mut self, name: &'static str, arguments: &[Expr]) -> Result<(), SqlError> {
        self.out.call(name);
        for (index, argument) in arguments.iter().enumerate() {
            self.out.separate(index);
            self.value(argument)?;
        }
        self.out.close();
        Ok(())
    }

    /// Numeric values are rounded half away from zero on both sides.
    fn rounded(&mut self, number: &Expr, scale: Option<&Expr>, cut: bool) -> Result<(), SqlError> {
        self.out.call("ROUND");
        self.value(number)?;
        self.out.comma();
        match scale {
            Some(scale) => self.value(scale)?,
            None => {
                self.out.count(0);
            }
        }
        if cut {
            self.out.comma().count(1);
        }
        self.out.close();
        Ok(())
    }

    /// `trunc` of double precision.
    fn cut(&mut self, number: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.operand(number)?;
        self.out.word("<").count(0).word("THEN").call("CEILING");
        self.value(number)?;
        self.out.close().word("ELSE").call("FLOOR");
        self.value(number)?;
        self.out.close().word("END");
        Ok(())
    }

    fn count_nulls(&mut self, null: bool, arguments: &[Expr]) -> Result<(), SqlError> {
        let (yes, no) = if null { (1, 0) } else { (0, 1) };
        self.out.open();
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.out.word("+");
            }
            self.out.word("CASE WHEN");
            self.null_test(argument, false)?;
            self.out.word("THEN").count(yes).word("ELSE").count(no).word("END");
        }
        self.out.close();
        Ok(())
    }
}
