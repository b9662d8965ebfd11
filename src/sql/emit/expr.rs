//! Expressions: as values, and as conditions.
//!
//! IRIS has no boolean values. A condition stands only where one is asked for; where a value is, it
//! becomes a CASE that gives 1, 0 or NULL. A BIT column is a value, and becomes a condition by
//! comparing it with 1.

use super::{Emitter, refuse};
use crate::sql::bound::{Case, Expr, Literal, Node, Operation, Subquery, SubqueryKind, Truth};
use crate::sql::emit::table::{self, Form};
use crate::sql::error::SqlError;
use irispg_grammar as grammar;

/// What a condition's NULL may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Null {
    /// False, as under WHERE, ON, HAVING, WHEN.
    False,
    /// It stays NULL, as under NOT.
    Kept,
}

/// What a row of the table says of an operation; `None` where it has none.
pub(super) fn form_of(operation: &Operation) -> Option<Form> {
    table::operator(operation.operator).map(|line| line.form)
}

/// Whether an expression is a condition in IRIS's sense.
pub(super) fn is_condition(expr: &Expr) -> bool {
    match &expr.node {
        Node::And(_) | Node::Or(_) | Node::Not(_) | Node::IsNull { .. } => true,
        Node::IsTruth { .. } | Node::Distinct { .. } | Node::Between { .. } => true,
        Node::In(_) | Node::Like(_) | Node::RowCompare { .. } | Node::Quantified(_) => true,
        Node::Subquery(subquery) => {
            matches!(subquery.kind, SubqueryKind::Exists | SubqueryKind::Compare { .. })
        }
        Node::Operation(operation) => matches!(
            form_of(operation),
            Some(Form::Compare(_) | Form::Regex { .. } | Form::Like { .. } | Form::Starts)
        ),
        Node::Call(call) => {
            matches!(table::function(call.function).map(|line| line.form), Some(Form::Starts))
        }
        _ => false,
    }
}

/// Whether a value is printed as several things, so that an operator beside it needs parentheses.
fn is_compound(expr: &Expr) -> bool {
    match &expr.node {
        Node::Operation(operation) => matches!(
            form_of(operation),
            Some(Form::Infix(_) | Form::Divide | Form::Negate | Form::Concat | Form::Elapsed)
        ),
        Node::Cast(cast) => super::cast::is_silent(expr) && is_compound(&cast.expr),
        _ => false,
    }
}

/// The NULL that an expression is, cast or not.
pub(super) fn is_null(expr: &Expr) -> bool {
    match &expr.node {
        Node::Literal(Literal::Null) => true,
        Node::Cast(cast) => is_null(&cast.expr),
        _ => false,
    }
}

