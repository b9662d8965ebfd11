//! One SELECT.

use super::limit::{Rows, Style};
use super::output::{self, Column};
use super::query::Role;
use super::scope::{Scope, Shown, SourceKind};
use super::value::{bare, is_column, negated_number};
use super::{Translator, group, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::LimitKind;
use irispg_grammar::ast::{
    Distinct, Expr, GroupByExpr, JoinConstraint, JoinOperator, NamedWindowDefinition,
    NamedWindowExpr, ObjectName, Query, Select, SelectFlavor, SelectItem,
    SelectItemQualifiedWildcardKind, TableWithJoins, WildcardAdditionalOptions, WindowSpec,
};

/// An item of the select list.
#[derive(Debug)]
pub(super) struct Item<'t> {
    /// The expression; none for a wildcard.
    pub(super) expr: Option<&'t Expr>,
    /// What qualifies a wildcard.
    qualifier: Option<&'t ObjectName>,
    /// Name and type.
    pub(super) column: Column,
    /// The name under which it is printed, if it is.
    pub(super) alias: Option<String>,
    /// Whether it is a quotient that the gateway divides.
    pub(super) divided: bool,
}

impl Translator<'_> {
    /// Prints a SELECT with what stands around it in its query.
    pub(super) fn select(
        &mut self,
        query: &Query,
        select: &Select,
        role: Role,
        rows: Rows,
    ) -> Result<Vec<Column>, SqlError> {
        check(select)?;
        self.scopes.push(Scope::default());
        let from = self.apart(|own| own.from(&select.from))?;
        self.name_windows(select)?;
        let mut items = self.items(select)?;
        let groups = self.groups(select, &items)?;
        let mut keys = self.keys(query, &items)?;
        let grouped = self.check_groups(select, &items, &groups, &keys)?;
        let distinct = matches!(select.distinct, Some(Distinct::Distinct));
        if distinct {
            distinct_keys(&items, &keys)?;
        }
        let style = rows.style(role == Role::Top, self.options.version);
        if role == Role::Top {
            self.check_shown(&items)?;
        }
        let names = role == Role::Derived || style == Style::Numbered;
        // Names would be confused with columns in ORDER BY, and IRIS takes no aggregates there.
        let apart = !keys.is_empty()
            && (distinct
                || role == Role::Derived
                || keys.iter().any(|key| group::windowed(key.expr))
                || (grouped && keys.iter().any(|key| group::aggregated(key.expr))));
        if names || apart {
            name_items(&mut items);
        }
        if role == Role::Top {
            self.divide_here(&mut items, &mut keys, distinct)?;
        }
        if style == Style::Numbered {
            self.out.word("SELECT * FROM").open();
        }
        let top = if style == Style::Numbered { Style::None } else { style };
        let ordered = !keys.is_empty()
            && top != Style::Top
            && (role != Role::Top || style == Style::Numbered);
        let core = Core { select, items: &items, groups: &groups, distinct };
        if apart {
            let hidden = hidden(&items, &keys)?;
            self.out.word("SELECT");
            self.print_top(rows, top, ordered);
            self.visible(&items, !hidden.is_empty())?;
            self.out.word("FROM").open();
            self.core(&core, &hidden, from, (Rows::default(), Style::None, false))?;
            let alias = self.fresh();
            self.out.close().word("AS").name(&alias)?;
            self.order_by_items(&items, &keys)?;
        } else {
            self.core(&core, &[], from, (rows, top, ordered))?;
            self.order_by(&keys)?;
        }
        if style == Style::Numbered {
            let alias = self.fresh();
            self.out.close().word("AS").name(&alias)?;
            self.print_numbered(rows);
        }
        if style == Style::Tail {
            self.print_tail(rows);
        }
        self.scopes.pop();
        Ok(items.into_iter().map(|item| item.column).collect())
    }

    /// Prints `TOP n`, or the `TOP ALL` that lets a subquery have an ORDER BY.
    pub(super) fn print_top(&mut self, rows: Rows, style: Style, ordered: bool) {
        match (style, rows.limit) {
            (Style::Top, Some(limit)) => {
                self.rule("LIMIT is TOP here, as this place or release has no LIMIT");
                self.out.word("TOP");
                self.print_count(limit, LimitKind::Limit);
            }
            _ if ordered => {
                self.rule("TOP ALL lets a subquery have an ORDER BY");
                self.out.word("TOP ALL");
            }
            _ => {}
        }
    }

    /// From SELECT to HAVING.
    fn core(
        &mut self,
        core: &Core<'_>,
        hidden: &[(String, &Expr)],
        from: crate::sql::printer::Printer,
        (rows, style, ordered): (Rows, Style, bool),
    ) -> Result<(), SqlError> {
        self.out.word("SELECT");
        if core.distinct {
            self.out.word("DISTINCT");
        }
        self.print_top(rows, style, ordered);
        for (index, item) in core.items.iter().enumerate() {
            self.out.separate(index);
            self.item(item)?;
        }
        for (name, expr) in hidden {
            self.out.comma();
            self.value(expr, true)?;
            self.out.word("AS").name(name)?;
        }
        if !core.select.from.is_empty() {
            self.out.word("FROM").append(from);
        }
        if let Some(condition) = &core.select.selection {
            self.out.word("WHERE");
            let before = self.no_aggregates.replace("WHERE");
            self.predicate(condition, "WHERE")?;
            self.no_aggregates = before;
        }
        if !core.groups.is_empty() {
            self.out.word("GROUP BY");
            let before = self.no_aggregates.replace("GROUP BY");
            for (index, expr) in core.groups.iter().enumerate() {
                self.out.separate(index);
                self.value(expr, true)?;
            }
            self.no_aggregates = before;
        }
        if let Some(condition) = &core.select.having {
            if group::windowed(condition) {
                let message = "window functions are not allowed in HAVING";
                return Err(SqlError::new("42P20", message).of(condition));
            }
            self.out.word("HAVING");
            self.predicate(condition, "HAVING")?;
        }
        Ok(())
    }

    fn item(&mut self, item: &Item<'_>) -> Result<(), SqlError> {
        let Some(expr) = item.expr else {
            if let Some(qualifier) = item.qualifier {
                let name = qualifier.0.last().and_then(|part| part.as_ident());
                self.out.name(name.map(|n| n.value.as_str()).unwrap_or_default())?.dot();
            }
            self.out.word("*");
            return Ok(());
        };
        if item.divided {
            self.quotient(expr)?;
        } else {
            self.value(expr, true)?;
        }
        if let Some(alias) = &item.alias {
            self.out.word("AS").name(alias)?;
        }
        Ok(())
    }

    /// The list of a query around another: everything, or what is not hidden.
    fn visible(&mut self, items: &[Item<'_>], hidden: bool) -> Result<(), SqlError> {
        if !hidden {
            self.out.word("*");
            return Ok(());
        }
        for (index, item) in items.iter().enumerate() {
            self.out.separate(index);
            self.out.name(&inner_name(item))?;
        }
        Ok(())
    }

    /// The select list, with names and types.
    fn items<'t>(&mut self, select: &'t Select) -> Result<Vec<Item<'t>>, SqlError> {
        if select.projection.is_empty() {
            return Err(refuse("SELECT without a select list is not supported"));
        }
        let mut items = Vec::with_capacity(select.projection.len());
        for item in &select.projection {
            let (expr, name) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, output::name(expr)),
                SelectItem::ExprWithAlias { expr, alias } => {
                    super::check_alias(alias)?;
                    (expr, alias.value.clone())
                }
                SelectItem::Wildcard(options) => {
                    check_wildcard(options)?;
                    if select.from.iter().any(has_using) {
                        return Err(refuse("* over a join with USING is not supported")
                            .hint("Name the columns."));
                    }
                    if select.from.is_empty() {
                        let message = "SELECT * with no tables specified is not valid";
                        return Err(SqlError::new("42601", message));
                    }
                    items.push(wildcard(None));
                    continue;
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) => {
                    check_wildcard(options)?;
                    items.push(wildcard(Some(name)));
                    continue;
                }
                _ => return Err(refuse("this item of the select list is not supported")),
            };
            let shown = match bare(expr) {
                // Read twice only at the top: nested queries would double with each level.
                Expr::Subquery(query) if self.scopes.len() == 1 => self.shown_query(query)?,
                _ => self.shown(expr),
            };
            let stored = is_column(expr) && self.column_of(expr).is_none_or(|known| known.stored);
            let column = Column::Named { name, shown, stored };
            items.push(Item {
                expr: Some(expr),
                qualifier: None,
                column,
                alias: None,
                divided: false,
            });
        }
        Ok(items)
    }

    /// Keeps the windows of WINDOW under their names.
    fn name_windows(&mut self, select: &Select) -> Result<(), SqlError> {
        let mut windows: Vec<(String, WindowSpec)> = Vec::new();
        for NamedWindowDefinition(name, window) in &select.named_window {
            let NamedWindowExpr::WindowSpec(spec) = window else {
                return Err(refuse("a window that is another one is not supported"));
            };
            if spec.window_name.is_some() {
                return Err(refuse("windows that begin with another's name are not supported")
                    .hint("Write the window out."));
            }
            if windows.iter().any(|(own, _)| *own == name.value) {
                let message = format!("window \"{}\" is already defined", name.value);
                return Err(SqlError::new("42P20", message));
            }
            windows.push((name.value.clone(), spec.clone()));
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.windows = windows;
        }
        Ok(())
    }

    /// What a client sees of a subquery of one column.
    pub(super) fn shown_query(&mut self, query: &Query) -> Result<Option<Shown>, SqlError> {
        let before = self.no_aggregates.take();
        let mut columns = Vec::new();
        self.apart(|own| {
            columns = own.query(query, Role::Inner)?;
            Ok(())
        })?;
        self.no_aggregates = before;
        Ok(match columns.as_slice() {
            [Column::Named { shown, .. }] => *shown,
            _ => None,
        })
    }

    /// The expressions of GROUP BY, with positions and names of the select list resolved.
    fn groups<'t>(
        &mut self,
        select: &'t Select,
        items: &[Item<'t>],
    ) -> Result<Vec<&'t Expr>, SqlError> {
        let GroupByExpr::Expressions(exprs, modifiers) = &select.group_by else {
            return Err(refuse("GROUP BY ALL is not supported"));
        };
        if !modifiers.is_empty() {
            return Err(refuse("modifiers of GROUP BY are not supported"));
        }
        let mut groups = Vec::with_capacity(exprs.len());
        for expr in exprs {
            if let Some(number) = negated_number(bare(expr)) {
                groups.push(positioned(&number?.digits, items, "GROUP BY")?.1);
                continue;
            }
            let Expr::Identifier(name) = bare(expr) else {
                groups.push(expr);
                continue;
            };
            let alias = items.iter().find_map(|item| match (&item.column, item.expr) {
                (Column::Named { name: own, .. }, Some(expr)) if *own == name.value => Some(expr),
                _ => None,
            });
            match alias {
                Some(item) if !same_column(item, &name.value) => {
                    // A column of that name would win, but only the catalog can tell.
                    if self.column(None, &name.value).is_some() {
                        groups.push(expr);
                    } else if self.all_known() {
                        groups.push(item);
                    } else {
                        return Err(refuse(format!(
                            "cannot tell whether \"{}\" in GROUP BY is a column",
                            name.value
                        ))
                        .hint("Repeat the expression or give its position."));
                    }
                }
                _ => groups.push(expr),
            }
        }
        Ok(groups)
    }

    /// Whether the columns of every table of this query are known.
    fn all_known(&self) -> bool {
        let Some(scope) = self.scopes.last() else { return false };
        scope.sources.iter().all(|source| match &source.kind {
            SourceKind::Query(columns) => columns.is_some(),
            SourceKind::Table(table) => {
                self.options.columns.and_then(|catalog| catalog.columns(table)).is_some()
            }
        })
    }

    /// PostgreSQL's rules for grouped queries; gives whether this is one.
    fn check_groups(
        &self,
        select: &Select,
        items: &[Item<'_>],
        groups: &[&Expr],
        keys: &[super::order::Key<'_>],
    ) -> Result<bool, SqlError> {
        let exprs = || items.iter().filter_map(|item| item.expr);
        let aggregated = exprs().chain(keys.iter().map(|key| key.expr)).any(group::aggregated);
        if groups.is_empty() && select.having.is_some() {
            return Err(refuse("HAVING without GROUP BY is not supported"));
        }
        if groups.is_empty() && !aggregated {
            return Ok(false);
        }
        for expr in exprs().chain(keys.iter().map(|key| key.expr)) {
            group::check_windows(expr)?;
        }
        if exprs().chain(keys.iter().map(|key| key.expr)).any(group::windowed) {
            return Err(refuse("window functions in a grouped query are not supported")
                .hint("Group in a subquery of FROM."));
        }
        if items.iter().any(|item| item.expr.is_none()) {
            return Err(refuse("* in a grouped query is not supported").hint("Name the columns."));
        }
        let only = match self.scopes.last().map(|scope| scope.sources.as_slice()) {
            Some([only]) => Some(only.alias.as_str()),
            _ => None,
        };
        for expr in exprs().chain(keys.iter().map(|key| key.expr)).chain(&select.having) {
            group::check(expr, groups, only)?;
        }
        Ok(true)
    }
}

struct Core<'t> {
    select: &'t Select,
    items: &'t [Item<'t>],
    groups: &'t [&'t Expr],
    distinct: bool,
}

