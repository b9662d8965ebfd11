"""Random statements of PostgreSQL over tables with columns of every type.

The values are such that a mistake shows: NULL, empty strings, letters of both cases, blanks at both ends, the ends of each
type's range, numbers that round.
"""

TABLES = {
    "a": ["id integer primary key", "i integer", "s smallint", "b bigint", "n numeric(10,2)", "m numeric(18,6)",
          "f double precision", "t text", "v varchar(20)", "o boolean", "d date", "c time", "ts timestamp", "u uuid"],
    "b": ["id integer primary key", "aid integer", "k integer not null", "n numeric(10,2)", "t text", "d date", "o boolean"],
}

VALUES = {
    "integer": ["null", "0", "1", "-1", "2", "7", "10", "-15", "100", "2147483647", "-2147483648", "46341"],
    "smallint": ["null", "0", "1", "-1", "3", "32767", "-32768", "182"],
    "bigint": ["null", "0", "1", "-1", "5000000000", "9223372036854775807", "-9223372036854775807", "3037000500"],
    "numeric(10,2)": ["null", "0", "0.01", "-0.05", "1.5", "2.5", "-2.5", "10", "99999999.99", "-99999999.99", "33.33"],
    "numeric(18,6)": ["null", "0", "0.000001", "1.5", "-2.5", "123456789012.123456", "-1.000001", "0.5", "1000"],
    "double precision": ["null", "0", "0.1", "-0.5", "1.5", "2.5", "3.5", "-2.5", "100", "1e15", "0.3"],
    "text": ["null", "''", "' '", "'a'", "'A'", "'b'", "'ab'", "'Ab'", "'a%'", "'a_b'", "' x '", "'0'", "'zz'", "'10'", "'it''s'"],
    "varchar(20)": ["null", "''", "'a'", "'A'", "'abc'", "'ABC'", "'x y'", "' a'", "'a '"],
    "boolean": ["null", "true", "false"],
    "date": ["null", "'2024-02-29'", "'2023-12-31'", "'2024-01-01'", "'1970-01-01'", "'1899-12-31'", "'2024-03-31'"],
    "time": ["null", "'00:00:00'", "'23:59:59'", "'12:30:00'"],
    "timestamp": ["null", "'2024-02-29 23:59:59'", "'2024-01-01 00:00:00'", "'1969-12-31 12:00:00.5'", "'2024-03-31 02:30:00.123456'"],
    "uuid": ["null", "'00000000-0000-0000-0000-000000000001'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
}

# Which names of columns have a type; the key is the type that expressions are made of.
COLUMNS = {
    "a": {"int": ["i", "s", "id"], "big": ["b"], "num": ["n", "m"], "float": ["f"], "text": ["t", "v"], "bool": ["o"],
          "date": ["d"], "time": ["c"], "ts": ["ts"], "uuid": ["u"]},
    "b": {"int": ["aid", "k", "id"], "num": ["n"], "text": ["t"], "date": ["d"], "bool": ["o"]},
}
KINDS = ["int", "int", "big", "num", "num", "float", "text", "text", "text", "bool", "date", "ts", "time", "uuid"]
LITERALS = {
    "int": ["0", "1", "2", "-3", "7", "10", "100000"],
    "big": ["5000000000", "1::bigint", "-7::bigint", "0::bigint"],
    "num": ["0.5", "1.50", "-2.5", "100.0", "0.01", "3::numeric", "12.345"],
    "float": ["0.5::double precision", "2::double precision", "-1.5::float8"],
    "text": ["''", "'a'", "'A'", "'ab'", "' '", "'b '", "'Zz'", "'10'"],
    "bool": ["true", "false"],
    "date": ["date '2024-02-29'", "date '2023-12-31'", "date '2024-01-15'"],
    "time": ["time '12:30:00'", "time '00:00:00'"],
    "ts": ["timestamp '2024-01-01 00:00:00'", "timestamp '2024-02-29 23:59:59'"],
    "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid"],
}
ORDERED = ["int", "big", "num", "float", "text", "date", "ts", "time"]


