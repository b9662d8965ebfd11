//! Our dialect: PostgreSQL's, without the constructs of other products that it lets in.

use sqlparser::ast::{self, Expr, Ident, Interval, Query, UnaryOperator};
use sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;
use std::any::TypeId;

/// PostgreSQL's grammar as `sqlparser` knows it.
///
/// `sqlparser` asks in many places which dialect it works for by type, so this one answers as
/// PostgreSQL's and forwards every question that PostgreSQL's answers in a way of its own.
#[derive(Debug, Clone, Copy)]
pub struct IrisPg;

const BASE: PostgreSqlDialect = PostgreSqlDialect {};

/// What binds tighter than COLLATE, which is what a sign does. Source: PostgreSQL's `gram.y`, where
/// a sign stands above COLLATE; `sqlparser` puts it beside the multiplication, so that `-2 ^ 2`
/// would be −4.
const SIGN: u8 = 120;

/// Operators in general.
const OPERATOR: u8 = 70;

/// BETWEEN
const BETWEEN: u8 = 60;

/// A prefix operator, and what its operand must bind tighter than.
fn prefix(token: &Token) -> Option<(UnaryOperator, u8)> {
    Some(match token {
        Token::Plus => (UnaryOperator::Plus, SIGN),
        Token::Minus => (UnaryOperator::Minus, SIGN),
        Token::Tilde => (UnaryOperator::BitwiseNot, OPERATOR),
        Token::CustomBinaryOperator(name) => match name.as_str() {
            "@" => (UnaryOperator::PGAbs, OPERATOR),
            "|/" => (UnaryOperator::PGSquareRoot, OPERATOR),
            "||/" => (UnaryOperator::PGCubeRoot, OPERATOR),
            "!!" => (UnaryOperator::PGPrefixFactorial, OPERATOR),
            _ => return None,
        },
        _ => return None,
    })
}

fn is_word(parser: &Parser<'_>, ahead: usize, word: &str) -> bool {
    match &parser.peek_nth_token_ref(ahead).token {
        Token::Word(found) => found.quote_style.is_none() && found.value == word,
        _ => false,
    }
}

/// Whether `(VALUES (` stands ahead, which `sqlparser` takes for a call.
fn is_values(parser: &Parser<'_>, ahead: usize) -> bool {
    let next = |count: usize| ahead.saturating_add(count);
    parser.peek_nth_token_ref(ahead).token == Token::LParen
        && is_word(parser, next(1), "values")
        && parser.peek_nth_token_ref(next(2)).token == Token::LParen
}

/// A query in parentheses.
fn query(parser: &mut Parser<'_>) -> Result<Query, ParserError> {
    parser.expect_token(&Token::LParen)?;
    let query = parser.parse_query()?;
    parser.expect_token(&Token::RParen)?;
    Ok(*query)
}

/// What IN compares with: a query in parentheses, or a list that begins with such, which
/// `sqlparser` takes for a query.
fn members(parser: &mut Parser<'_>, expr: &Expr, negated: bool) -> Result<Expr, ParserError> {
    let expr = Box::new(expr.clone());
    parser.expect_token(&Token::LParen)?;
    let query = parser.maybe_parse(|parser| {
        let query = parser.parse_query()?;
        parser.expect_token(&Token::RParen).map(|_| query)
    })?;
    if let Some(subquery) = query {
        return Ok(Expr::InSubquery { expr, subquery, negated });
    }
    let list = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::InList { expr, list, negated })
}

/// `interval(3) '…'`
fn precise_interval(parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
    let Token::Number(digits, _) = &parser.peek_nth_token_ref(2).token else { return None };
    let precision = digits.parse().ok()?;
    let text = matches!(parser.peek_nth_token_ref(4).token, Token::SingleQuotedString(_));
    if parser.peek_nth_token_ref(3).token != Token::RParen || !text {
        return None;
    }
    for _ in 0..4 {
        parser.advance_token();
    }
    Some(parser.parse_value().map(|value| {
        Expr::Interval(Interval {
            value: Box::new(Expr::Value(value)),
            leading_field: None,
            leading_precision: Some(precision),
            last_field: None,
            fractional_seconds_precision: None,
        })
    }))
}