impl Emitter<'_> {
    /// Prints an expression as a value.
    pub(super) fn value(&mut self, expr: &Expr) -> Result<(), SqlError> {
        let checked = std::mem::take(&mut self.checked);
        if self.computed(expr)? {
            return Ok(());
        }
        let passes = matches!(expr.node, Node::Cast(_) | Node::Operation(_) | Node::Call(_))
            && !is_condition(expr);
        self.checked = checked && passes;
        self.enter()?;
        grammar::deeper(|| match is_condition(expr) {
            true => self.truth(expr),
            false => self.scalar(expr),
        })
        .map_err(|error| located(error, expr))?;
        self.leave();
        Ok(())
    }

    /// Prints an expression as a condition in WHERE, ON, HAVING or WHEN, where NULL is false.
    pub(super) fn condition(&mut self, expr: &Expr) -> Result<(), SqlError> {
        let before = std::mem::replace(&mut self.binding, true);
        self.predicate(expr, Null::False)?;
        self.binding = before;
        Ok(())
    }

    /// Prints part of a query in which constants stay where they are.
    fn unbinding(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let before = std::mem::replace(&mut self.binding, false);
        part(self)?;
        self.binding = before;
        Ok(())
    }

    /// Prints a value in parentheses unless it is a single thing.
    pub(super) fn operand(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if !is_compound(expr) || self.is_computed(expr) {
            return self.value(expr);
        }
        self.out.open();
        self.value(expr)?;
        self.out.close();
        Ok(())
    }

    /// Whether a query in FROM has computed the expression already.
    pub(super) fn is_computed(&self, expr: &Expr) -> bool {
        let computed = self.scopes.last().and_then(|scope| scope.computed.as_ref());
        computed.is_some_and(|computed| computed.exprs.iter().any(|(own, _)| own == expr))
    }

    /// A condition as a value: 1, 0 or NULL.
    fn truth(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.rule("a condition in the place of a value is a CASE");
        self.out.word("CASE WHEN");
        self.predicate(expr, Null::False)?;
        self.out.word("THEN").count(1);
        if !expr.nullable {
            self.out.word("ELSE").count(0).word("END");
            return Ok(());
        }
        self.out.word("WHEN NOT").open();
        self.predicate(expr, Null::Kept)?;
        self.out.close().word("THEN").count(0).word("END");
        Ok(())
    }

    fn scalar(&mut self, expr: &Expr) -> Result<(), SqlError> {
        match &expr.node {
            Node::Literal(_) | Node::Parameter(_) | Node::Session(_) => self.leaf(expr, false),
            Node::Column(column) => self.column(*column),
            Node::RowId { level, source } => self.row_id(*level, *source),
            Node::Excluded(index) => self.excluded(*index),
            Node::Output(index) => self.output(*index),
            Node::Call(call) => self.call(expr, call),
            Node::Operation(operation) => self.operation(expr, operation),
            Node::Aggregate(aggregate) => self.aggregate(aggregate),
            Node::Window(call) => self.windowed(call),
            Node::Cast(cast) => self.cast(expr, cast),
            Node::Case(case) => self.case(case),
            Node::Coalesce(all) => self.coalesce(all),
            Node::NullIf { equal, result } => self.null_if(equal, result),
            Node::Extreme { least, arguments } => self.extreme(*least, arguments, false),
            Node::Array(_) => Err(refuse("arrays are not supported here")
                .hint("Arrays are supported beside ANY and ALL.")),
            Node::Row(_) => Err(refuse("row constructors are not supported here")
                .hint("Rows are supported in comparisons.")),
            Node::Subquery(subquery) => self.scalar_query(subquery),
            _ => Err(refuse("this expression is not supported")),
        }
    }

    fn scalar_query(&mut self, subquery: &Subquery) -> Result<(), SqlError> {
        match subquery.kind {
            SubqueryKind::Scalar { single } => {
                let (query, correlated) = (&subquery.query, subquery.correlated);
                let changed = self.changing.as_deref();
                let own = changed.is_some_and(|table| super::update::reads(query, table));
                let single = single && (correlated || !own || query.limit.is_some());
                self.unbinding(|own| own.scalar_subquery(query, single, correlated))
            }
            _ => Err(refuse("ARRAY of a query is not supported")
                .hint("Fetch the rows and gather them in the client.")),
        }
    }

    /// Prints a condition.
    pub(super) fn predicate(&mut self, expr: &Expr, null: Null) -> Result<(), SqlError> {
        if self.is_computed(expr) || !is_condition(expr) {
            return self.boolean(expr);
        }
        self.enter()?;
        grammar::deeper(|| self.connected(expr, null)).map_err(|error| located(error, expr))?;
        self.leave();
        Ok(())
    }

    fn connected(&mut self, expr: &Expr, null: Null) -> Result<(), SqlError> {
        match &expr.node {
            Node::And(all) => self.parts(all, "AND", null),
            Node::Or(all) => self.parts(all, "OR", null),
            Node::Not(inner) => {
                self.out.word("NOT").open();
                self.predicate(inner, Null::Kept)?;
                self.out.close();
                Ok(())
            }
            Node::IsNull { expr, negated } => self.null_test(expr, *negated),
            Node::IsTruth { expr, truth, negated } => self.truth_test(expr, *truth, *negated),
            Node::Distinct { equal, negated } => self.distinct(equal, *negated),
            Node::Between { low, high, symmetric, negated } => {
                self.between(low, high, *symmetric, *negated)
            }
            Node::In(list) => self.in_list(list),
            Node::Like(like) => self.like(like),
            Node::RowCompare { operator, columns } => self.row_compared(operator, columns),
            Node::Quantified(quantified) => self.quantified(quantified, null),
            Node::Subquery(subquery) => self.query_condition(subquery, null),
            Node::Operation(operation) => self.operation_condition(operation),
            Node::Call(call) => match call.arguments.as_slice() {
                [text, start] => self.starts_with(text, start),
                _ => Err(refuse("this form of the function is not supported")),
            },
            _ => self.boolean(expr),
        }
    }

    fn parts(&mut self, all: &[Expr], word: &'static str, null: Null) -> Result<(), SqlError> {
        for (index, expr) in all.iter().enumerate() {
            if index > 0 {
                self.out.word(word);
            }
            let single = match &expr.node {
                Node::IsNull { .. } | Node::In(_) | Node::Like(_) | Node::Subquery(_) => true,
                Node::Operation(_) => true,
                _ => !is_condition(expr),
            };
            if single {
                self.predicate(expr, null)?;
            } else {
                self.out.open();
                self.predicate(expr, null)?;
                self.out.close();
            }
        }
        Ok(())
    }

    fn operation_condition(&mut self, operation: &Operation) -> Result<(), SqlError> {
        match form_of(operation) {
            Some(Form::Compare(symbol)) => self.compared(operation, symbol),
            Some(Form::Regex { insensitive, negated }) => {
                self.regex(operation, insensitive, negated)
            }
            Some(Form::Like { insensitive, negated }) => match operation.operands.as_slice() {
                [text, pattern] => self.like_parts(text, pattern, Some('\\'), insensitive, negated),
                _ => Err(refuse("this form of the operator is not supported")),
            },
            Some(Form::Starts) => match operation.operands.as_slice() {
                [text, start] => self.starts_with(text, start),
                _ => Err(refuse("this form of the operator is not supported")),
            },
            _ => Err(refuse("this condition is not supported")),
        }
    }

    /// A boolean value where a condition is asked for.
    fn boolean(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if let Node::Literal(literal) = &expr.node {
            let truth = match literal {
                Literal::Boolean(truth) => Some(*truth),
                Literal::Text(text) => Some(super::number::boolean(text)?),
                _ => None,
            };
            if let Some(truth) = truth {
                self.out.count(1).word("=").count(u64::from(truth));
                return Ok(());
            }
        }
        if is_null(expr) {
            self.out.call("CAST").word("NULL AS INTEGER").close().word("=").count(1);
            return Ok(());
        }
        self.rule("a boolean is compared with 1, as IRIS takes no value for a condition");
        if self.is_computed(expr) {
            self.value(expr)?;
        } else {
            self.plain(expr)?;
        }
        self.out.word("=").count(1);
        Ok(())
    }

    pub(super) fn null_test(&mut self, expr: &Expr, negated: bool) -> Result<(), SqlError> {
        self.plain(expr)?;
        self.out.word(if negated { "IS NOT NULL" } else { "IS NULL" });
        Ok(())
    }

    /// `IS [NOT] TRUE | FALSE | UNKNOWN`: never NULL themselves.
    fn truth_test(&mut self, expr: &Expr, truth: Truth, negated: bool) -> Result<(), SqlError> {
        if truth == Truth::Unknown {
            return self.null_test(expr, negated);
        }
        self.rule("a condition in the place of a value is a CASE");
        self.out.word("CASE WHEN");
        if truth == Truth::True {
            self.predicate(expr, Null::False)?;
        } else {
            self.out.word("NOT").open();
            self.predicate(expr, Null::Kept)?;
            self.out.close();
        }
        self.out.word("THEN").count(1).word("ELSE").count(0).word("END =");
        self.out.count(u64::from(!negated));
        Ok(())
    }

    fn query_condition(&mut self, subquery: &Subquery, null: Null) -> Result<(), SqlError> {
        match &subquery.kind {
            SubqueryKind::Exists => {
                self.out.word("EXISTS").open();
                self.unbinding(|own| own.subquery(&subquery.query))?;
                self.out.close();
                Ok(())
            }
            SubqueryKind::Compare { operator, columns, all } => {
                let [only] = columns.as_slice() else {
                    return self.unbinding(|own| {
                        own.row_among(operator, columns, *all, &subquery.query, null)
                    });
                };
                self.query_compared(operator, only, *all, &subquery.query)
            }
            _ => Err(refuse("this subquery is not supported")),
        }
    }

    fn query_compared(
        &mut self,
        operator: &str,
        operation: &Operation,
        all: bool,
        query: &crate::sql::bound::Query,
    ) -> Result<(), SqlError> {
        let Some(Form::Compare(symbol)) = form_of(operation) else {
            return Err(refuse(format!("operator {operator} beside a query is not supported")));
        };
        let [left, right] = operation.operands.as_slice() else {
            return Err(refuse("this form of the operator is not supported"));
        };
        let mut output = right;
        while let Node::Cast(cast) = &output.node {
            if !super::cast::is_silent(output) {
                return Err(refuse("this comparison with a query is not supported")
                    .hint("Cast the column inside the query."));
            }
            output = &cast.expr;
        }
        if !super::comparison::same_kind(left.ty, right.ty) {
            return Err(refuse("this comparison with a query is not supported")
                .hint("Cast the column inside the query."));
        }
        super::order::check_spans(std::iter::once(left.ty))?;
        self.operand(left)?;
        match (symbol, all) {
            ("=", false) => self.out.word("IN"),
            ("<>", true) => self.out.word("NOT IN"),
            (_, true) => self.out.word(symbol).word("ALL"),
            (_, false) => self.out.word(symbol).word("ANY"),
        };
        self.out.open();
        self.unbinding(|own| own.subquery(query))?;
        self.out.close();
        Ok(())
    }

    fn case(&mut self, case: &Case) -> Result<(), SqlError> {
        self.out.word("CASE");
        for (condition, result) in &case.branches {
            self.out.word("WHEN");
            self.predicate(condition, Null::False)?;
            self.out.word("THEN");
            self.value(result)?;
        }
        if let Some(otherwise) = &case.otherwise {
            self.out.word("ELSE");
            self.value(otherwise)?;
        }
        self.out.word("END");
        Ok(())
    }

    fn coalesce(&mut self, all: &[Expr]) -> Result<(), SqlError> {
        if let [only] = all {
            return self.value(only);
        }
        self.out.call("COALESCE");
        for (index, expr) in all.iter().enumerate() {
            self.out.separate(index);
            self.value(expr)?;
        }
        self.out.close();
        Ok(())
    }

    fn null_if(&mut self, equal: &Operation, result: &Expr) -> Result<(), SqlError> {
        let Some(Form::Compare("=")) = form_of(equal) else {
            return Err(refuse("NULLIF of these types is not supported"));
        };
        if let [left, right] = equal.operands.as_slice()
            && left == result
            && !is_condition(left)
        {
            self.out.call("NULLIF");
            self.value(left)?;
            self.out.comma();
            self.value(right)?;
            self.out.close();
            return Ok(());
        }
        self.out.word("CASE WHEN");
        self.compared(equal, "=")?;
        self.out.word("THEN NULL ELSE");
        self.value(result)?;
        self.out.word("END");
        Ok(())
    }

    /// The greatest or least of those that are not NULL. IRIS's functions give NULL if any is.
    /// Which argument it is decides how many digits PostgreSQL shows, where `scaled` asks for them.
    pub(super) fn extreme(
        &mut self,
        least: bool,
        arguments: &[Expr],
        scaled: bool,
    ) -> Result<(), SqlError> {
        let symbol = if least { "<=" } else { ">=" };
        let name = if least { "least" } else { "greatest" };
        let [others @ .., last] = arguments else { return Err(refuse("no argument")) };
        if others.is_empty() {
            return self.value(last);
        }
        if !super::comparison::is_ordered(last.ty) {
            return Err(refuse(format!("{name} of type {} is not supported", last.ty.name())));
        }
        self.out.word("CASE");
        for (index, argument) in others.iter().enumerate() {
            // What stands before was less than something that follows, or NULL.
            self.out.word("WHEN");
            self.null_test(argument, true)?;
            for other in arguments.iter().skip(index.saturating_add(1)) {
                self.out.word("AND").open();
                self.sides(argument, symbol, other)?;
                if other.nullable {
                    self.out.word("OR");
                    self.null_test(other, false)?;
                }
                self.out.close();
            }
            self.out.word("THEN");
            if scaled { self.scaled(argument)? } else { self.value(argument)? }
        }
        self.out.word("ELSE");
        if scaled {
            self.scaled(last)?
        } else {
            self.value(last)?
        }
        self.out.word("END");
        Ok(())
    }
}

/// Points a refusal at the expression, unless it points somewhere already.
fn located(error: SqlError, expr: &Expr) -> SqlError {
    match expr.at.0 {
        Some(offset) => error.at(offset),
        None => error,
    }
}