class Generator:
    def __init__(self, random):
        self.random = random
        self.scope = []  # (alias, kinds)
        self.count = 0

    def pick(self, *all):
        return self.random.choice(all)

    def chance(self, share):
        return self.random.random() < share

    # Tables.

    def creation(self):
        yield from (f"create table {name} ({', '.join(columns)})" for name, columns in TABLES.items())

    def filling(self):
        for name, columns in TABLES.items():
            for key in range(1, self.random.randint(4, 9)):
                cells = [str(key)]
                for column in columns[1:]:
                    kind = column.partition(" ")[2]
                    values = VALUES[kind.replace(" not null", "")]
                    if "aid" in column:
                        values = ["null", "1", "2", "3", "9"]
                    if self.chance(0.85):
                        values = [value for value in values if len(value) < 15 or kind in ("timestamp", "uuid")]
                    if "not null" in kind:
                        values = [value for value in values if value != "null"]
                    cells.append(self.random.choice(values))
                yield f"insert into {name} values ({', '.join(cells)})"

    # Expressions.

    def column(self, kind):
        found = [f"{alias}.{name}" for alias, kinds in self.scope for name in kinds.get(kind, [])]
        return self.random.choice(found) if found else None

    def leaf(self, kind):
        column = self.column(kind)
        if column and self.chance(0.75):
            return column
        if self.chance(0.06):
            return f"null::{TYPES[kind]}"
        return self.random.choice(LITERALS[kind])

    def expr(self, kind, depth=2):
        if depth <= 0 or self.chance(0.25):
            return self.leaf(kind)
        general = self.random.random()
        down = depth - 1
        if general < 0.07:
            return f"coalesce({self.expr(kind, down)}, {self.expr(kind, down)})"
        if general < 0.13:
            return f"case when {self.condition(down)} then {self.expr(kind, down)} else {self.expr(kind, down)} end"
        if general < 0.16:
            return f"nullif({self.expr(kind, down)}, {self.expr(kind, down)})"
        if general < 0.2 and kind in ORDERED:
            return f"{self.pick('greatest', 'least')}({self.expr(kind, down)}, {self.expr(kind, down)}, {self.leaf(kind)})"
        if general < 0.22:
            return f"(case {self.expr('int', down)} when 1 then {self.expr(kind, down)} when 7 then {self.leaf(kind)} end)"
        if general < 0.24 and kind in ("int", "big", "num", "text", "date"):
            return self.scalar(kind)
        return getattr(self, "_" + kind)(down)

    def _int(self, depth):
        e = lambda: self.expr("int", depth)
        return self.pick(
            lambda: f"({e()} {self.pick('+', '-', '*')} {e()})",
            lambda: f"({e()} {self.pick('/', '%')} {self.pick('2', '3', '-7', '10')})",
            lambda: f"(- {e()})",
            lambda: f"abs({e()})",
            lambda: f"length({self.expr('text', depth)})",
            lambda: f"({self.expr('date', depth)} - {self.expr('date', depth)})",
            lambda: f"{self.expr('num', depth)}::integer",
            lambda: f"{self.expr('float', depth)}::integer",
            lambda: f"position({self.leaf('text')} in {self.expr('text', depth)})",
            lambda: f"mod({e()}, 7)",
            lambda: f"({self.expr('bool', depth)})::integer",
            lambda: f"extract({self.pick('year', 'month', 'day', 'dow', 'doy', 'quarter', 'week', 'isodow')} from {self.expr(self.pick('date', 'ts'), depth)})::integer",
        )()

    def _big(self, depth):
        return self.pick(
            lambda: f"({self.expr('big', depth)} {self.pick('+', '-', '*')} {self.expr('int', depth)})",
            lambda: f"({self.expr('int', depth)} + {self.expr('big', depth)})",
            lambda: f"({self.expr('big', depth)} {self.pick('/', '%')} {self.pick('2', '3', '-7', '1000')})",
            lambda: f"{self.expr('int', depth)}::bigint",
            lambda: f"{self.expr('num', depth)}::bigint",
            lambda: f"(-{self.leaf('big')})",
        )()

    def _num(self, depth):
        e = lambda: self.expr("num", depth)
        return self.pick(
            lambda: f"({e()} {self.pick('+', '-', '*')} {self.expr(self.pick('num', 'int'), depth)})",
            lambda: f"({e()} {self.pick('+', '-', '*')} {e()})",
            lambda: f"({e()} / {self.pick('2', '3.0', '7', '0.25')})",
            lambda: f"({e()} % {self.pick('2', '3.5', '7')})",
            lambda: f"round({e()}, {self.pick('0', '1', '2', '3', '-1')})",
            lambda: f"round({e()})",
            lambda: f"trunc({e()}, {self.pick('0', '1', '2')})",
            lambda: f"{self.pick('abs', 'floor', 'ceil', 'sign', 'trunc')}({e()})",
            lambda: f"{self.expr(self.pick('int', 'big'), depth)}::numeric",
            lambda: f"{e()}::numeric({self.pick('12,2', '18,4', '6,1', '10,0')})",
            lambda: f"(-{e()})",
            lambda: f"extract({self.pick('hour', 'minute', 'second', 'epoch')} from {self.leaf('ts')})",
        )()

    def _float(self, depth):
        e = lambda: self.expr("float", depth)
        return self.pick(
            lambda: f"({e()} {self.pick('+', '-', '*', '/')} {e()})",
            lambda: f"{self.expr(self.pick('int', 'num'), depth)}::double precision",
            lambda: f"{self.pick('abs', 'floor', 'ceil', 'sign', 'trunc', 'round')}({e()})",
            lambda: f"({e()} ^ 2)",
            lambda: f"sqrt(abs({e()}))",
            lambda: f"({e()} {self.pick('+', '*')} {self.expr('int', depth)})",
        )()

    def _text(self, depth):
        e = lambda: self.expr("text", depth)
        return self.pick(
            lambda: f"({e()} || {e()})",
            lambda: f"({e()} || {self.expr(self.pick('int', 'big', 'date', 'bool', 'num'), depth)})",
            lambda: f"{self.pick('upper', 'lower', 'reverse')}({e()})",
            lambda: f"{self.pick('trim', 'ltrim', 'rtrim', 'btrim')}({e()})",
            lambda: f"{self.pick('ltrim', 'rtrim', 'btrim')}({e()}, {self.pick(repr('a'), repr('ab'), repr(' x'))})",
            lambda: f"substring({e()} from {self.pick('1', '2', '0', '-1')} for {self.pick('1', '2', '3')})",
            lambda: f"substr({e()}, {self.pick('1', '2', '0', '-1')})",
            lambda: f"{self.pick('left', 'right')}({e()}, {self.pick('0', '1', '2', '-1')})",
            lambda: f"replace({e()}, {self.leaf('text')}, {self.leaf('text')})",
            lambda: f"{self.pick('lpad', 'rpad')}({e()}, {self.pick('0', '3', '5')}, {self.pick(repr('ab'), repr('x'), repr(' '))})",
            lambda: f"repeat({e()}, {self.pick('0', '1', '2', '-1')})",
            lambda: f"split_part({e()}, {self.pick(repr('a'), repr(' '), repr('_'))}, {self.pick('1', '2')})",
            lambda: f"translate({e()}, 'abx', {self.pick(repr('AB'), repr('xyz'))})",
            lambda: f"concat({e()}, {self.expr(self.pick('int', 'text', 'bool', 'date'), depth)}, {e()})",
            lambda: f"concat_ws({self.pick(repr('-'), repr(''), 'null::text')}, {e()}, {self.expr('int', depth)}, {e()})",
            lambda: f"{self.expr(self.pick('int', 'big', 'num', 'bool', 'date', 'ts', 'uuid', 'time'), depth)}::text",
            lambda: f"{e()}::varchar({self.pick('1', '3', '10')})",
            lambda: f"to_char({self.leaf('ts')}, {self.pick(repr('YYYY-MM-DD'), repr('HH24:MI:SS'), repr('DD.MM.YYYY'), repr('Mon'), repr('DY'))})",
            lambda: f"overlay({e()} placing {self.leaf('text')} from {self.pick('1', '2', '4')})",
        )()

    def _bool(self, depth):
        return f"({self.condition(depth)})"

    def _date(self, depth):
        return self.pick(
            lambda: f"({self.expr('date', depth)} {self.pick('+', '-')} {self.pick('1', '31', '365')})",
            lambda: f"({self.leaf('date')} + ({self.leaf('int')} % 1000))",
            lambda: f"{self.expr('ts', depth)}::date",
            lambda: f"date_trunc({self.pick(repr('month'), repr('year'), repr('week'), repr('quarter'))}, {self.leaf('ts')})::date",
        )()

    def _ts(self, depth):
        return self.pick(
            lambda: f"({self.expr(self.pick('ts', 'date'), depth)} {self.pick('+', '-')} interval {self.pick(repr('1 day'), repr('1 month'), repr('2 hours'), repr('1 year 3 days'), repr('90 minutes'))})",
            lambda: f"date_trunc({self.pick(repr('hour'), repr('day'), repr('month'), repr('year'), repr('week'), repr('quarter'), repr('minute'), repr('second'))}, {self.expr('ts', depth)})",
            lambda: f"{self.expr('date', depth)}::timestamp",
        )()

    def _time(self, depth):
        return self.leaf("time")

    def _uuid(self, depth):
        return self.leaf("uuid")

    def scalar(self, kind):
        """A query as a value."""
        table, alias = self.table()
        outside = self.scope
        self.scope = outside + [(alias, COLUMNS[table])] if self.chance(0.6) else [(alias, COLUMNS[table])]
        name = "count(*)" if kind == "big" else f"{self.pick('max', 'min')}({self.leaf(kind)})"
        if kind == "int":
            name = f"{self.pick('max', 'min')}({self.leaf(kind)})"
        where = f" where {self.condition(1)}" if self.chance(0.7) else ""
        self.scope = outside
        return f"(select {name} from {table} {alias}{where})"

    def condition(self, depth=2):
        down = depth - 1
        if depth <= 0:
            kind = self.random.choice(ORDERED)
            return f"{self.leaf(kind)} {self.pick('=', '<>', '<', '>', '<=', '>=')} {self.leaf(kind)}"
        kind = self.random.choice(KINDS)
        return self.pick(
            lambda: f"{self.compared(kind, down)}",
            lambda: f"{self.compared(kind, down)}",
            lambda: f"{self.compared(kind, down)}",
            lambda: f"({self.condition(down)} {self.pick('and', 'or')} {self.condition(down)})",
            lambda: f"not ({self.condition(down)})",
            lambda: f"{self.expr(kind, down)} is {self.pick('', 'not ')}null",
            lambda: f"{self.expr(kind, down)} is {self.pick('', 'not ')}distinct from {self.expr(kind, down)}",
            lambda: f"{self.expr(kind, down)} {self.pick('', 'not ')}in ({self.leaf(kind)}, {self.leaf(kind)}, {self.expr(kind, down)})",
            lambda: f"{self.expr(kind, down)} {self.pick('', 'not ')}between {self.expr(kind, down)} and {self.expr(kind, down)}",
            lambda: f"{self.expr('text', down)} {self.pick('', 'not ')}{self.pick('like', 'ilike')} {self.pick(repr('a%'), repr('%b%'), repr('_'), repr('A_%'), repr(''), repr('%'))}",
            lambda: self.leaf("bool"),
            lambda: f"({self.condition(down)}) is {self.pick('', 'not ')}{self.pick('true', 'false', 'unknown')}",
            lambda: self.exists(),
            lambda: self.member(kind),
            lambda: f"({self.leaf('int')}, {self.leaf('text')}) {self.pick('=', '<', '>=', '<>')} ({self.leaf('int')}, {self.leaf('text')})",
            lambda: f"{self.expr(self.pick('int', 'num', 'float'), down)} {self.pick('=', '<', '>=')} {self.expr(self.pick('int', 'num', 'big', 'float'), down)}",
            lambda: f"{self.leaf('date')} {self.pick('=', '<', '>=')} {self.leaf('ts')}",
        )()

    def compared(self, kind, depth):
        return f"{self.expr(kind, depth)} {self.pick('=', '<>', '<', '>', '<=', '>=')} {self.expr(kind, depth)}"

    def exists(self):
        table, alias = self.table()
        outside = self.scope
        self.scope = outside + [(alias, COLUMNS[table])]
        text = f"{self.pick('', 'not ')}exists (select 1 from {table} {alias} where {self.condition(1)})"
        self.scope = outside
        return text

    def member(self, kind):
        table = self.random.choice([name for name in COLUMNS if kind in COLUMNS[name]])
        alias = self.alias()
        left = self.leaf(kind)
        outside = self.scope
        self.scope = [(alias, COLUMNS[table])]
        right = self.column(kind)
        where = f" where {self.condition(1)}" if self.chance(0.6) else ""
        self.scope = outside
        how = self.pick("in", "not in", "= any", "<> all", "in")
        return f"{left} {how} (select {right} from {table} {alias}{where})"

    # Queries.

    def alias(self):
        self.count += 1
        return f"x{self.count}"

    def table(self):
        return self.random.choice(list(COLUMNS)), self.alias()

    def sources(self):
        """FROM; what is in it becomes the scope."""
        table, alias = self.table()
        self.scope = [(alias, COLUMNS[table])]
        text = f"{table} {alias}"
        for _ in range(self.pick(0, 0, 0, 1, 1, 2)):
            other, name = self.table()
            derived = self.chance(0.15)
            if derived:
                outside, self.scope = self.scope, [("q", COLUMNS[other])]
                columns = ", ".join(["q.id", f"{self.expr('int', 1)} as p", f"{self.expr('text', 1)} as r", f"{self.expr('num', 1)} as z"])
                where = f" where {self.condition(1)}" if self.chance(0.5) else ""
                self.scope = outside
                shown, kinds = f"(select {columns} from {other} q{where}) {name}", {"int": ["id", "p"], "text": ["r"], "num": ["z"]}
            else:
                shown, kinds = f"{other} {name}", COLUMNS[other]
            how = self.pick("join", "left join", "right join", "full join", "cross join")
            self.scope = self.scope + [(name, kinds)]
            on = ""
            if how != "cross join":
                on = f" on {alias}.id = {name}.id" if how == "full join" or self.chance(0.4) else f" on {self.condition(1)}"
            text += f" {how} {shown}{on}"
        return text

    def query(self):
        self.scope, self.count = [], 0
        return self.pick(self.plain, self.plain, self.plain, self.grouped, self.grouped, self.windowed, self.union, self.distinct)()

    def plain(self):
        source = self.sources()
        kinds = [self.random.choice(KINDS) for _ in range(self.random.randint(1, 4))]
        items = ", ".join(self.expr(kind) for kind in kinds)
        where = f" where {self.condition()}" if self.chance(0.6) else ""
        order = ""
        if self.chance(0.35):
            keys = ", ".join(f"{alias}.id{self.pick('', ' desc')}{self.pick('', '', ' nulls first', ' nulls last')}" for alias, _ in self.scope)
            first = f"{self.expr(self.random.choice(ORDERED), 1)}{self.pick('', ' desc')}{self.pick('', '', ' nulls first', ' nulls last')}, "
            order = f" order by {first if self.chance(0.7) else ''}{keys}"
            if self.chance(0.6):
                order += f" limit {self.pick(0, 1, 2, 3)}" + (f" offset {self.pick(0, 1, 2)}" if self.chance(0.5) else "")
        return f"select {items} from {source}{where}{order}"

    def distinct(self):
        source = self.sources()
        items = ", ".join(self.expr(self.random.choice(KINDS), 1) for _ in range(self.random.randint(1, 2)))
        where = f" where {self.condition(1)}" if self.chance(0.5) else ""
        return f"select distinct {items} from {source}{where}"

    def aggregate(self):
        kind = self.pick("int", "int", "big", "num", "num", "float", "text", "date", "ts", "bool")
        argument = self.expr(kind, 1)
        names = ["count", "min", "max"]
        if kind == "bool":
            names = ["count", "bool_and", "bool_or", "every"]
        elif kind in ("int", "big", "num"):
            names += ["sum", "avg", "sum"]
        name = self.random.choice(names)
        distinct = "distinct " if self.chance(0.2) else ""
        filtered = f" filter (where {self.condition(1)})" if self.chance(0.25) else ""
        if self.chance(0.15):
            return f"count(*){filtered}"
        return f"{name}({distinct}{argument}){filtered}"

    def grouped(self):
        source = self.sources()
        keys = [self.expr(self.random.choice(KINDS), self.pick(0, 0, 1)) for _ in range(self.pick(0, 1, 1, 2))]
        keys = [key for key in keys if "x" in key and "select" not in key]
        items = keys + [self.aggregate() for _ in range(self.random.randint(1, 3))]
        if self.chance(0.15):
            items.append(f"coalesce({self.aggregate()}::text, 'none')")
        where = f" where {self.condition(1)}" if self.chance(0.4) else ""
        group = f" group by {', '.join(keys)}" if keys else ""
        having = f" having {self.aggregate()} {self.pick('>', '=', '<>', '<')} {self.pick('0', '1', '2')}" if self.chance(0.25) else ""
        return f"select {', '.join(items)} from {source}{where}{group}{having}"

    def windowed(self):
        source = self.sources()
        keys = ", ".join(f"{alias}.id" for alias, _ in self.scope)
        partition = f"partition by {self.expr(self.random.choice(KINDS), self.pick(0, 1))} " if self.chance(0.6) else ""
        first = f"{self.expr(self.random.choice(ORDERED), self.pick(0, 1))}{self.pick('', ' desc')}"
        frame = self.pick("", "", "", " rows between 1 preceding and current row", " rows between unbounded preceding and unbounded following", " rows between current row and 1 following")
        total = self.chance(0.7)
        order = f"order by {first}, {keys}" if total else f"order by {first}"
        if self.chance(0.2):
            order = frame = ""
            total = False
        item = lambda: self.pick(
            lambda: f"{self.pick('row_number', 'rank', 'dense_rank')}() over ({partition}{order})" if total else f"{self.pick('rank', 'dense_rank')}() over ({partition}{order})",
            lambda: f"{self.pick('sum', 'avg', 'min', 'max', 'count')}({self.expr(self.pick('int', 'num'), 1)}) over ({partition}{order}{frame if total else ''})",
            lambda: f"{self.pick('sum', 'min', 'max', 'count')}({self.expr(self.pick('int', 'num', 'big'), 1)}) over ({partition}{order}{frame if total else ''})",
            lambda: f"{self.pick('lag', 'lead')}({self.leaf(self.random.choice(KINDS))}{self.pick('', ', 1', ', 2')}) over ({partition}{order})" if total else "1",
            lambda: f"{self.pick('first_value', 'last_value')}({self.leaf(self.random.choice(KINDS))}) over ({partition}{order}{frame})" if total else "2",
        )()
        where = f" where {self.condition(1)}" if self.chance(0.3) else ""
        return f"select {keys}, {item()}, {item()} from {source}{where}"

    def union(self):
        kinds = [self.random.choice(KINDS) for _ in range(self.random.randint(1, 3))]
        legs = []
        for _ in range(self.pick(2, 2, 3)):
            source = self.sources()
            items = ", ".join(self.expr(kind, 1) for kind in kinds)
            where = f" where {self.condition(1)}" if self.chance(0.4) else ""
            legs.append(f"select {items} from {source}{where}")
        text = legs[0]
        for leg in legs[1:]:
            text += f" {self.pick('union', 'union all', 'intersect', 'except', 'union')} {leg}"
        return text

    # Changes.

    def change(self):
        """A change that returns rows or not; PostgreSQL's order of rows does not matter to its outcome."""
        self.scope, self.count = [], 0
        return self.pick(self.insert, self.insert_query, self.update, self.update, self.delete)()

    def settable(self, table):
        return [(kind, name) for kind, names in COLUMNS[table].items() for name in names if name != "id"]

    def returning(self):
        if self.chance(0.4):
            return ""
        return f" returning {', '.join(self.expr(self.random.choice(KINDS), 1) for _ in range(self.pick(1, 2, 3)))}"

    def insert(self):
        table = self.pick("a", "b")
        chosen = [one for one in self.settable(table) if one[1] == "k" or self.chance(0.4)]
        rows = []
        for at in range(self.pick(1, 1, 2)):
            self.scope = []
            cells = [str(50 + at)] + [self.expr(kind, self.pick(0, 1, 2)) for kind, _ in chosen]
            rows.append(f"({', '.join(cells)})")
        names = ", ".join(["id"] + [name for _, name in chosen])
        self.scope = [(table, COLUMNS[table])]
        return f"insert into {table} ({names}) values {', '.join(rows)}{self.returning()}"

    def insert_query(self):
        table = self.pick("a", "b")
        chosen = [one for one in self.settable(table) if one[1] == "k" or self.chance(0.3)]
        source, alias = self.table()
        self.scope = [(alias, COLUMNS[source])]
        cells = [f"{alias}.id + 100"] + [self.expr(kind, self.pick(0, 1, 2)) for kind, _ in chosen]
        where = f" where {self.condition(1)}" if self.chance(0.5) else ""
        names = ", ".join(["id"] + [name for _, name in chosen])
        self.scope = [(table, COLUMNS[table])]
        return f"insert into {table} ({names}) select {', '.join(cells)} from {source} {alias}{where}{self.returning()}"

    def update(self):
        table = self.pick("a", "b")
        self.scope = [(table, COLUMNS[table])]
        chosen = self.random.sample(self.settable(table), self.pick(1, 1, 2, 3))
        kinds = dict(int=("int", "big", "num", "float"), num=("num", "int", "float"))
        sets = ", ".join(f"{name} = {self.expr(self.pick(*kinds.get(kind, (kind,)), kind, kind), 2)}" for kind, name in chosen)
        where = f" where {self.condition()}" if self.chance(0.8) else ""
        return f"update {table} set {sets}{where}{self.returning()}"

    def delete(self):
        table = self.pick("a", "b")
        self.scope = [(table, COLUMNS[table])]
        where = f" where {self.condition()}"
        return f"delete from {table}{where}{self.returning()}"


TYPES = {"int": "integer", "big": "bigint", "num": "numeric", "float": "double precision", "text": "text", "bool": "boolean",
         "date": "date", "time": "time", "ts": "timestamp", "uuid": "uuid"}
