//! `= ANY (array)` and its kin: IRIS has no arrays, but a list may be bound for `%INLIST`.

use super::comparison::same_kind;
use super::expr::Null;
use super::table::{self, Form};
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, List, Literal, Node, Operation, Quantified};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;
use crate::types::pg::PgType;

/// An array as the emitter can use it.
enum Array {
    /// `ARRAY[…]`, cast or not.
    Elements(Vec<Expr>),
    /// A parameter.
    Parameter(usize),
    /// Neither.
    Other,
}

/// The array that an expression is; a cast of an array is one of its elements.
fn array_of(expr: &Expr) -> Array {
    match &expr.node {
        Node::Array(elements) => Array::Elements(elements.clone()),
        Node::Parameter(index) => Array::Parameter(*index),
        Node::Literal(Literal::Text(text)) => match (read(text), expr.ty.element()) {
            (Some(all), Some(ty)) => {
                let one = |part: Option<String>| Expr {
                    nullable: part.is_none(),
                    node: Node::Literal(part.map_or(Literal::Null, Literal::Text)),
                    ty,
                    typmod: -1,
                    scale: None,
                    at: expr.at,
                };
                Array::Elements(all.into_iter().map(one).collect())
            }
            _ => Array::Other,
        },
        Node::Cast(cast) => match (&cast.expr.node, expr.ty.element()) {
            (Node::Array(elements), Some(element)) => {
                let converted = |one: &Expr| {
                    if one.ty == element {
                        return one.clone();
                    }
                    let inner = crate::sql::bound::Cast {
                        expr: Box::new(one.clone()),
                        explicit: cast.explicit,
                    };
                    Expr { node: Node::Cast(inner), ty: element, ..one.clone() }
                };
                Array::Elements(elements.iter().map(converted).collect())
            }
            _ => Array::Other,
        },
        _ => Array::Other,
    }
}

/// The elements of an array of one dimension as it is written, `None` for NULL.
fn read(text: &str) -> Option<Vec<Option<String>>> {
    let body = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    if body.trim().is_empty() {
        return Some(Vec::new());
    }
    let mut all = Vec::new();
    let mut rest = body.chars();
    let (mut part, mut quoted, mut inside) = (String::new(), false, false);
    let mut end = |part: &mut String, quoted: &mut bool| -> Option<()> {
        let own = std::mem::take(part);
        let shown = if *quoted { own.as_str() } else { own.trim() };
        if shown.is_empty() && !*quoted {
            return None;
        }
        let null = !*quoted && shown.eq_ignore_ascii_case("null");
        all.push((!null).then(|| shown.to_owned()));
        *quoted = false;
        Some(())
    };
    while let Some(c) = rest.next() {
        match c {
            '\\' => part.push(rest.next()?),
            '"' if inside => inside = false,
            '"' if part.trim().is_empty() && !quoted => {
                part.clear();
                (quoted, inside) = (true, true);
            }
            _ if inside => part.push(c),
            ',' => end(&mut part, &mut quoted)?,
            '{' | '}' | '"' => return None,
            c if quoted && !c.is_whitespace() => return None,
            _ if quoted => {}
            c => part.push(c),
        }
    }
    if inside {
        return None;
    }
    end(&mut part, &mut quoted)?;
    Some(all)
}

