// The shared values and failing statements, and the runner that prints a line for each test (report.py says which form).

"use strict";

const fs = require("node:fs");
const path = require("node:path");

const TEST_MILLISECONDS = 30_000;
const ESCAPES = { n: "\n", t: "\t", "\\": "\\" };

function lines(name) {
  const text = fs.readFileSync(path.join(__dirname, "..", name), "utf8");
  return text
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split("\t"));
}

/** From each type to its texts: the ordinary ones or the extreme ones. */
function byType(extreme = false) {
  const found = new Map();
  for (const [kind, text, mark] of lines("values.txt")) {
    if (Boolean(mark) === extreme) {
      if (!found.has(kind)) found.set(kind, []);
      found.get(kind).push(text.replace(/\\(.)/g, (_, letter) => ESCAPES[letter]));
    }
  }
  return found;
}

/** Pairs of an SQLSTATE and a statement that fails with it. */
function errors(table) {
  return lines("errors.txt").map(([state, statement]) => [
    state,
    statement.split(" ").map((word) => (word === "T" ? table : word)).join(" "),
  ]);
}

const errorTable = (table) =>
  `CREATE TABLE ${table} (id int PRIMARY KEY, word varchar(3) NOT NULL,` +
  ` parent int REFERENCES ${table} (id), small smallint)`;

const label = (kind) => kind.split("(")[0];

/** Runs each test, a pair of name and function, and prints what became of it. */
async function run(tests) {
  for (const [name, test] of tests) {
    let timer;
    const expired = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("the test took longer than 30 s")), TEST_MILLISECONDS);
    });
    try {
      await Promise.race([test(), expired]);
      console.log(`ok ${name}`);
    } catch (error) {
      const message = `${error.code ?? ""} ${error.message ?? error}`.split("\n").join(" | ");
      console.log(`failed ${name}: ${message.trim().slice(0, 500)}`);
    }
    clearTimeout(timer);
  }
  console.log(`done ${tests.length}`);
}

module.exports = { byType, errors, errorTable, label, run };