fn wildcard(qualifier: Option<&ObjectName>) -> Item<'_> {
    Item { expr: None, qualifier, column: Column::Wildcard, alias: None, divided: false }
}

fn same_column(expr: &Expr, name: &str) -> bool {
    match bare(expr) {
        Expr::Identifier(own) => own.value == name,
        Expr::CompoundIdentifier(parts) => parts.last().is_some_and(|last| last.value == name),
        _ => false,
    }
}

/// The item at a position counted from 1.
pub(super) fn positioned<'t>(
    digits: &str,
    items: &[Item<'t>],
    clause: &str,
) -> Result<(usize, &'t Expr), SqlError> {
    let Ok(position) = digits.parse::<usize>() else {
        return Err(SqlError::new("42601", format!("non-integer constant in {clause}")));
    };
    if items.iter().any(|item| item.expr.is_none()) {
        return Err(refuse(format!("a position in {clause} beside * is not supported"))
            .hint("Name the column."));
    }
    let found = position.checked_sub(1).and_then(|at| items.get(at).map(|item| (at, item)));
    match found {
        Some((at, Item { expr: Some(expr), .. })) => Ok((at, expr)),
        _ => {
            let message = format!("{clause} position {position} is not in select list");
            Err(SqlError::new("42P10", message))
        }
    }
}

