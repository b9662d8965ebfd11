//! One SELECT, and the queries around it that some of its clauses need.

use super::change::unmeasured;
use super::limit::{Rows, Style};
use super::order::{check_spans, constant};
use super::query::Role;
use super::scope::{Scope, Shown};
use super::{Emitter, refuse};
use crate::sql::bound::{Distinct, Expr, Node, Query, Select, SortKey};
use crate::sql::error::SqlError;
use crate::sql::printer::Printer;
use crate::sql::statement::LimitKind;

/// The name of a window that numbers rows.
const NUMBER: &str = "irispg_n";

/// What stands in the list of the innermost query, and what that query numbers.
struct Core<'t> {
    query: &'t Query,
    select: &'t Select,
    /// The names of the items; empty where they need none.
    names: &'t [String],
    /// Which items are quotients that the gateway divides.
    divided: Vec<bool>,
    /// Sort keys that are no items, and their names.
    hidden: Vec<(usize, String)>,
    keys: Vec<&'t SortKey>,
    /// Whether a query in FROM has grouped already.
    grouped: bool,
    role: Role,
}

impl Core<'_> {
    /// The sort key's item, if the sort may go by the item's column.
    fn item(&self, key: &SortKey) -> Option<usize> {
        let at =
            key.item.or_else(|| self.select.items.iter().position(|item| item.expr == key.expr))?;
        let divided = self.divided.get(at).copied().unwrap_or_default();
        (!divided).then_some(at)
    }
}

