import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TimeZone;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.util.PGobject;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * pgjdbc: the driver's ordinary life.
 *
 * <p>What it does on the wire (42.7.7):
 *
 * <ul>
 *   <li>At connect: SSLRequest, then a startup message with user, database, client_encoding=UTF8, DateStyle=ISO, TimeZone=the
 *       JVM's zone and the given options; then SET application_name by Query, if one is given (older drivers also
 *       SET extra_float_digits = 3).
 *   <li>A statement: Parse with the types of the values (int4, varchar for a string, 0 for dates), Bind, Describe of the portal,
 *       Execute, Sync, all at once; unnamed until its fifth use, then named S_1, without Describe and with binary results.
 *       prepareThreshold=-1 asks for binary at once. executeUpdate limits Execute to one row.
 *   <li>BEGIN by Query before the first statement of a transaction, BEGIN READ ONLY after setReadOnly, which with
 *       readOnlyMode=always is SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY. COMMIT becomes a named statement too.
 *   <li>Several statements in one string are cut by the driver and sent before one Sync, as is a batch.
 *   <li>A fetch size: a named portal C_1 and Execute with a row count. preferQueryMode=simple: Query with literals such as
 *       ('1'::int4).
 *   <li>SHOW TRANSACTION ISOLATION LEVEL, SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL …, SET SESSION search_path
 *       TO 'public', SET application_name; isValid: an empty Query; autosave: SAVEPOINT PGJDBC_AUTOSAVE around each statement.
 *   <li>cancel() and a query timeout: CancelRequest on a second connection. close(): Terminate.
 * </ul>
 *
 * <p>Every test here passes against PostgreSQL; none asks which server it talks to.
 */
final class Tests {
    /** The ways in which the driver can speak: texts, binary from the first use on, the simple protocol. */
    private static final Map<String, String[]> MODES = new LinkedHashMap<>();

    static {
        MODES.put("text", new String[] {"binaryTransfer", "false"});
        MODES.put("binary", new String[] {"binaryTransfer", "true", "prepareThreshold", "-1"});
        MODES.put("simple", new String[] {"preferQueryMode", "simple"});
    }

    private final String url;
    private final Map<String, Cases.Body> tests = new LinkedHashMap<>();
    private final List<Connection> opened = new ArrayList<>();
    private final List<String> tables = new ArrayList<>();

    private Tests(String host, String port) {
        url = "jdbc:postgresql://" + host + ":" + port + "/" + System.getenv("PGDATABASE");
    }

    public static void main(String[] arguments) throws Exception {
        Tests all = new Tests(arguments[0], arguments[1]);
        all.connecting();
        all.statements();
        all.transactions();
        all.failures();
        all.types();
        Cases.run(all.tests);
    }

    // What every test uses.

    private interface WithConnection {
        void run(Connection connection) throws Exception;
    }

