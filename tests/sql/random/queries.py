"""Random queries over the subset of SQL in which IRIS and PostgreSQL agree.

A query is one text. Where the spellings differ it has `«IRIS¦PostgreSQL»`; `split` makes both of it. What is left out, or
spelt differently, stands beside the fact that makes it differ.
"""

# Whole numbers are NUMERIC on PostgreSQL: `7/2` is 3.5 on IRIS, and no sum overflows (iris-sql §1.1). Rows have few distinct
# values and many NULLs, so that conditions meet.
TABLES = {
    "r": [("id", "int"), ("k", "int"), ("a", "int"), ("s", "text"), ("n", "number"), ("d", "date")],
    "q": [("id", "int"), ("k", "int"), ("b", "int"), ("u", "text"), ("m", "number"), ("e", "date")],
    "w": [("k", "int"), ("x", "int"), ("v", "text"), ("z", "int")],
}
TYPES = {
    "int": "«INTEGER¦NUMERIC»",
    "text": "VARCHAR(20)",
    "number": "NUMERIC(10,2)",
    "date": "DATE",
}
SPECIAL = {
    ("r", "id"): "«INTEGER¦NUMERIC» NOT NULL",
    ("q", "id"): "«INTEGER¦NUMERIC» NOT NULL",
    ("q", "u"): "VARCHAR(20) «COLLATE EXACT¦»",
    ("q", "m"): "NUMERIC(12,4)",
    ("w", "z"): "«SMALLINT¦NUMERIC»",
}
ROWS = 14
WORDS = ["A", "B", "AB", "ABC", "BA", "CAB", "ZZ", "B-C"]
# Columns of SQLUPPER and of EXACT differ over these, and so do columns and expressions (iris-sql §1.1). No blanks: the end of
# a text has none for SQLUPPER.
MIXED = ["A", "a", "Ab", "AB", "ab", "abC", "B", "b-c", "B-C", "zZ"]
DAYS = ["1999-12-31", "2000-02-29", "2020-01-01", "2020-01-31", "2021-03-01"]
NUMBERS = ["-3.25", "-1", "0", "0.5", "1", "1.25", "2.5", "2.75", "10"]
COMPARISONS = ["=", "<>", "<", "<=", ">", ">="]


def split(text):
    """Both spellings of a text."""
    parts = [["", ""]]
    sides = [None]
    for char in text:
        if char == "«":
            parts.append(["", ""])
            sides.append(0)
        elif char == "¦":
            sides[-1] = 1
        elif char == "»":
            inner = parts.pop()
            sides.pop()
            for side in (0, 1):
                if sides[-1] in (None, side):
                    parts[-1][side] += inner[side]
        else:
            for side in (0, 1):
                if sides[-1] in (None, side):
                    parts[-1][side] += char
    return tuple(parts[0])


def fixed(rng, kind, words=WORDS):
    """A literal."""
    if kind == "int":
        number = rng.choice([0, 1, 1, 2, 3, 4, 5, 7, 12])
        return f"{number}«¦.»"
    if kind == "number":
        number = rng.choice(NUMBERS)
        number = number if "." in number else f"{number}«¦.»"
        return f"({number})" if number.startswith("-") else number
    if kind == "date":
        # An operand is not converted by the select mode unless it is compared with a column (§4.1): written as a date.
        day = rng.choice(DAYS)
        return f"«{{d '{day}'}}¦DATE '{day}'»"
    return f"'{rng.choice(words)}'"


def schema(rng, words):
    """CREATE TABLE and INSERT, in both spellings."""
    for table, columns in TABLES.items():
        fields = [f"{name} {SPECIAL.get((table, name), TYPES[kind])}" for name, kind in columns]
        yield f"CREATE TABLE {table} ({', '.join(fields)})"
        for number in range(ROWS):
            cells = []
            for name, kind in columns:
                if name == "id":
                    cells.append(str(number + 1))
                elif rng.random() < 0.2:
                    cells.append("NULL")
                elif kind == "date":
                    cells.append(f"'{rng.choice(DAYS)}'")
                elif kind == "int":
                    cells.append(str(rng.randrange(-2, 7)))
                else:
                    cells.append(fixed(rng, kind, words).strip("()"))
            yield f"INSERT INTO {table} ({', '.join(n for n, _ in columns)}) VALUES ({', '.join(cells)})"