/// Gives every item a name that no other has, for a query around this one.
fn name_items(items: &mut [Item<'_>]) {
    let mut used: Vec<String> = Vec::new();
    for (index, item) in items.iter_mut().enumerate() {
        let Column::Named { name, .. } = &item.column else { continue };
        let mut alias = name.clone();
        if crate::sql::name::check(&alias).is_err()
            || alias.starts_with(['%', '?'])
            || used.contains(&alias)
        {
            alias = format!("irispg_c{}", index.saturating_add(1));
        }
        let plain = match item.expr.map(bare) {
            Some(Expr::Identifier(own)) => own.value == alias,
            Some(Expr::CompoundIdentifier(parts)) => {
                parts.last().is_some_and(|last| last.value == alias)
            }
            _ => false,
        };
        used.push(alias.clone());
        if !plain {
            item.alias = Some(alias);
        }
    }
}

/// The name of an item for a query around it.
pub(super) fn inner_name(item: &Item<'_>) -> String {
    match (&item.alias, &item.column) {
        (Some(alias), _) => alias.clone(),
        (None, Column::Named { name, .. }) => name.clone(),
        (None, Column::Wildcard) => String::new(),
    }
}

/// The sort keys that are no items, under names of their own.
fn hidden<'t>(
    items: &[Item<'t>],
    keys: &[super::order::Key<'t>],
) -> Result<Vec<(String, &'t Expr)>, SqlError> {
    let wildcard = items.iter().any(|item| item.expr.is_none());
    let mut hidden = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        if key.item.is_some() || (wildcard && is_column(key.expr)) {
            continue;
        }
        if wildcard {
            return Err(refuse("ORDER BY an expression beside * is not supported here"));
        }
        hidden.push((super::order::hidden_name(index), key.expr));
    }
    Ok(hidden)
}

/// 42P10 for a sort key that DISTINCT has left out.
fn distinct_keys(items: &[Item<'_>], keys: &[super::order::Key<'_>]) -> Result<(), SqlError> {
    let wildcard = items.iter().any(|item| item.expr.is_none());
    let missing =
        |key: &super::order::Key<'_>| key.item.is_none() && !(wildcard && is_column(key.expr));
    if keys.iter().any(missing) {
        let message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
        return Err(SqlError::new("42P10", message));
    }
    Ok(())
}

fn has_using(table: &TableWithJoins) -> bool {
    use JoinOperator as J;
    table.joins.iter().any(|join| {
        matches!(
            &join.join_operator,
            J::Join(JoinConstraint::Using(_))
                | J::Inner(JoinConstraint::Using(_))
                | J::Left(JoinConstraint::Using(_))
                | J::LeftOuter(JoinConstraint::Using(_))
                | J::Right(JoinConstraint::Using(_))
                | J::RightOuter(JoinConstraint::Using(_))
                | J::FullOuter(JoinConstraint::Using(_))
        )
    })
}

fn check_wildcard(options: &WildcardAdditionalOptions) -> Result<(), SqlError> {
    if *options == WildcardAdditionalOptions::default() {
        return Ok(());
    }
    Err(refuse("options of * are not supported"))
}

/// Refuses the parts of a SELECT that are not translated; every part is named here.
fn check(select: &Select) -> Result<(), SqlError> {
    let Select {
        select_token: _,
        optimizer_hints,
        distinct,
        select_modifiers,
        top: _,
        top_before_distinct: _,
        projection: _,
        exclude,
        into,
        from: _,
        lateral_views,
        prewhere,
        selection: _,
        connect_by,
        group_by: _,
        cluster_by,
        distribute_by,
        sort_by,
        having: _,
        named_window: _,
        qualify,
        window_before_qualify: _,
        value_table_mode,
        flavor,
    } = select;
    if matches!(distinct, Some(Distinct::On(_))) {
        return Err(refuse("DISTINCT ON is not supported"));
    }
    if into.is_some() {
        return Err(refuse("SELECT INTO is not supported").hint("Use INSERT … SELECT."));
    }
    let foreign = exclude.is_some()
        || !optimizer_hints.is_empty()
        || select_modifiers.is_some()
        || !lateral_views.is_empty()
        || prewhere.is_some()
        || !connect_by.is_empty()
        || !cluster_by.is_empty()
        || !distribute_by.is_empty()
        || !sort_by.is_empty()
        || qualify.is_some()
        || value_table_mode.is_some()
        || *flavor != SelectFlavor::Standard;
    if foreign {
        return Err(refuse("this form of SELECT is not supported"));
    }
    Ok(())
}
