//! Functions of texts.

use super::constant::{TEXT_LENGTH, is_integer};
use super::expr::is_null;
use super::pattern::text_of;
use super::{Emitter, number, refuse};
use crate::sql::bound::{Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// Functions of texts that are built from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Chr,
    Concat,
    ConcatWs,
    Left,
    Overlay,
    Pad { left: bool },
    Position,
    Repeat,
    Right,
    SplitPart,
    StrPos,
    Substring,
    Translate,
    Trim(&'static str),
}

/// The longest text that a constant length may ask for, in characters: IRIS's longest string.
const LONGEST: i64 = TEXT_LENGTH.cast_signed();

/// The whole number that an expression is, cast or not.
pub(super) fn whole(expr: &Expr) -> Option<i64> {
    match &expr.node {
        Node::Literal(Literal::Integer(whole)) => Some(*whole),
        Node::Literal(Literal::Text(text)) if is_integer(expr.ty) => {
            number::integer(expr.ty, text).ok()
        }
        Node::Cast(cast) if is_integer(expr.ty) && is_integer(cast.expr.ty) => whole(&cast.expr),
        Node::Operation(operation) => {
            match (operation.operator.name, operation.operands.as_slice()) {
                ("-", [only]) => whole(only)?.checked_neg(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A whole number that must be written as a constant.
fn constant(expr: &Expr, function: &str) -> Result<i64, SqlError> {
    match whole(expr) {
        Some(number) if number.abs() <= LONGEST => Ok(number),
        Some(_) => Err(SqlError::new("54000", "requested length too large").late()),
        None => Err(refuse(format!("{function} is supported with a constant length only"))
            .hint("Write the number into the statement.")),
    }
}

/// A text that must be written as a constant.
fn written<'t>(expr: &'t Expr, function: &str, what: &str) -> Result<&'t str, SqlError> {
    text_of(expr).ok_or_else(|| {
        refuse(format!("{function} is supported with a constant {what} only"))
            .hint("Write the text into the statement.")
    })
}

impl Emitter<'_> {
    /// Prints an argument that is a text.
    pub(super) fn text(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if expr.ty == PgType::Bpchar {
            return self.unpadded(expr);
        }
        if is_null(expr) {
            self.out.call("CAST").word("NULL AS").call("VARCHAR").count(TEXT_LENGTH);
            self.out.close().close();
            return Ok(());
        }
        self.plain(expr)
    }

    pub(super) fn text_function(&mut self, text: Text, arguments: &[Expr]) -> Result<(), SqlError> {
        match (text, arguments) {
            (Text::Concat, _) => self.concat(arguments),
            (Text::ConcatWs, [separator, rest @ ..]) => self.concat_ws(separator, rest),
            (Text::Substring, [text, from, length @ ..]) => {
                self.substring(text, from, length.first())
            }
            (Text::Trim(side), [text, what @ ..]) => self.trim(side, what.first(), text),
            (Text::StrPos | Text::Position, [text, part]) => self.position(part, text),
            (Text::Left, [text, length]) => self.left(text, constant(length, "left")?),
            (Text::Right, [text, length]) => self.right(text, constant(length, "right")?),
            (Text::Pad { left }, [text, length, fill @ ..]) => {
                self.pad(left, text, length, fill.first())
            }
            (Text::Repeat, [text, times]) => self.repeat(text, times),
            (Text::SplitPart, [text, separator, field]) => self.split(text, separator, field),
            (Text::Chr, [code]) => self.chr(code),
            (Text::Translate, [text, from, to]) => self.translated(text, from, to),
            (Text::Overlay, [text, placed, from, length @ ..]) => {
                self.overlay(text, placed, from, length.first())
            }
            _ => Err(refuse("this form of the function is not supported")),
        }
    }

    /// `POSITION`: both sides count characters from 1 and tell case.
    fn position(&mut self, part: &Expr, text: &Expr) -> Result<(), SqlError> {
        self.out.call("POSITION");
        self.text(part)?;
        self.out.word("IN");
        self.text(text)?;
        self.out.close();
        Ok(())
    }

    fn substring(
        &mut self,
        text: &Expr,
        from: &Expr,
        length: Option<&Expr>,
    ) -> Result<(), SqlError> {
        if length.and_then(whole).is_some_and(|length| length < 0) {
            let message = "negative substring length not allowed";
            return Err(SqlError::new("22011", message).late());
        }
        self.out.call("SUBSTRING");
        self.text(text)?;
        self.out.comma();
        self.value(from)?;
        if let Some(length) = length {
            self.out.comma();
            self.value(length)?;
        }
        self.out.close();
        Ok(())
    }

    /// Blanks, or any of the characters given.
    fn trim(
        &mut self,
        side: &'static str,
        what: Option<&Expr>,
        text: &Expr,
    ) -> Result<(), SqlError> {
        self.out.call("TRIM").word(side);
        match what {
            Some(what) => self.text(what)?,
            None => {
                self.out.literal(" ");
            }
        }
        self.out.word("FROM");
        self.text(text)?;
        self.out.close();
        Ok(())
    }

    /// A chain of `||` leans to the left and is printed flat: the operator is associative.
    pub(super) fn concatenation(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        let mut chain = vec![right];
        let mut rest = left;
        while let Node::Operation(operation) = &rest.node
            && operation.operator.name == "||"
            && let [left, right] = operation.operands.as_slice()
        {
            chain.push(right);
            rest = left;
        }
        self.shown_text(rest, "||")?;
        for expr in chain.into_iter().rev() {
            self.out.word("||");
            self.shown_text(expr, "||")?;
        }
        Ok(())
    }

    /// IRIS's STRING takes NULL for an empty string too.
    fn concat(&mut self, arguments: &[Expr]) -> Result<(), SqlError> {
        self.out.call("STRING");
        for (index, argument) in arguments.iter().enumerate() {
            self.out.separate(index);
            self.shown_brief(argument, "concat")?;
        }
        self.out.close();
        Ok(())
    }

    /// A separator goes before each value that is not NULL; the first one is cut off.
    fn concat_ws(&mut self, separator: &Expr, values: &[Expr]) -> Result<(), SqlError> {
        if is_null(separator) {
            self.out.word("NULL");
            return Ok(());
        }
        let between = written(separator, "concat_ws", "separator")?;
        if between.is_empty() {
            return self.concat(values);
        }
        let from = u64::try_from(between.chars().count()).unwrap_or(u64::MAX).saturating_add(1);
        self.out.call("COALESCE").call("SUBSTRING").call("STRING");
        for (index, value) in values.iter().enumerate() {
            self.out.separate(index);
            self.out.word("CASE WHEN");
            self.null_test(value, true)?;
            self.out.word("THEN").string(between).word("END").comma();
            self.shown_brief(value, "concat_ws")?;
        }
        self.out.close().comma().count(from).close().comma().literal("").close();
        Ok(())
    }

    /// As [`Self::shown_text`], where truth values are `t` and `f`.
    fn shown_brief(&mut self, expr: &Expr, what: &str) -> Result<(), SqlError> {
        if expr.ty == PgType::Bpchar && !is_null(expr) {
            return Err(refuse(format!("{what} of type {} is not supported", expr.ty.name()))
                .detail("IRIS does not see the blanks at the end of such a value.")
                .hint("Cast the value to text, or use ||, where those blanks do not count."));
        }
        if expr.ty != PgType::Bool {
            return self.shown_text(expr, what);
        }
        self.out.word("CASE");
        self.value(expr)?;
        self.out.word("WHEN").count(1).word("THEN").literal("t");
        self.out.word("WHEN").count(0).word("THEN").literal("f").word("END");
        Ok(())
    }

    /// A value as PostgreSQL's output function writes it, where a text is put together.
    fn shown_text(&mut self, expr: &Expr, what: &str) -> Result<(), SqlError> {
        if is_null(expr) {
            return self.text(expr);
        }
        match expr.ty {
            // IRIS shows whole numbers as they are.
            ty if is_integer(ty) => self.operand(expr),
            ty => self.texted(expr, PgType::Text).map_err(|_| {
                refuse(format!("{what} of type {} is not supported", ty.name()))
                    .hint("Cast the value to text, where that is supported.")
            }),
        }
    }

    /// `CASE WHEN text IS NOT NULL THEN '' END`
    fn emptied(&mut self, text: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.text(text)?;
        self.out.word("IS NOT NULL THEN").literal("").word("END");
        Ok(())
    }

    fn char_length(&mut self, text: &Expr) -> Result<(), SqlError> {
        self.out.call("CHAR_LENGTH");
        self.text(text)?;
        self.out.close();
        Ok(())
    }

    /// The first characters; all but the last ones for a negative number.
    fn left(&mut self, text: &Expr, length: i64) -> Result<(), SqlError> {
        let count = length.unsigned_abs();
        match length {
            0 => self.emptied(text),
            1.. => {
                self.out.call("SUBSTRING");
                self.text(text)?;
                self.out.comma().count(1).comma().count(count).close();
                Ok(())
            }
            _ => {
                self.longer(text, count)?;
                self.out.call("SUBSTRING");
                self.text(text)?;
                self.out.comma().count(1).comma();
                self.char_length(text)?;
                self.out.word("-").count(count).close();
                self.shorter(text)
            }
        }
    }

    /// The last characters; all but the first ones for a negative number.
    fn right(&mut self, text: &Expr, length: i64) -> Result<(), SqlError> {
        let count = length.unsigned_abs();
        match length {
            0 => self.emptied(text),
            1.. => {
                self.longer(text, count)?;
                self.out.call("SUBSTRING");
                self.text(text)?;
                self.out.comma();
                self.char_length(text)?;
                self.out.word("-").count(count.saturating_sub(1)).close().word("ELSE");
                self.text(text)?;
                self.out.word("END");
                Ok(())
            }
            _ => {
                self.longer(text, count)?;
                self.out.call("SUBSTRING");
                self.text(text)?;
                self.out.comma().count(count.saturating_add(1)).close();
                self.shorter(text)
            }
        }
    }

    fn longer(&mut self, text: &Expr, count: u64) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.char_length(text)?;
        self.out.word(">").count(count).word("THEN");
        Ok(())
    }

    fn shorter(&mut self, text: &Expr) -> Result<(), SqlError> {
        self.out.word("WHEN");
        self.text(text)?;
        self.out.word("IS NOT NULL THEN").literal("").word("END");
        Ok(())
    }

    /// `lpad` and `rpad` cut what is too long at its end, and an empty filling fills nothing.
    fn pad(
        &mut self,
        left: bool,
        text: &Expr,
        length: &Expr,
        fill: Option<&Expr>,
    ) -> Result<(), SqlError> {
        let name = if left { "lpad" } else { "rpad" };
        let length = constant(length, name)?.max(0);
        let fill = fill.map_or(Ok(" "), |fill| written(fill, name, "filling"))?;
        if fill.is_empty() || length == 0 {
            return self.left(text, length);
        }
        let length = length.unsigned_abs();
        self.out.word("CASE WHEN");
        self.char_length(text)?;
        self.out.word(">=").count(length).word("THEN").call("SUBSTRING");
        self.text(text)?;
        self.out.comma().count(1).comma().count(length).close().word("ELSE");
        if !left {
            self.text(text)?;
            self.out.word("||");
        }
        let single = fill.chars().nth(1).is_none();
        if !single {
            self.out.call("SUBSTRING");
        }
        self.out.call("REPEAT").string(fill).comma().count(length);
        if !single {
            self.out.close().comma().count(1).comma().count(length);
        }
        self.out.word("-");
        self.char_length(text)?;
        self.out.close();
        if left {
            self.out.word("||");
            self.text(text)?;
        }
        self.out.word("END");
        Ok(())
    }

    fn repeat(&mut self, text: &Expr, times: &Expr) -> Result<(), SqlError> {
        let times = constant(times, "repeat")?;
        if times <= 0 {
            return self.emptied(text);
        }
        self.out.call("REPEAT");
        self.text(text)?;
        self.out.comma().count(times.unsigned_abs()).close();
        Ok(())
    }

    /// `$PIECE` gives NULL for a field that is not there or is empty.
    fn split(&mut self, text: &Expr, separator: &Expr, field: &Expr) -> Result<(), SqlError> {
        let separator = written(separator, "split_part", "separator")?;
        let field = constant(field, "split_part")?;
        if field == 0 {
            return Err(SqlError::new("22023", "field position must not be zero").late());
        }
        if field < 0 {
            return Err(refuse("split_part with a negative field position is not supported"));
        }
        if separator.is_empty() {
            // The whole text is the only field.
            return if field == 1 { self.text(text) } else { self.emptied(text) };
        }
        self.out.word("CASE WHEN");
        self.text(text)?;
        self.out.word("IS NOT NULL THEN").call("COALESCE").call("$PIECE");
        self.text(text)?;
        self.out.comma().string(separator).comma().count(field.unsigned_abs()).close();
        self.out.comma().literal("").close().word("END");
        Ok(())
    }

    /// `$TRANSLATE` goes by halves of characters beyond U+FFFF, and its empty text has a character.
    fn translated(&mut self, text: &Expr, from: &Expr, to: &Expr) -> Result<(), SqlError> {
        let (from, to) = (
            written(from, "translate", "list of characters")?,
            written(to, "translate", "list of characters")?,
        );
        if from.chars().chain(to.chars()).any(|c| c.len_utf16() > 1) {
            return Err(refuse("translate of these characters is not supported"));
        }
        if from.is_empty() {
            return self.text(text);
        }
        self.out.call("$TRANSLATE");
        self.text(text)?;
        self.out.comma().string(from);
        if !to.is_empty() {
            self.out.comma().string(to);
        }
        self.out.close();
        Ok(())
    }

    /// A constant is the character itself.
    fn chr(&mut self, code: &Expr) -> Result<(), SqlError> {
        let Some(code) = whole(code) else {
            return Err(refuse("chr is supported with a constant only")
                .hint("Write the number into the statement."));
        };
        if code == 0 {
            return Err(SqlError::new("54000", "null character not permitted").late());
        }
        if code < 0 {
            return Err(SqlError::new("54000", "character number must be positive").late());
        }
        let character = u32::try_from(code).ok().and_then(char::from_u32).ok_or_else(|| {
            let message = format!("requested character not valid for encoding: {code}");
            SqlError::new("54000", message).late()
        })?;
        self.out.string(character.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    /// `overlay`: the text before, what is placed, the text behind.
    fn overlay(
        &mut self,
        text: &Expr,
        placed: &Expr,
        from: &Expr,
        length: Option<&Expr>,
    ) -> Result<(), SqlError> {
        let from = constant(from, "overlay")?;
        let length = length.map(|length| constant(length, "overlay")).transpose()?;
        if from <= 0 {
            return Err(SqlError::new("22011", "negative substring length not allowed").late());
        }
        let behind = length.map(|length| from.saturating_add(length));
        if behind.is_some_and(|behind| behind <= 0) {
            return Err(refuse("overlay with such a negative length is not supported"));
        }
        let from = from.unsigned_abs();
        self.out.word("CASE WHEN");
        self.text(text)?;
        self.out.word("IS NOT NULL AND");
        self.text(placed)?;
        self.out.word("IS NOT NULL THEN").call("STRING");
        if from > 1 {
            self.out.call("SUBSTRING");
            self.text(text)?;
            self.out.comma().count(1).comma().count(from.saturating_sub(1)).close().comma();
        }
        self.text(placed)?;
        self.out.comma().call("SUBSTRING");
        self.text(text)?;
        self.out.comma();
        match behind {
            Some(behind) => {
                self.out.count(behind.unsigned_abs());
            }
            None => {
                self.out.count(from).word("+");
                self.char_length(placed)?;
            }
        }
        self.out.close().close().word("END");
        Ok(())
    }
}
