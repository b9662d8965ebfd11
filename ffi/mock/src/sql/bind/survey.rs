//! What a SELECT holds, before it is bound.

use super::super::ast::{Cond, Expr, Item, Select, When};

/// Whether a SELECT has aggregates, and whether plain columns stand outside of them.
pub(super) fn survey(select: &Select) -> (bool, bool) {
    let mut found = (false, false);
    for item in &select.items {
        match item {
            Item::Star(..) => found.1 = true,
            Item::Value { expr, .. } => survey_value(expr, &mut found),
        }
    }
    if let Some(cond) = &select.having {
        let among_items = found.0;
        survey_cond(cond, &mut found);
        // UNVERIFIED(iris): HAVING filters rows also where it alone has an aggregate.
        found.1 |= found.0 && !among_items;
    }
    found
}

fn survey_value(expr: &Expr, found: &mut (bool, bool)) {
    match expr {
        Expr::Aggregate(call) => {
            found.0 = true;
            // %FOREACH gives a value for every row.
            found.1 |= !call.for_each.is_empty();
        }
        Expr::Window(call) => {
            let sorts = call.order.iter().map(|order| &order.expr);
            let all = call.args.iter().chain(&call.partition).chain(sorts);
            all.for_each(|e| survey_value(e, found));
        }
        Expr::Convert(inner) => survey_value(&inner.value, found),
        Expr::Column { .. } | Expr::Arrow(..) => found.1 = true,
        Expr::Negate(inner) | Expr::Cast(inner, _) | Expr::Collate(_, inner) => {
            survey_value(inner, found);
        }
        Expr::Binary(_, a, b) => {
            survey_value(a, found);
            survey_value(b, found);
        }
        Expr::Call { args, .. } => args.iter().for_each(|arg| survey_value(arg, found)),
        Expr::Case { operand, whens, other } => {
            operand.iter().chain(other).for_each(|e| survey_value(e, found));
            for (when, result) in whens {
                match when {
                    When::Value(value) => survey_value(value, found),
                    When::Cond(cond) => survey_cond(cond, found),
                }
                survey_value(result, found);
            }
        }
        _ => {}
    }
}

fn survey_cond(cond: &Cond, found: &mut (bool, bool)) {
    match cond {
        Cond::And(all) | Cond::Or(all) => all.iter().for_each(|c| survey_cond(c, found)),
        Cond::Not(inner) => survey_cond(inner, found),
        Cond::Compare(_, a, b)
        | Cond::StartsWith(a, b)
        | Cond::Contains(a, b)
        | Cond::Follows(a, b)
        | Cond::InListValue(a, b)
        | Cond::Pattern(a, b)
        | Cond::Like { value: a, pattern: b, .. }
        | Cond::Matches { value: a, pattern: b, .. } => {
            survey_value(a, found);
            survey_value(b, found);
        }
        Cond::Between(a, b, c) => [a, b, c].into_iter().for_each(|e| survey_value(e, found)),
        Cond::InList(value, list) => {
            std::iter::once(value).chain(list).for_each(|e| survey_value(e, found));
        }
        Cond::InQuery(value, _)
        | Cond::Quantified(_, value, _, _)
        | Cond::IsNull(value)
        | Cond::IsJson(value, _) => {
            survey_value(value, found);
        }
        Cond::Exists(_) => {}
    }
}