impl Emitter<'_> {
    /// Prints a SELECT with what stands around it in its query.
    pub(super) fn select(
        &mut self,
        query: &Query,
        select: &Select,
        keys: &[SortKey],
        names: &[String],
        role: Role,
        rows: Rows,
    ) -> Result<(), SqlError> {
        let mut exprs = select.items.iter().map(|item| &item.expr);
        let windowed = exprs.any(has_window) || keys.iter().any(|key| has_window(&key.expr));
        self.scopes.push(Scope {
            sources: select.sources.iter().map(|_| Shown::default()).collect(),
            unique: if windowed { self.unique(select) } else { Vec::new() },
            ..Scope::default()
        });
        let from = self.apart(|own| own.from(&select.from, &select.sources))?;
        self.select_over(query, select, keys, names, role, rows, from)?;
        self.scopes.pop();
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one SELECT")]
    fn select_over(
        &mut self,
        query: &Query,
        select: &Select,
        keys: &[SortKey],
        names: &[String],
        role: Role,
        rows: Rows,
        mut from: Printer,
    ) -> Result<(), SqlError> {
        let keys: Vec<&SortKey> = keys.iter().filter(|key| !constant(&key.expr)).collect();
        let numbers = query.ties || matches!(select.distinct, Distinct::On(_));
        let windowed = numbers
            || select.items.iter().map(|item| &item.expr).any(has_window)
            || keys.iter().any(|key| has_window(&key.expr));
        let whole = select.having.is_some() && select.groups.is_empty();
        let grouped = select.grouped && (windowed || whole);
        if grouped {
            from = self.grouped(select, &keys, from)?;
        }
        let distinct = matches!(select.distinct, Distinct::Yes);
        let apart = !keys.is_empty()
            && (distinct
                || role == Role::Derived
                || keys.iter().any(|key| has_window(&key.expr))
                || (select.grouped && !grouped && keys.iter().any(|key| has_aggregate(&key.expr))));
        let divided = match role {
            Role::Top => super::shown::divided(&select.items, &select.sources)?,
            _ => Vec::new(),
        };
        let style = match query.ties {
            true => Style::None,
            false => rows.style(role == Role::Top, self.options.version),
        };
        let apart = apart || numbers;
        let made = super::query::names(&query.columns);
        let inner: &[String] = match names.is_empty() && (apart || style == Style::Numbered) {
            true => &made,
            false => names,
        };
        let mut core =
            Core { query, select, names: inner, divided, hidden: Vec::new(), keys, grouped, role };
        if apart {
            core.hidden = (0..core.keys.len())
                .filter(|at| core.keys.get(*at).is_some_and(|key| core.item(key).is_none()))
                .map(|at| (at, format!("irispg_k{}", at.saturating_add(1))))
                .collect();
        }
        self.layers(&core, &rows, style, role, apart, from)
    }

    /// Prints the queries around the innermost one, and that.
    fn layers(
        &mut self,
        core: &Core<'_>,
        rows: &Rows,
        style: Style,
        role: Role,
        apart: bool,
        from: Printer,
    ) -> Result<(), SqlError> {
        let walls = self.walls.len();
        let around = self.scopes.len().saturating_sub(1);
        let mut numbered = None;
        if style == Style::Numbered {
            let alias = self.fresh("q");
            self.out.word("SELECT");
            self.list(&alias, core.names, &[])?;
            self.out.word("FROM").open();
            self.walls.push(around);
            numbered = Some(alias);
        }
        let top = if style == Style::Numbered { Style::None } else { style };
        let ordered = !core.keys.is_empty()
            && top != Style::Top
            && (role != Role::Top || style == Style::Numbered);
        if apart {
            let alias = self.fresh("q");
            self.out.word("SELECT");
            self.print_top(rows, top, ordered);
            self.list(&alias, core.names, &[])?;
            self.out.word("FROM").open();
            self.walls.push(around);
            self.core(core, (&Rows::default(), Style::None, false), from)?;
            self.out.close().word("AS").name(&alias)?;
            self.first_of_each(core, rows, &alias)?;
            self.order_by_names(core, &alias)?;
        } else {
            self.core(core, (rows, top, ordered), from)?;
            for (index, key) in core.keys.iter().enumerate() {
                self.begin(index);
                self.sort_key(key, None)?;
            }
        }
        if let Some(alias) = numbered {
            self.out.close().word("AS").name(&alias)?;
            self.print_numbered(rows);
        }
        if style == Style::Tail {
            self.print_tail(rows);
        }
        self.walls.truncate(walls);
        Ok(())
    }

    /// From SELECT to HAVING.
    fn core(
        &mut self,
        core: &Core<'_>,
        (rows, style, ordered): (&Rows, Style, bool),
        from: Printer,
    ) -> Result<(), SqlError> {
        let select = core.select;
        self.out.word("SELECT");
        if matches!(select.distinct, Distinct::Yes) {
            check_spans(select.items.iter().map(|item| item.expr.ty))?;
            self.out.word("DISTINCT");
        }
        self.print_top(rows, style, ordered);
        for (index, item) in select.items.iter().enumerate() {
            self.out.separate(index);
            match core.role {
                Role::Top => self.result(&item.expr, matches!(select.distinct, Distinct::Yes))?,
                Role::Filed => match self.stores.get(index).cloned() {
                    Some(store) => self.stored_by_query(&item.expr, store)?,
                    None => self.value(&item.expr)?,
                },
                Role::Fetched => self.value(unmeasured(&item.expr))?,
                Role::Derived | Role::Inner => self.value(&item.expr)?,
            }
            if let Some(name) = core.names.get(index) {
                self.out.word("AS").name(name)?;
            }
        }
        for (at, name) in &core.hidden {
            if let Some(key) = core.keys.get(*at) {
                self.out.comma();
                self.value(&key.expr)?;
                self.out.word("AS").name(name)?;
            }
        }
        self.numbers(core)?;
        if !select.from.is_empty() || core.grouped {
            self.out.word("FROM").append(from);
        }
        if core.grouped {
            if let Some(condition) = select.having.as_ref().filter(|_| select.groups.is_empty()) {
                self.out.word("WHERE");
                self.condition(condition)?;
            }
            return Ok(());
        }
        self.clauses(select)
    }

    /// WHERE, GROUP BY and HAVING.
    fn clauses(&mut self, select: &Select) -> Result<(), SqlError> {
        check_spans(select.groups.iter().map(|expr| expr.ty))?;
        if let Some(condition) = &select.filter {
            self.out.word("WHERE");
            self.condition(condition)?;
        }
        for (index, expr) in select.groups.iter().enumerate() {
            if index == 0 {
                self.out.word("GROUP BY");
            }
            self.out.separate(index);
            self.value(expr)?;
        }
        if let Some(condition) = select.having.as_ref().filter(|_| !select.groups.is_empty()) {
            self.out.word("HAVING");
            self.condition(condition)?;
        }
        Ok(())
    }

    /// Groups in a query of FROM of its own: beside window functions, and for HAVING without GROUP
    /// BY, which in IRIS chooses rows and leaves the aggregates as they are.
    fn grouped(
        &mut self,
        select: &Select,
        keys: &[&SortKey],
        from: Printer,
    ) -> Result<Printer, SqlError> {
        self.rule("groups are made in a query in FROM");
        let mut parts: Vec<Expr> = Vec::new();
        let on: &[Expr] = match &select.distinct {
            Distinct::On(exprs) => exprs,
            _ => &[],
        };
        let exprs = select.items.iter().map(|item| &item.expr).chain(on);
        let exprs = exprs.chain(keys.iter().map(|key| &key.expr));
        let having = select.having.iter().filter(|_| select.groups.is_empty());
        for expr in exprs.chain(having) {
            collect(expr, &select.groups, &mut parts);
        }
        let alias = self.fresh("q");
        let mut computed = Vec::with_capacity(parts.len());
        self.walls.push(self.scopes.len().saturating_sub(1));
        let printed = self.apart(|own| {
            own.out.open().word("SELECT");
            if parts.is_empty() {
                own.out.call("COUNT").word("*").close().word("AS").name("irispg_g1")?;
            }
            for (index, expr) in parts.into_iter().enumerate() {
                let name = format!("irispg_g{}", index.saturating_add(1));
                own.out.separate(index);
                own.value(&expr)?;
                own.out.word("AS").name(&name)?;
                computed.push((expr, name));
            }
            if !select.from.is_empty() {
                own.out.word("FROM").append(from);
            }
            own.clauses(select)?;
            own.out.close().word("AS").name(&alias)?;
            Ok(())
        })?;
        self.walls.pop();
        if let Some(scope) = self.scopes.last_mut() {
            scope.computed = Some(super::scope::Computed { alias, exprs: computed });
        }
        Ok(printed)
    }

    /// The windows that DISTINCT ON and WITH TIES go by.
    fn numbers(&mut self, core: &Core<'_>) -> Result<(), SqlError> {
        let on: &[Expr] = match &core.select.distinct {
            Distinct::On(exprs) => {
                self.rule("DISTINCT ON takes the rows that ROW_NUMBER() calls the first");
                self.out.comma().call("ROW_NUMBER");
                exprs
            }
            _ if core.query.ties => {
                self.rule("WITH TIES goes by RANK()");
                self.out.comma().call("RANK");
                &[]
            }
            _ => return Ok(()),
        };
        if core.query.ties && !(on.is_empty() && matches!(core.select.distinct, Distinct::No)) {
            return Err(refuse("WITH TIES beside DISTINCT is not supported"));
        }
        self.out.close().word("OVER").open();
        let mut first = true;
        for expr in on.iter().filter(|expr| !constant(expr)) {
            match first {
                true => self.out.word("PARTITION BY"),
                false => self.out.comma(),
            };
            first = false;
            self.plain_of_windows(expr)?;
            self.distinguished(expr)?;
        }
        for (index, key) in core.keys.iter().enumerate() {
            self.begin(index);
            self.plain_of_windows(&key.expr)?;
            self.sort_key(key, None)?;
        }
        self.out.close().word("AS").name(NUMBER)?;
        Ok(())
    }

    fn plain_of_windows(&self, expr: &Expr) -> Result<(), SqlError> {
        if has_window(expr) {
            return Err(refuse("a window function among these sort keys is not supported")
                .hint("Compute it in a subquery of FROM."));
        }
        Ok(())
    }

    /// Chooses the rows by the number that [`Self::numbers`] gave them.
    fn first_of_each(&mut self, core: &Core<'_>, rows: &Rows, alias: &str) -> Result<(), SqlError> {
        if core.query.ties {
            if rows.offset.is_some() {
                return Err(refuse("WITH TIES beside OFFSET is not supported"));
            }
            if let Some(limit) = &rows.limit {
                self.out.word("WHERE");
                self.qualified(alias, NUMBER)?;
                self.out.word("<=");
                self.print_count(limit, LimitKind::Limit);
            }
        } else if matches!(core.select.distinct, Distinct::On(_)) {
            self.out.word("WHERE");
            self.qualified(alias, NUMBER)?;
            self.out.word("=").count(1);
        }
        Ok(())
    }

    /// ORDER BY of a query around the innermost one, by the names of its columns.
    fn order_by_names(&mut self, core: &Core<'_>, alias: &str) -> Result<(), SqlError> {
        for (index, key) in core.keys.iter().enumerate() {
            let hidden = core.hidden.iter().find(|(at, _)| *at == index).map(|(_, name)| name);
            let item = core.item(key).and_then(|at| core.names.get(at));
            let lost = || SqlError::new("XX000", "a sort key is not there");
            let name = hidden.or(item).ok_or_else(lost)?;
            self.begin(index);
            self.sort_key(key, Some((alias, name)))?;
        }
        Ok(())
    }
}

/// Whether a window function stands in an expression.
pub(super) fn has_window(expr: &Expr) -> bool {
    expr.any(&|expr| matches!(expr.node, Node::Window(_)))
}

/// Whether an aggregate over the rows of a group stands in an expression.
pub(super) fn has_aggregate(expr: &Expr) -> bool {
    expr.any(&|expr| matches!(expr.node, Node::Aggregate(_)))
}

/// Gathers what a grouped query computes: groups, aggregates, and columns that depend on a group.
fn collect(expr: &Expr, groups: &[Expr], parts: &mut Vec<Expr>) {
    let grouped = groups.contains(expr);
    let whole = match &expr.node {
        Node::Aggregate(_) => true,
        Node::Column(column) => column.level == 0,
        _ => false,
    };
    if grouped && constant(expr) {
        return;
    }
    if grouped || whole {
        if !parts.contains(expr) {
            parts.push(expr.clone());
        }
        return;
    }
    expr.children(&mut |child| collect(child, groups, parts));
}