/// `BETWEEN SYMMETRIC low AND high`. The tree has no place for the word: it is the prefix of the
/// lower bound.
fn symmetric(parser: &mut Parser<'_>, expr: &Expr, negated: bool) -> Result<Expr, ParserError> {
    for _ in 0..usize::from(negated).saturating_add(2) {
        parser.advance_token();
    }
    let low = parser.parse_subexpr(BETWEEN)?;
    parser.expect_keyword(Keyword::AND)?;
    let high = parser.parse_subexpr(BETWEEN)?;
    let low = Expr::Prefixed { prefix: Ident::new("symmetric"), value: Box::new(low) };
    Ok(Expr::Between {
        expr: Box::new(expr.clone()),
        negated,
        low: Box::new(low),
        high: Box::new(high),
    })
}

/// Questions whose answer is PostgreSQL's own.
macro_rules! yes {
    ($($name:ident),* $(,)?) => { $(fn $name(&self) -> bool { true })* };
}

impl Dialect for IrisPg {
    fn dialect(&self) -> TypeId {
        TypeId::of::<PostgreSqlDialect>()
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        BASE.identifier_quote_style(identifier)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        BASE.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        BASE.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        BASE.is_identifier_part(ch)
    }

    fn is_reserved_for_identifier(&self, kw: Keyword) -> bool {
        BASE.is_reserved_for_identifier(kw)
    }

    fn is_table_alias(&self, kw: &Keyword, parser: &mut Parser<'_>) -> bool {
        BASE.is_table_alias(kw, parser)
    }

    fn is_column_alias(&self, kw: &Keyword, parser: &mut Parser<'_>) -> bool {
        *kw != Keyword::FOR && BASE.is_column_alias(kw, parser)
    }

    fn is_custom_operator_part(&self, ch: char) -> bool {
        BASE.is_custom_operator_part(ch)
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        BASE.get_next_precedence(parser)
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<ast::Expr, ParserError>> {
        if is_word(parser, 0, "interval") && parser.peek_nth_token_ref(1).token == Token::LParen {
            return precise_interval(parser);
        }
        if is_values(parser, 0) {
            return Some(query(parser).map(|query| Expr::Subquery(Box::new(query))));
        }
        let (op, precedence) = prefix(&parser.peek_token_ref().token)?;
        parser.advance_token();
        let operand = parser.parse_subexpr(precedence);
        Some(operand.map(|operand| Expr::UnaryOp { op, expr: Box::new(operand) }))
    }

    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        expr: &ast::Expr,
        precedence: u8,
    ) -> Option<Result<ast::Expr, ParserError>> {
        let negated = is_word(parser, 0, "not");
        let between = usize::from(negated);
        if is_word(parser, between, "between")
            && is_word(parser, between.saturating_add(1), "symmetric")
        {
            return Some(symmetric(parser, expr, negated));
        }
        if is_word(parser, between, "in") && is_values(parser, between.saturating_add(1)) {
            for _ in 0..=between {
                parser.advance_token();
            }
            return Some(query(parser).map(|subquery| Expr::InSubquery {
                expr: Box::new(expr.clone()),
                subquery: Box::new(subquery),
                negated,
            }));
        }
        if is_word(parser, between, "in")
            && [1, 2].iter().all(|ahead| {
                parser.peek_nth_token_ref(between.saturating_add(*ahead)).token == Token::LParen
            })
        {
            for _ in 0..=between {
                parser.advance_token();
            }
            return Some(members(parser, expr, negated));
        }
        BASE.parse_infix(parser, expr, precedence)
    }

    fn prec_value(&self, prec: Precedence) -> u8 {
        BASE.prec_value(prec)
    }

    yes!(
        supports_unicode_string_literal,
        supports_filter_during_aggregation,
        supports_group_by_expr,
        allow_extract_custom,
        allow_extract_single_quotes,
        supports_create_index_with_clause,
        supports_exclude_constraint,
        supports_empty_projections,
        supports_nested_comments,
        supports_string_escape_constant,
        supports_array_typedef_with_brackets,
        supports_alter_column_type_using,
        supports_notnull_operator,
        supports_interval_options,
        supports_insert_table_alias,
        supports_create_table_like_parenthesized,
        supports_comma_separated_trim,
        supports_comment_on,
        supports_explain_with_utility_options,
    );

    fn supports_left_associative_joins_without_parens(&self) -> bool {
        false
    }
}