class Generator:
    """Makes queries; the same random numbers make the same ones."""

    def __init__(self, rng, words):
        self.rng = rng
        self.words = words
        self.aliases = 0
        # Columns of tables that hold texts, and whether they compare without regard to case.
        self.upper = {}

    def fixed(self, kind):
        return fixed(self.rng, kind, self.words)

    def given(self, a, literal):
        """What is compared with a value that has a type may be a parameter: `⟨value⟩` stands for a `?`."""
        if "." not in split(a)[0] or not self.chance(0.3):
            return literal
        mine, theirs = split(literal)
        value = mine.strip("(){}").removeprefix("d ")
        return f"«⟨{value}⟩¦{theirs}»"

    def compared(self, a, operator, b):
        """A comparison: a column brings its collation, the left one first (iris-sql §1.1)."""
        if not self.folds(a, b):
            return f"{a} {operator} {b}"
        return f"«{a}¦UPPER({a})» {operator} «{b}¦UPPER({b})»"

    def folds(self, *operands):
        return next((self.upper[operand] for operand in operands if operand in self.upper), False)

    def exact(self, value):
        """As an expression, which has no collation of its own: what stands for equal texts is not settled (§1.1)."""
        return f"({value} || '')" if value in self.upper else value

    def alias(self, letter="t"):
        self.aliases += 1
        return f"{letter}{self.aliases}"

    def chance(self, share):
        return self.rng.random() < share

    # Values

    def value(self, columns, kind, depth):
        """A value of a kind over the columns in reach, each a pair of text and kind."""
        known = [text for text, of in columns if of == kind]
        if depth <= 0 or self.chance(0.3):
            if known and self.chance(0.8):
                return self.rng.choice(known)
            if kind == "int" and self.chance(0.02):
                return "CAST(NULL AS «INTEGER¦NUMERIC»)"
            return self.fixed(kind)
        make = self.rng.choice([self.case, self.nullif, self.coalesce, getattr(self, kind + "_of")])
        return make(columns, kind, depth - 1)

    def case(self, columns, kind, depth):
        end = f" ELSE {self.value(columns, kind, depth)}" if self.chance(0.7) else ""
        value = self.value(columns, kind, depth)
        if self.chance(0.3):
            of = self.rng.choice(["int", "text"])
            head, when = self.value(columns, of, depth), self.fixed(of)
            fold = "«¦UPPER»" if self.folds(head) else ""
            return f"CASE {fold}({head}) WHEN {fold}({when}) THEN {value}{end} END"
        return f"CASE WHEN {self.condition(columns, depth)} THEN {value}{end} END"

    def nullif(self, columns, kind, depth):
        a, b = self.value(columns, kind, depth), self.value(columns, kind, 0)
        if self.folds(a, b):
            return f"«NULLIF({a}, {b})¦CASE WHEN UPPER({a}) = UPPER({b}) THEN NULL ELSE {a} END»"
        return f"NULLIF({a}, {b})"

    def coalesce(self, columns, kind, depth):
        first, second = self.value(columns, kind, depth), self.value(columns, kind, depth)
        third = self.value(columns, kind, 0)
        return self.rng.choice([
            f"COALESCE({first}, {second})",
            f"COALESCE({first}, {second}, {third})",
            f"«NVL¦COALESCE»({first}, {second})",
            f"«ISNULL¦COALESCE»({first}, {second})",
            # IFNULL never gives its first operand (§2).
            f"«IFNULL({first}, {second}, {third})¦CASE WHEN {first} IS NULL THEN {second} ELSE {third} END»",
        ])

    def int_of(self, columns, kind, depth):
        a, b = self.value(columns, "int", depth), self.value(columns, "int", depth)
        text = self.value(columns, "text", depth)
        day, other = self.value(columns, "date", depth), self.value(columns, "date", depth)
        number = self.value(columns, "number", depth)
        return self.rng.choice([
            f"({a} + {b})",
            f"({a} - {b})",
            f"ABS({a})",
            f"(- {a})",
            f"SIGN({number})",
            f"MOD({a}, NULLIF({b}, 0))",
            f"«({a} # NULLIF({b}, 0))¦MOD({a}, NULLIF({b}, 0))»",
            f"«({a} \\ NULLIF({b}, 0))¦TRUNC({a} / NULLIF({b}, 0))»",
            f"FLOOR({number})",
            f"CEILING({number})",
            # A number becomes an integer by truncation (§1.5).
            f"«CAST({number} AS INTEGER)¦TRUNC({number})»",
            f"CHAR_LENGTH({text})",
            f"POSITION({self.fixed('text')} IN {text})",
            f"ASCII({text})",
            # A DATE is a number of days, and so is the difference of two (§2).
            f"«DATEDIFF('day', {other}, {day})¦({day} - {other})»",
            f"«YEAR({day})¦EXTRACT(YEAR FROM {day})»",
            f"«MONTH({day})¦EXTRACT(MONTH FROM {day})»",
            f"«{{fn DAYOFMONTH({day})}}¦EXTRACT(DAY FROM {day})»",
            f"«{{fn DAYOFWEEK({day})}}¦(EXTRACT(DOW FROM {day}) + 1)»",
            f"«{{fn QUARTER({day})}}¦EXTRACT(QUARTER FROM {day})»",
            f"«DATEPART('dayofyear', {day})¦EXTRACT(DOY FROM {day})»",
        ])

    def number_of(self, columns, kind, depth):
        a, b = self.value(columns, "number", depth), self.value(columns, "number", depth)
        whole = self.value(columns, "int", depth)
        return self.rng.choice([
            f"({a} + {b})",
            f"({a} - {whole})",
            # Products of products pass the digits that IRIS has, of which PostgreSQL has more (§1.1).
            f"ROUND({self.value(columns, 'number', 0)} * {self.value(columns, 'int', 0)}, 4)",
            # The scales of quotients differ (§1.1).
            f"ROUND({a} / NULLIF({whole}, 0), 4)",
            f"CAST({a} / NULLIF({b}, 0) AS NUMERIC(18,3))",
            f"ROUND({a}, {self.rng.randrange(-1, 3)})",
            f"«{{fn TRUNCATE({a}, 1)}}¦TRUNC({a}, 1)»",
            f"ABS({a})",
            f"CAST({whole} AS NUMERIC(15,2))",
        ])

    def text_of(self, columns, kind, depth):
        a, b = self.value(columns, "text", depth), self.value(columns, "text", depth)
        whole = self.value(columns, "int", 0)
        # No function that may give an empty text, which IRIS and PostgreSQL tell from NULL in their own ways (§4.2).
        return self.rng.choice([
            f"({a} || {b})",
            f"UPPER({a})",
            f"«{{fn LCASE({a})}}¦LOWER({a})»",
            f"SUBSTRING({a}, 1, {self.rng.randrange(1, 4)})",
            f"«{{fn LEFT({a}, 2)}}¦LEFT({a}, 2)»",
            f"«{{fn CONCAT({a}, {b})}}¦({a} || {b})»",
            f"REPLACE({a}, 'A', 'XY')",
            f"REVERSE({a})",
            f"REPEAT({a}, 2)",
            f"LPAD({a}, 5, '*')",
            f"RPAD({a}, 4, '-')",
            f"«STRING¦CONCAT»({a}, {b})",
            f"CAST({whole} AS VARCHAR(10))",
        ])

    def date_of(self, columns, kind, depth):
        day = self.value(columns, "date", depth)
        return self.rng.choice([
            f"CAST({day} AS DATE)",
            f"«LAST_DAY({day})¦CAST(DATE_TRUNC('month', {day}) + INTERVAL '1 month - 1 day' AS DATE)»",
        ])

    # Conditions

    def condition(self, columns, depth):
        share = self.rng.random()
        if depth > 0 and share < 0.15:
            return f"({self.condition(columns, depth - 1)} AND {self.condition(columns, depth - 1)})"
        if depth > 0 and share < 0.3:
            return f"({self.condition(columns, depth - 1)} OR {self.condition(columns, depth - 1)})"
        if depth > 0 and share < 0.37:
            return f"NOT ({self.condition(columns, depth - 1)})"
        if depth > 0 and share < 0.5:
            return self.by_subquery(columns, depth - 1)
        return self.simple(columns, depth)

    def simple(self, columns, depth):
        kind = self.rng.choice(["int", "int", "number", "text", "date"])
        a, b = self.value(columns, kind, depth - 1), self.value(columns, kind, depth - 1)
        if self.chance(0.2):
            b = self.given(a, self.fixed(kind))
        no = self.rng.choice(["", "", "NOT "])
        fold = "«¦UPPER»" if self.folds(a) else ""
        items = [self.given(a, self.fixed(kind)) for _ in range(self.rng.randrange(1, 4))]
        items = ", ".join(f"{fold}({item})" for item in items)
        word = self.value(columns, "text", depth - 1)
        fold_word = "«¦UPPER»" if self.folds(word) else ""
        pattern = self.rng.choice(["A%", "%B", "%a%", "_B%", "A", "%", "B-C", "__"])
        last = self.given(a, self.fixed(kind)) if self.chance(0.3) else self.value(columns, kind, 0)
        within = f"({self.compared(a, '>=', b)} AND {self.compared(a, '<=', last)})"
        between = f"«{a} BETWEEN {b} AND {last}¦{within}»"
        return self.rng.choice([
            self.compared(a, self.rng.choice(COMPARISONS), b),
            self.compared(a, self.rng.choice(COMPARISONS), b),
            f"{a} IS {no}NULL",
            f"{no}({between})",
            f"{fold}({a}) {no}IN ({items})",
            f"{fold_word}({word}) {no}LIKE {fold_word}('{pattern}')",
            f"«{word} %STARTSWITH 'A'¦{fold_word}({word}) LIKE 'A%'»",
            # Always by case (§1.1).
            f"«{word} [ 'B'¦{word} LIKE '%B%'»",
        ])

    def by_subquery(self, columns, depth):
        kind = self.rng.choice(["int", "int", "text", "number"])
        a, no = self.value(columns, kind, 0), self.rng.choice(["", "NOT "])
        choice = self.rng.random()
        if choice < 0.35:
            return f"{no}EXISTS ({self.plain([None], columns, depth)})"
        fold = "«¦UPPER»" if self.folds(a) else ""
        inner = self.plain([kind], columns, depth, fold)
        if choice < 0.6:
            return f"{fold}({a}) {no}IN ({inner})"
        if choice < 0.8:
            word = self.rng.choice(["ANY", "SOME", "ALL"])
            return f"{fold}({a}) {self.rng.choice(COMPARISONS)} {word} ({inner})"
        return f"{fold}({a}) {self.rng.choice(COMPARISONS)} {fold}(({self.single(kind, columns, depth)}))"

    def single(self, kind, outer, depth):
        """A query of one row."""
        text, inner = self.source(depth)
        where = self.where(inner + outer, depth)
        return f"SELECT {self.aggregate(inner, kind, 0)} FROM {text}{where}"

    # FROM

    def source(self, depth):
        """FROM with the columns it brings."""
        text, columns, table = self.one(depth)
        for _ in range(self.rng.choice([0, 0, 1, 1, 2]) if depth > 0 else 0):
            more, added, other = self.one(depth - 1)
            kind = self.rng.choice(["INNER JOIN", "JOIN", "LEFT JOIN", "RIGHT OUTER JOIN", "FULL JOIN", "CROSS JOIN", ","])
            if table and other and kind not in ("CROSS JOIN", ",") and self.chance(0.3):
                return self.merged(text, more, kind, columns, added)
            left = [name for name, of in columns if of == "int"]
            right = [name for name, of in added if of == "int"]
            columns, table = columns + added, None
            if kind == ",":
                # Of what a comma joins, the ON of a JOIN knows the last alone.
                return f"{text}, {more}", columns
            if kind == "CROSS JOIN" or not left or not right:
                text = f"{text} CROSS JOIN {more}"
                continue
            condition = f"{self.rng.choice(left)} = {self.rng.choice(right)}"
            # PostgreSQL has FULL JOIN for conditions alone that it can merge or hash.
            if kind != "FULL JOIN" and self.chance(0.3):
                condition = f"{condition} AND {self.simple(columns, 1)}"
            text = f"{text} {kind} {more} ON {condition}"
        return text, columns

    def merged(self, text, more, kind, columns, added):
        """USING and NATURAL between two tables. A column of both has no table's name any more (−77)."""
        names = [[name.split(".")[1] for name, _ in side] for side in (columns, added)]
        common = ["k"]
        join = f"{text} {kind} {more} USING (k)"
        if self.chance(0.5):
            common = [name for name in names[0] if name in names[1]]
            join = f"{text} NATURAL {kind} {more}"
        left = [(name, of) for name, of in columns + added if name.split(".")[1] not in common]
        return join, left + [(name, "int") for name in common if name == "k"]

    def one(self, depth):
        """A table, or a query in its place."""
        alias = self.alias()
        if depth > 0 and self.chance(0.2):
            kinds = [self.rng.choice(["int", "int", "text", "number", "date"]) for _ in range(2)]
            names = [f"c{n}" for n in range(2)]
            text = self.query(kinds, names, depth - 1)
            return f"({text}) AS {alias}", [(f"{alias}.{n}", k) for n, k in zip(names, kinds)], None
        table = self.rng.choice(list(TABLES))
        if depth > 0 and self.chance(0.1):
            names = [name for name, _ in TABLES[table]]
            some = f"SELECT« TOP 4¦» {', '.join(names)} FROM {table} ORDER BY {self.order(names[0])}, "
            some += ", ".join(self.order(name) for name in names[1:] if name not in "suv") + "«¦ LIMIT 4»"
            if table != "w":
                return f"({some}) {alias}", self.columns(alias, table), None
        return f"{table} {alias}", self.columns(alias, table), table

    def columns(self, alias, table):
        columns = [(f"{alias}.{name}", kind) for name, kind in TABLES[table]]
        self.upper |= {text: text.split(".")[1] != "u" for text, kind in columns if kind == "text"}
        return columns

    def where(self, columns, depth):
        return f" WHERE {self.condition(columns, depth)}" if self.chance(0.7) else ""

    # Queries

    def plain(self, kinds, outer, depth, fold=""):
        """A SELECT that may be correlated; a kind of None is a literal."""
        text, inner = self.source(depth)
        items = ["1" if kind is None else f"{fold}({self.exact(self.value(inner, kind, depth))})" for kind in kinds]
        reach = inner + list(outer)
        where = f" WHERE {self.condition(reach, depth)}" if self.chance(0.8) else ""
        return f"SELECT {', '.join(items)} FROM {text}{where}"

    def named(self, items, names):
        return ", ".join(f"{item} AS {name}" for item, name in zip(items, names))

    def query(self, kinds, names, depth):
        """A query of columns of these kinds and names."""
        choice = self.rng.random()
        if choice < 0.25:
            return self.grouped(kinds, names, depth)
        if choice < 0.4 and "date" not in kinds:
            # Of a UNION, a DATE needs a CAST (§1.2).
            word = self.rng.choice(["UNION", "UNION ALL"])
            legs = [self.listed(kinds, names, depth - 1) for _ in range(2)]
            return f" {word} ".join(legs)
        return self.listed(kinds, names, depth)

    def listed(self, kinds, names, depth):
        text, columns = self.source(depth)
        items = [self.exact(self.value(columns, kind, depth)) for kind in kinds]
        word = self.rng.choice(["", "", "DISTINCT "])
        if not word and self.chance(0.2):
            return self.repeated(kinds, names, text, columns, depth)
        return f"SELECT {word}{self.named(items, names)} FROM {text}{self.where(columns, depth)}"

    def repeated(self, kinds, names, text, columns, depth):
        """Aggregates beside columns are repeated on every row; HAVING filters rows, and they cover all (§1.2)."""
        # One column at least stands there, so that the rows stay.
        known = [name for name, kind in columns if kind == kinds[0]]
        items = [self.exact(self.rng.choice(known))] if known else [self.exact(self.value(columns, kinds[0], 0))]
        keys = [name for name, kind in columns if kind != "text" and "." in name]
        for kind in kinds[1:]:
            value = self.exact(self.value(columns, kind, 1))
            word = self.rng.choice(["MIN", "MAX"])
            if known and keys and self.chance(0.3):
                key = self.rng.choice(keys)
                value = f"{word}({value}« %FOREACH({key}))¦) OVER (PARTITION BY {key})»"
            elif known and self.chance(0.6):
                value = f"{word}({value})«¦ OVER ()»"
            items.append(value)
        return f"SELECT {self.named(items, names)} FROM {text}{self.where(columns, depth)}"

    def aggregate(self, columns, kind, depth):
        if kind in ("date", "text"):
            return f"{self.rng.choice(['MIN', 'MAX'])}({self.exact(self.value(columns, kind, depth))})"
        value = self.value(columns, kind, depth)
        one = self.rng.choice(["", "", "DISTINCT ", "ALL "])
        if kind == "int":
            other = self.exact(self.value(columns, self.rng.choice(["int", "text", "number", "date"]), depth))
            return self.rng.choice(
                ["COUNT(*)", f"COUNT({one}{other})", f"SUM({one}{value})", f"MIN({value})", f"MAX({one}{value})"]
            )
        # The scale of averages differs (§2).
        return self.rng.choice([f"ROUND(AVG({one}{value}), 4)", f"SUM({one}{value})", f"MAX({value})", f"MIN({value})"])

    def grouped(self, kinds, names, depth):
        text, columns = self.source(depth)
        # Columns, because a literal is no group of its own on IRIS (§1.2).
        keys, items = [], []
        for kind in kinds:
            known = [name for name, of in columns if of == kind]
            if known and self.chance(0.5):
                keys.append(self.exact(self.rng.choice(known)))
                items.append(keys[-1])
            else:
                items.append(self.aggregate(columns, kind, depth - 1))
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
        having = ""
        if keys and self.chance(0.4):
            having = f" HAVING {self.aggregate(columns, 'int', 0)} {self.rng.choice(COMPARISONS)} {self.fixed('int')}"
        return f"SELECT {self.named(items, names)} FROM {text}{self.where(columns, depth)}{group}{having}"

    def windowed(self):
        """Window functions over rows in a total order."""
        alias = self.alias()
        table = self.rng.choice(["r", "q"])
        columns = self.columns(alias, table)
        names = [self.exact(name) for name, _ in columns]
        part = f"PARTITION BY {self.rng.choice(names[1:])} " if self.chance(0.5) else ""
        first = self.order(self.rng.choice(names))
        rows = self.rng.choice([
            "ROWS UNBOUNDED PRECEDING",
            "ROWS 2 PRECEDING",
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
            "ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING",
            "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
        ])
        total = f"{part}ORDER BY {first}, {alias}.id"
        kind = self.rng.choice(["int", "number", "text", "date"])
        value, whole = self.exact(self.value(columns, kind, 1)), self.value(columns, "int", 1)
        items = [
            f"ROW_NUMBER() OVER ({total})",
            f"RANK() OVER ({part}ORDER BY {first})",
            f"DENSE_RANK() OVER ({part}ORDER BY {first})",
            f"NTILE(3) OVER ({total})",
            f"LAG({value}) OVER ({total})",
            f"LEAD({value}, 2) OVER ({total})",
            f"FIRST_VALUE({value}) OVER ({total} {rows})",
            f"LAST_VALUE({value}) OVER ({total} {rows})",
            f"NTH_VALUE({value}, 2) OVER ({total} {rows})",
            f"{self.rng.choice(['MIN', 'MAX'])}({value}) OVER ({total} {rows})",
            # NULL counts as 0 in the frame of a SUM (§1.2), and a frame without rows comes to 0.
            f"COALESCE(SUM(COALESCE({whole}, 0)) OVER ({total} {rows}), 0)",
            # The default frame ends at the row itself, not at its last peer (§1.2).
            f"COUNT({value}) OVER ({total}« ¦ ROWS UNBOUNDED PRECEDING»)",
        ]
        chosen = self.rng.sample(items, 2)
        where = self.where(columns, 1)
        return f"SELECT {alias}.id, {', '.join(chosen)} FROM {table} {alias}{where}"

    def order(self, text):
        """A key of ORDER BY: NULLs come first on IRIS (§1.1)."""
        if self.chance(0.4):
            return f"{text} DESC«¦ NULLS LAST»"
        return f"{text}« ASC¦ NULLS FIRST»"

    def statement(self):
        """A query, and whether the order of its rows is settled."""
        self.aliases = 0
        self.upper = {}
        depth = self.rng.choice([1, 2, 2, 3])
        choice = self.rng.random()
        if choice < 0.12:
            return self.windowed(), False
        kinds = [self.rng.choice(["int", "int", "text", "number", "date"]) for _ in range(self.rng.randrange(1, 4))]
        names = [f"c{n}" for n in range(len(kinds))]
        if choice < 0.2:
            inner = self.query(kinds, names, depth)
            text, columns = self.source(1)
            if ", " in text:
                text, columns, _ = self.one(0)
            columns = columns + [(f"e.{n}", k) for n, k in zip(names, kinds)]
            items = [self.exact(self.value(columns, kind, 1)) for kind in kinds]
            where = self.where(columns, 1)
            return f"WITH e AS ({inner}) SELECT {', '.join(items)} FROM {text} CROSS JOIN e{where}", False
        text = self.query(kinds, names, depth)
        if choice < 0.5:
            keys = [self.order(str(n + 1)) for n in range(len(kinds))]
            self.rng.shuffle(keys)
            text = f"{text} ORDER BY {', '.join(keys)}"
            count = self.rng.randrange(6)
            if self.chance(0.4):
                offset = f" OFFSET {self.rng.randrange(4)}" if self.chance(0.5) else ""
                text = f"{text} LIMIT {count}{offset}"
            elif text.startswith("SELECT ") and " UNION " not in text and self.chance(0.5):
                word = "SELECT DISTINCT" if text.startswith("SELECT DISTINCT") else "SELECT"
                text = f"{word}« TOP {count}¦»{text.removeprefix(word)}«¦ LIMIT {count}»"
            return text, True
        return text, False