impl Emitter<'_> {
    /// `x op ANY (array)`, `x op ALL (array)`
    pub(super) fn quantified(&mut self, it: &Quantified, null: Null) -> Result<(), SqlError> {
        super::order::check_spans(std::iter::once(it.left.ty))?;
        let form = table::operator(it.operator).map(|line| line.form);
        if let (Some(Form::Like { insensitive, negated }), Array::Elements(elements)) =
            (form, array_of(&it.array))
            && !elements.is_empty()
        {
            self.out.open();
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    self.out.word(if it.all { "AND" } else { "OR" });
                }
                self.like_parts(&it.left, element, Some('\\'), insensitive, negated)?;
            }
            self.out.close();
            return Ok(());
        }
        let Some(Form::Compare(symbol)) = form else {
            let operation = Operation {
                operator: it.operator,
                operands: vec![it.left.clone(), it.array.clone()],
            };
            return Err(super::comparison::unsupported(&operation));
        };
        if let Node::Literal(Literal::Null) = it.array.node {
            self.out.call("CAST").word("NULL AS INTEGER").close().word("=").count(1);
            return Ok(());
        }
        match array_of(&it.array) {
            Array::Elements(elements) => self.each(it, symbol, &elements),
            Array::Parameter(index) => match (symbol, it.all) {
                ("=", false) => self.listed(&it.left, it.array.ty, index, false, null),
                ("<>", true) => self.listed(&it.left, it.array.ty, index, true, null),
                _ => Err(refuse(format!(
                    "operator {symbol} {} an array parameter is not supported",
                    if it.all { "ALL of" } else { "ANY of" }
                ))
                .hint("= ANY and <> ALL are; for others write ARRAY[…] or several conditions.")),
            },
            Array::Other => Err(refuse("this array is not supported")
                .hint("Arrays are supported as parameters and as ARRAY[…].")),
        }
    }

    /// One comparison for each element.
    fn each(
        &mut self,
        it: &Quantified,
        symbol: &'static str,
        elements: &[Expr],
    ) -> Result<(), SqlError> {
        if elements.is_empty() {
            self.out.count(1).word("=").count(u64::from(it.all));
            return Ok(());
        }
        let operations: Vec<Operation> = elements
            .iter()
            .map(|element| Operation {
                operator: it.operator,
                operands: vec![it.left.clone(), element.clone()],
            })
            .collect();
        if symbol == "=" && !it.all {
            return self.in_list(&List { equals: operations, negated: false });
        }
        self.out.open();
        for (index, operation) in operations.iter().enumerate() {
            if index > 0 {
                self.out.word(if it.all { "AND" } else { "OR" });
            }
            self.compared(operation, symbol)?;
        }
        self.out.close();
        Ok(())
    }

    /// `x = ANY ($n)`, or with `negated` `x <> ALL ($n)`.
    fn listed(
        &mut self,
        left: &Expr,
        array: PgType,
        index: usize,
        negated: bool,
        null: Null,
    ) -> Result<(), SqlError> {
        let element = array.element().unwrap_or(left.ty);
        let alike = same_kind(left.ty, element)
            && !matches!(
                element,
                PgType::Bytea
                    | PgType::Time
                    | PgType::Timestamp
                    | PgType::Timestamptz
                    | PgType::Float4
                    | PgType::Float8
            );
        if !alike {
            return Err(refuse(format!(
                "ANY and ALL of a parameter of type {} are not supported",
                array.name()
            ))
            .hint("Use IN with a list of parameters."));
        }
        self.rule("= ANY of an array parameter is %INLIST of a list that is bound");
        if !negated && null == Null::False {
            self.member(left)?;
            self.out.word("%INLIST").place(Place::Elements(index));
            return Ok(());
        }
        // True for a match; false for an empty array, or where nothing that is compared is NULL.
        let (hit, miss) = if negated { (0, 1) } else { (1, 0) };
        self.out.word("CASE WHEN").place(Place::Length(index)).word("=").count(0);
        self.out.word("THEN").count(miss).word("WHEN");
        self.member(left)?;
        self.out.word("%INLIST").place(Place::Elements(index)).word("THEN").count(hit);
        self.out.word("WHEN").place(Place::HasNull(index)).word("=").count(0);
        if left.nullable {
            self.out.word("AND");
            self.null_test(left, true)?;
        }
        self.out.word("THEN").count(miss).word("END =").count(1);
        Ok(())
    }
    /// What is looked for in a list: its elements are in ODBC form, and no select mode changes
    /// those of a list.
    fn member(&mut self, left: &Expr) -> Result<(), SqlError> {
        if left.ty != PgType::Date {
            return self.operand(left);
        }
        self.out.call("%ODBCOUT");
        self.value(left)?;
        self.out.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn arrays_are_read() {
        let some = |all: &[&str]| Some(all.iter().map(|one| Some((*one).to_owned())).collect());
        assert_eq!(read("{}"), Some(Vec::new()));
        assert_eq!(read("{1, 2 ,3}"), some(&["1", "2", "3"]));
        assert_eq!(read("{\"a,b\",\"c\\\"d\", e f }"), some(&["a,b", "c\"d", "e f"]));
        assert_eq!(read("{null}"), Some(vec![None]));
        assert_eq!(read("{\"null\",\"\"}"), some(&["null", ""]));
        for wrong in ["", "{", "1,2", "{1,}", "{{1}}", "{\"a\"b}", "{a\"b\"}"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
