import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The shared values and failing statements, and the runner that prints a line for each test (report.py says which form). */
final class Cases {
    private static final int TEST_SECONDS = 30;

    private Cases() {}

    /** What a test does. */
    interface Body {
        void run() throws Exception;
    }

    private static List<String[]> lines(String name) throws IOException {
        List<String[]> found = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("..", name), StandardCharsets.UTF_8)) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                found.add(line.split("\t", -1));
            }
        }
        return found;
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int index = 0; index < text.length(); index++) {
            char letter = text.charAt(index);
            if (letter == '\\') {
                index++;
                letter = text.charAt(index);
                letter = letter == 'n' ? '\n' : letter == 't' ? '\t' : letter;
            }
            out.append(letter);
        }
        return out.toString();
    }

    /** From each type to its texts: the ordinary ones or the extreme ones. */
    static Map<String, List<String>> byType(boolean extreme) throws IOException {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String[] fields : lines("values.txt")) {
            if (fields.length > 2 == extreme) {
                found.computeIfAbsent(fields[0], kind -> new ArrayList<>()).add(unescaped(fields[1]));
            }
        }
        return found;
    }

    /** From each SQLSTATE to a statement that fails with it. */
    static Map<String, String> errors(String table) throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        for (String[] fields : lines("errors.txt")) {
            List<String> words = new ArrayList<>();
            for (String word : fields[1].split(" ")) {
                words.add(word.equals("T") ? table : word);
            }
            found.put(fields[0], String.join(" ", words));
        }
        return found;
    }

    static String errorTable(String table) {
        return "CREATE TABLE " + table + " (id int PRIMARY KEY, word varchar(3) NOT NULL,"
                + " parent int REFERENCES " + table + " (id), small smallint)";
    }

    static String label(String kind) {
        return kind.split("\\(")[0];
    }

    static void equal(Object found, Object expected) {
        if (!Objects.deepEquals(found, expected)) {
            throw new AssertionError("found " + shown(found) + ", expected " + shown(expected));
        }
    }

    private static String shown(Object value) {
        String text = value instanceof byte[] bytes ? java.util.HexFormat.of().formatHex(bytes) : String.valueOf(value);
        return text + (value == null ? "" : " (" + value.getClass().getSimpleName() + ")");
    }

    /** Runs each test and prints what became of it; one that hangs is left behind. */
    static void run(Map<String, Body> tests) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        tests.forEach((name, body) -> out.println(outcome(name, threads.submit(() -> {
            body.run();
            return null;
        }))));
        out.println("done " + tests.size());
    }

    private static String outcome(String name, Future<?> test) {
        try {
            test.get(TEST_SECONDS, TimeUnit.SECONDS);
            return "ok " + name;
        } catch (ExecutionException error) {
            String message = String.valueOf(error.getCause()).replaceAll("\\s*\n\\s*", " | ");
            return "failed " + name + ": " + message.substring(0, Math.min(message.length(), 500));
        } catch (TimeoutException error) {
            return "failed " + name + ": the test took longer than " + TEST_SECONDS + " s";
        } catch (InterruptedException error) {
            return "failed " + name + ": interrupted";
        }
    }
}