    private Connection connect(String... options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        properties.setProperty("password", System.getenv("PGPASSWORD"));
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "20");
        for (int index = 0; index < options.length; index += 2) {
            properties.setProperty(options[index], options[index + 1]);
        }
        Connection connection = DriverManager.getConnection(url, properties);
        opened.add(connection);
        return connection;
    }

    private void test(String name, WithConnection body, String... options) {
        tests.put(name, () -> {
            opened.clear();
            tables.clear();
            try {
                body.run(connect(options));
            } finally {
                // An open transaction would keep the tables from being dropped.
                for (Connection connection : opened) {
                    connection.close();
                }
                if (!tables.isEmpty()) {
                    try (Connection connection = connect()) {
                        for (String name1 : tables) {
                            run(connection, "DROP TABLE IF EXISTS " + name1);
                        }
                    }
                }
            }
        });
    }

    private String table(Connection connection, String name, String columns) throws SQLException {
        tables.add(name);
        run(connection, "DROP TABLE IF EXISTS " + name);
        run(connection, "CREATE TABLE " + name + " (" + columns + ")");
        return name;
    }

    private String words(Connection connection) throws SQLException {
        return table(connection, "pgjdbc_words", "id int PRIMARY KEY, word varchar(20)");
    }

    private static int run(Connection connection, String query, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int index = 0; index < values.length; index++) {
            statement.setObject(index + 1, values[index]);
        }
    }

    private static List<List<Object>> rows(ResultSet result) throws SQLException {
        List<List<Object>> found = new ArrayList<>();
        while (result.next()) {
            List<Object> row = new ArrayList<>();
            for (int index = 1; index <= result.getMetaData().getColumnCount(); index++) {
                row.add(result.getObject(index));
            }
            found.add(row);
        }
        return found;
    }

    private static List<List<Object>> rows(Connection connection, String query, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            bind(statement, values);
            return rows(statement.executeQuery());
        }
    }

    private static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }

    private static PSQLException refused(String state, Cases.Body body) throws Exception {
        try {
            body.run();
        } catch (PSQLException error) {
            Cases.equal(error.getSQLState(), state);
            return error;
        }
        throw new AssertionError("no error, expected " + state);
    }

    // Connecting and settings.

    private void connecting() {
        test("connects_and_knows_the_server", connection -> {
            DatabaseMetaData data = connection.getMetaData();
            Cases.equal(data.getDatabaseProductName(), "PostgreSQL");
            Cases.equal(data.getDatabaseMajorVersion(), 15);
            Cases.equal(connection.unwrap(PGConnection.class).getParameterStatus("TimeZone"), "UTC");
            Cases.equal(connection.unwrap(PGConnection.class).getBackendPID() > 0, true);
            Cases.equal(connection.isValid(5), true);
            Cases.equal(rows(connection, "SELECT 1"), List.of(row(1)));
        });
        test("settings_of_connect_are_kept_and_shown", connection -> {
            Cases.equal(rows(connection, "SHOW application_name"), List.of(row("ward 7")));
            Cases.equal(rows(connection, "SHOW statement_timeout"), List.of(row("5s")));
            Cases.equal(rows(connection, "SHOW client_encoding"), List.of(row("UTF8")));
            Cases.equal(rows(connection, "SHOW DateStyle"), List.of(row("ISO, MDY")));
        }, "ApplicationName", "ward 7", "options", "-c statement_timeout=5000");
        test("settings_of_old_drivers", connection -> {
            run(connection, "SET extra_float_digits = 3");
            Cases.equal(rows(connection, "SHOW extra_float_digits"), List.of(row("3")));
            run(connection, "SET SESSION search_path TO 'public'");
            Cases.equal(rows(connection, "SHOW search_path"), List.of(row("public")));
        });
        test("client_info_sets_application_name", connection -> {
            connection.setClientInfo("ApplicationName", "later");
            Cases.equal(rows(connection, "SHOW application_name"), List.of(row("later")));
            Cases.equal(connection.unwrap(PGConnection.class).getParameterStatus("application_name"), "later");
        });
        test("schema_is_set_and_shown", connection -> {
            connection.setSchema("public");
            Cases.equal(connection.getSchema(), "public");
            Cases.equal(connection.getCatalog(), System.getenv("PGDATABASE"));
        });
        test("isolation_is_set_and_shown", connection -> {
            Cases.equal(connection.getTransactionIsolation(), Connection.TRANSACTION_READ_COMMITTED);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
            Cases.equal(connection.getTransactionIsolation(), Connection.TRANSACTION_READ_UNCOMMITTED);
        });
        test("a_read_only_connection_refuses_to_write", connection -> {
            String name = words(connection);
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            Cases.equal(rows(connection, "SHOW transaction_read_only"), List.of(row("on")));
            refused("25006", () -> run(connection, "INSERT INTO " + name + " VALUES (1, 'no')"));
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setReadOnly(false);
            Cases.equal(run(connection, "INSERT INTO " + name + " VALUES (1, 'yes')"), 1);
        });
        test("a_read_only_connection_refuses_to_write_always", connection -> {
            String name = words(connection);
            connection.setReadOnly(true);
            refused("25006", () -> run(connection, "INSERT INTO " + name + " VALUES (1, 'no')"));
            connection.setReadOnly(false);
            Cases.equal(run(connection, "INSERT INTO " + name + " VALUES (1, 'yes')"), 1);
        }, "readOnlyMode", "always");
        test("a_wrong_password_is_28p01", connection -> refused("28P01", () -> connect("password", "not the password")));
        test("an_unknown_database_is_3d000", connection -> refused("3D000", () -> {
            String there = url.substring(0, url.lastIndexOf('/') + 1);
            DriverManager.getConnection(there + "NOSUCHDATABASE", System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
        }));
    }

    // Statements.

    private void statements() {
        test("a_prepared_statement_is_reused", connection -> {
            String name = words(connection);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (?, ?)");
                    PreparedStatement select = connection.prepareStatement("SELECT word FROM " + name + " WHERE id = ?")) {
                for (int number = 0; number < 20; number++) {
                    bind(insert, number, "word " + number);
                    Cases.equal(insert.executeUpdate(), 1);
                    bind(select, number);
                    Cases.equal(rows(select.executeQuery()), List.of(row("word " + number)));
                }
                Cases.equal(select.unwrap(PGStatement.class).isUseServerPrepare(), true);
            }
        });
        test("a_batch_counts_each_statement", connection -> batch(connection));
        test("a_batch_rewritten_as_one_insert", connection -> batch(connection), "reWriteBatchedInserts", "true");
        test("a_failed_batch_is_undone", connection -> {
            String name = words(connection);
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (?, ?)")) {
                for (int id : new int[] {1, 2, 1, 3}) {
                    bind(insert, id, "w");
                    insert.addBatch();
                }
                insert.executeBatch();
                throw new AssertionError("no error");
            } catch (BatchUpdateException error) {
                Cases.equal(error.getSQLState(), "23505");
            }
            connection.rollback();
            Cases.equal(rows(connection, "SELECT * FROM " + name), List.of());
        });
        test("several_statements_in_one_string", connection -> {
            String name = words(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO " + name + " VALUES (1, 'a;'), (2, 'b'); SELECT id FROM " + name + " ORDER BY id");
                Cases.equal(statement.getUpdateCount(), 2);
                Cases.equal(statement.getMoreResults(), true);
                Cases.equal(rows(statement.getResultSet()), List.of(row(1), row(2)));
            }
        });
        test("a_fetch_size_reads_in_parts", connection -> {
            String name = words(connection);
            connection.setAutoCommit(false);
            for (int id = 0; id < 25; id++) {
                run(connection, "INSERT INTO " + name + " VALUES (?, ?)", id, "w" + id);
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM " + name + " ORDER BY id")) {
                select.setFetchSize(10);
                ResultSet result = select.executeQuery();
                for (int id = 0; id < 25; id++) {
                    Cases.equal(result.next(), true);
                    Cases.equal(result.getInt(1), id);
                }
                Cases.equal(result.next(), false);
                select.setMaxRows(3);
                Cases.equal(rows(select.executeQuery()), List.of(row(0), row(1), row(2)));
            }
        });
        test("generated_keys_are_returned", connection -> {
            String name = table(connection, "pgjdbc_serial", "id serial PRIMARY KEY, word varchar(20)");
            String insert = "INSERT INTO " + name + " (word) VALUES (?)";
            try (PreparedStatement all = connection.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS);
                    PreparedStatement one = connection.prepareStatement(insert, new String[] {"id"})) {
                bind(all, "a");
                Cases.equal(all.executeUpdate(), 1);
                Cases.equal(rows(all.getGeneratedKeys()), List.of(row(1, "a")));
                bind(one, "b");
                Cases.equal(one.executeUpdate(), 1);
                Cases.equal(rows(one.getGeneratedKeys()), List.of(row(2)));
            }
        });
        test("upsert_inserts_and_updates", connection -> {
            String name = words(connection);
            String upsert = "INSERT INTO " + name + " VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET word = excluded.word";
            run(connection, upsert, 1, "first");
            run(connection, upsert, 1, "second");
            Cases.equal(run(connection, "INSERT INTO " + name + " VALUES (1, 'x') ON CONFLICT DO NOTHING"), 0);
            Cases.equal(rows(connection, "SELECT * FROM " + name), List.of(row(1, "second")));
        });
        test("equal_to_any_of_an_array", connection -> {
            String name = words(connection);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'a'), (2, 'b'), (3, 'it''s \"c\"')");
            try (PreparedStatement byId = connection.prepareStatement("SELECT id FROM " + name + " WHERE id = ANY(?) ORDER BY id");
                    PreparedStatement byWord = connection.prepareStatement("SELECT id FROM " + name + " WHERE word = ANY(?)")) {
                byId.setArray(1, connection.createArrayOf("int4", new Integer[] {1, 3, 9}));
                Cases.equal(rows(byId.executeQuery()), List.of(row(1), row(3)));
                byWord.setArray(1, connection.createArrayOf("text", new String[] {"it's \"c\"", "x"}));
                Cases.equal(rows(byWord.executeQuery()), List.of(row(3)));
            }
        });
        test("escapes_of_jdbc", connection -> {
            Cases.equal(rows(connection, "SELECT {fn upper('abc')}, {d '2024-02-29'}"),
                    List.of(row("ABC", java.sql.Date.valueOf("2024-02-29"))));
            Cases.equal(rows(connection, "SELECT 'why? $1 ' || ?", "x"), List.of(row("why? $1 x")));
        });
        test("result_columns_are_described", connection -> {
            String name = table(connection, "pgjdbc_described", "id int PRIMARY KEY, n numeric(9, 2), v varchar(20)");
            try (PreparedStatement select = connection.prepareStatement("SELECT id, n, v AS \"V v\", id + 1 FROM " + name)) {
                ResultSetMetaData data = select.getMetaData();
                Cases.equal(data.getColumnCount(), 4);
                Cases.equal(data.getColumnLabel(3), "V v");
                Cases.equal(data.getColumnType(2), Types.NUMERIC);
                Cases.equal(row(data.getPrecision(2), data.getScale(2), data.getPrecision(3)), row(9, 2, 20));
                Cases.equal(data.getColumnTypeName(1), "int4");
            }
        });
        test("parameters_are_described", connection -> {
            String name = words(connection);
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM " + name + " WHERE id = ? AND word LIKE ?")) {
                Cases.equal(select.getParameterMetaData().getParameterType(1), Types.INTEGER);
                Cases.equal(select.getParameterMetaData().getParameterTypeName(2), "text");
            }
        });
        test("the_zone_of_the_jvm_is_another", connection -> {
            TimeZone before = TimeZone.getDefault();
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
            try (Connection other = connect()) {
                Timestamp moment = Timestamp.valueOf("2024-02-29 12:30:15.25");
                for (String kind : List.of("timestamptz", "timestamp")) {
                    Cases.equal(rows(other, "SELECT ?::" + kind, moment), List.of(row(moment)));
                }
                Cases.equal(rows(other, "SELECT ?::date", java.sql.Date.valueOf("2024-02-29")),
                        List.of(row(java.sql.Date.valueOf("2024-02-29"))));
            } finally {
                TimeZone.setDefault(before);
            }
        });
        test("limit_and_offset_are_parameters", connection -> {
            String name = words(connection);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
            Cases.equal(rows(connection, "SELECT id FROM " + name + " ORDER BY id LIMIT ? OFFSET ?", 2, 1), List.of(row(2), row(3)));
        });
        test("null_and_empty_text_stay_different", connection -> {
            String name = words(connection);
            Object[][] all = {{1, ""}, {2, null}, {3, " "}};
            for (Object[] values : all) {
                run(connection, "INSERT INTO " + name + " VALUES (?, ?)", values);
            }
            Cases.equal(rows(connection, "SELECT word FROM " + name + " ORDER BY id"), List.of(row(""), row((Object) null), row(" ")));
            Cases.equal(rows(connection, "SELECT id FROM " + name + " WHERE word = ?", ""), List.of(row(1)));
            Cases.equal(rows(connection, "SELECT id FROM " + name + " WHERE word IS NULL"), List.of(row(2)));
        });
        test("long_values_arrive_whole", connection -> {
            String name = table(connection, "pgjdbc_long", "id int PRIMARY KEY, t text, b bytea");
            int[] lengths = {1, 32_766, 32_767, 65_536, 1_100_000};
            for (int id = 0; id < lengths.length; id++) {
                byte[] bytes = new byte[lengths[id]];
                Arrays.fill(bytes, (byte) 200);
                run(connection, "INSERT INTO " + name + " VALUES (?, ?, ?)", id, "é".repeat(lengths[id]), bytes);
            }
            List<List<Object>> found = rows(connection, "SELECT t, b FROM " + name + " ORDER BY id");
            for (int id = 0; id < lengths.length; id++) {
                byte[] bytes = (byte[]) found.get(id).get(1);
                Cases.equal(found.get(id).get(0).equals("é".repeat(lengths[id])), true);
                Cases.equal(row(bytes.length, bytes[bytes.length - 1]), row(lengths[id], (byte) 200));
            }
        });
    }

    private void batch(Connection connection) throws SQLException {
        String name = words(connection);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (?, ?)");
                Statement others = connection.createStatement()) {
            for (int id = 0; id < 300; id++) {
                bind(insert, id, "word " + id);
                insert.addBatch();
            }
            int[] counts = insert.executeBatch();
            Cases.equal(counts.length, 300);
            others.addBatch("UPDATE " + name + " SET word = 'x' WHERE id < 3");
            others.addBatch("DELETE FROM " + name + " WHERE id = 299");
            Cases.equal(others.executeBatch(), new int[] {3, 1});
        }
        Cases.equal(rows(connection, "SELECT count(*) FROM " + name), List.of(row(299L)));
    }

    // Transactions.

    private void transactions() {
        test("transactions_commit_and_roll_back", connection -> {
            String name = words(connection);
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'kept')");
            connection.commit();
            run(connection, "INSERT INTO " + name + " VALUES (2, 'undone')");
            connection.rollback();
            Cases.equal(rows(connect(), "SELECT * FROM " + name), List.of(row(1, "kept")));
        });
        test("a_savepoint_undoes_its_part_only", connection -> {
            String name = words(connection);
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'outer')");
            Savepoint savepoint = connection.setSavepoint();
            refused("23505", () -> run(connection, "INSERT INTO " + name + " VALUES (1, 'again')"));
            connection.rollback(savepoint);
            Savepoint named = connection.setSavepoint("A point");
            run(connection, "INSERT INTO " + name + " VALUES (3, 'after')");
            connection.releaseSavepoint(named);
            connection.commit();
            Cases.equal(rows(connect(), "SELECT * FROM " + name + " ORDER BY id"), List.of(row(1, "outer"), row(3, "after")));
        });
        test("autosave_keeps_the_transaction", connection -> {
            String name = words(connection);
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'kept')");
            refused("23505", () -> run(connection, "INSERT INTO " + name + " VALUES (1, 'again')"));
            run(connection, "INSERT INTO " + name + " VALUES (2, 'kept too')");
            connection.commit();
            Cases.equal(rows(connect(), "SELECT id FROM " + name + " ORDER BY id"), List.of(row(1), row(2)));
        }, "autosave", "always");
        test("a_failed_block_refuses_until_its_end", connection -> {
            String name = words(connection);
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'lost')");
            refused("42P01", () -> rows(connection, "SELECT * FROM no_such_table"));
            refused("25P02", () -> rows(connection, "SELECT 1"));
            // The driver does not tell that the COMMIT was answered by ROLLBACK.
            connection.commit();
            Cases.equal(rows(connection, "SELECT * FROM " + name), List.of());
        });
    }

    // Errors, waiting, ending.

    private void failures() throws Exception {
        for (Map.Entry<String, String> entry : Cases.errors("pgjdbc_errors").entrySet()) {
            test("error_" + entry.getKey(), connection -> {
                table(connection, "pgjdbc_errors", "x int");
                run(connection, "DROP TABLE pgjdbc_errors");
                run(connection, Cases.errorTable("pgjdbc_errors"));
                run(connection, "INSERT INTO pgjdbc_errors VALUES (1, 'a', NULL, NULL)");
                refused(entry.getKey(), () -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(entry.getValue());
                    }
                });
                Cases.equal(rows(connection, "SELECT 1"), List.of(row(1)));
            });
        }
        test("an_error_names_what_was_violated", connection -> {
            String name = words(connection);
            run(connection, "INSERT INTO " + name + " VALUES (1, 'a')");
            ServerErrorMessage found = refused("23505", () -> run(connection, "INSERT INTO " + name + " VALUES (?, 'b')", 1))
                    .getServerErrorMessage();
            Cases.equal(row(found.getSchema(), found.getTable(), found.getConstraint()), row("public", name, name + "_pkey"));
            Cases.equal(refused("42601", () -> rows(connection, "SELECT 1 FRM x y")).getServerErrorMessage().getPosition(), 14);
        });
        test("cancel_ends_the_statement", connection -> {
            String name = block(connection);
            try (Statement statement = connection.createStatement()) {
                Thread canceller = new Thread(() -> {
                    try {
                        Thread.sleep(300);
                        statement.cancel();
                    } catch (InterruptedException | SQLException error) {
                        throw new IllegalStateException(error);
                    }
                });
                canceller.start();
                refused("57014", () -> statement.executeUpdate("UPDATE " + name + " SET word = 'b' WHERE id = 1"));
                canceller.join();
            }
            Cases.equal(rows(connection, "SELECT 1"), List.of(row(1)));
        });
        test("a_query_timeout_cancels_the_statement", connection -> {
            String name = block(connection);
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                refused("57014", () -> statement.executeUpdate("UPDATE " + name + " SET word = 'b' WHERE id = 1"));
            }
            Cases.equal(rows(connection, "SELECT 1"), List.of(row(1)));
        });
        test("statement_timeout_is_57014", connection -> {
            String name = block(connection);
            run(connection, "SET statement_timeout = 300");
            refused("57014", () -> run(connection, "UPDATE " + name + " SET word = 'b' WHERE id = 1"));
            Cases.equal(rows(connection, "SELECT 1"), List.of(row(1)));
        });
        test("close_ends_the_session_and_its_transaction", connection -> {
            String name = words(connection);
            Connection other = connect();
            other.setAutoCommit(false);
            run(other, "INSERT INTO " + name + " VALUES (1, 'lost')");
            other.close();
            Cases.equal(other.isClosed(), true);
            Cases.equal(run(connection, "INSERT INTO " + name + " VALUES (1, 'mine')"), 1);
        });
    }

    /** A table whose row 1 is held by another connection's open transaction. */
    private String block(Connection connection) throws SQLException {
        String name = words(connection);
        run(connection, "INSERT INTO " + name + " VALUES (1, 'a')");
        Connection holder = connect();
        holder.setAutoCommit(false);
        run(holder, "UPDATE " + name + " SET word = 'held' WHERE id = 1");
        return name;
    }

    // Every type.

    /** The value that Java has for a type's text. */
    private static Object value(String kind, String text) throws SQLException {
        switch (Cases.label(kind)) {
            case "int2":
                return Short.valueOf(text);
            case "int4":
                return Integer.valueOf(text);
            case "int8", "oid":
                return Long.valueOf(text);
            case "float4":
                return Float.valueOf(text);
            case "float8":
                return Double.valueOf(text);
            case "numeric":
                return new BigDecimal(text);
            case "bool":
                return Boolean.valueOf(text);
            case "bytea":
                return HexFormat.of().parseHex(text.substring(2));
            case "date":
                return LocalDate.parse(text);
            case "time":
                return LocalTime.parse(text);
            case "timestamp":
                return LocalDateTime.parse(text.replace(' ', 'T'));
            case "timestamptz":
                return OffsetDateTime.parse(text.replace(' ', 'T') + ":00");
            case "uuid":
                return UUID.fromString(text);
            case "json":
                PGobject json = new PGobject();
                json.setType("json");
                json.setValue(text);
                return json;
            default:
                return text;
        }
    }

    private static Object read(ResultSet result, Object sent) throws SQLException {
        return sent instanceof byte[] ? result.getBytes(1) : sent == null ? result.getObject(1) : result.getObject(1, sent.getClass());
    }

    private void types() throws Exception {
        for (Map.Entry<String, String[]> mode : MODES.entrySet()) {
            for (boolean extreme : new boolean[] {false, true}) {
                for (Map.Entry<String, List<String>> entry : Cases.byType(extreme).entrySet()) {
                    String kind = entry.getKey();
                    String prefix = Cases.label(kind) + (extreme ? "_extremes" : "");
                    test(prefix + "_parameter_" + mode.getKey(), c -> parameter(c, kind, entry.getValue()), mode.getValue());
                    test(prefix + "_column_" + mode.getKey(), c -> column(c, kind, entry.getValue()), mode.getValue());
                    if (!extreme) {
                        test(prefix + "_null_" + mode.getKey(), connection -> {
                            Cases.equal(rows(connection, "SELECT ?::" + kind, (Object) null), List.of(row((Object) null)));
                        }, mode.getValue());
                    }
                }
            }
        }
    }

    private void parameter(Connection connection, String kind, List<String> texts) throws SQLException {
        try (PreparedStatement same = connection.prepareStatement("SELECT (?)::" + kind);
                PreparedStatement shown = connection.prepareStatement("SELECT ((?)::" + kind + ")::text")) {
            for (String text : texts) {
                Object sent = value(kind, text);
                bind(same, sent);
                ResultSet result = same.executeQuery();
                result.next();
                Cases.equal(read(result, sent), sent);
                if (!Cases.label(kind).equals("char")) {
                    bind(shown, sent);
                    Cases.equal(rows(shown.executeQuery()), List.of(row(text)));
                }
            }
        }
    }

    private void column(Connection connection, String kind, List<String> texts) throws SQLException {
        String name = table(connection, "pgjdbc_" + Cases.label(kind), "id int PRIMARY KEY, v " + kind);
        List<Object> all = new ArrayList<>();
        for (String text : texts) {
            all.add(value(kind, text));
        }
        all.add(null);
        for (int id = 0; id < all.size(); id++) {
            run(connection, "INSERT INTO " + name + " VALUES (?, ?)", id, all.get(id));
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM " + name + " ORDER BY id")) {
            ResultSet result = select.executeQuery();
            for (Object sent : all) {
                Cases.equal(result.next(), true);
                Cases.equal(read(result, sent), sent);
            }
        }
        if (kind.equals("json")) {
            return;
        }
        for (int id = 0; id < texts.size(); id++) {
            // A string's type is varchar, which does not compare with char as char does; a float is sent as a double.
            boolean cast = kind.startsWith("char") || kind.equals("float4");
            String mark = cast ? "?::" + kind : "?";
            Cases.equal(rows(connection, "SELECT id FROM " + name + " WHERE v = " + mark, all.get(id)), List.of(row(id)));
        }
    }
}
