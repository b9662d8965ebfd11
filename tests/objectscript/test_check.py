"""Breaks the package in one place at a time and expects check.py to say so."""

import pathlib
import shutil
import tempfile
import unittest

import check

ROOT = pathlib.Path(__file__).resolve().parents[2]
SESSION = "objectscript/IrisPG/Session.cls"
INSTALLER = "objectscript/IrisPG/Installer.cls"
CONTRACT = "docs/session-contract.md"
MODULE = "module.xml"

# What is changed where, and a word of the finding that must follow.
BREAKS = [
    (SESSION, "set answer(\"extra\") = $tlevel", "set answer(\"extra\" = $tlevel", "syntax"),
    (SESSION, "        tstart\n", "        tsart\n", "syntax"),
    (SESSION, "        while $tlevel >= level {\n            tcommit\n        }", "        while $tlevel >= level {\n            tcommit\n", "syntax"),
    (SESSION, "$listvalid(options)", "$lisstvalid(options)", "syntax"),
    (SESSION, "do ..Unwind(level)", "do ..Unwnd(level)", "has no method Unwnd"),
    (SESSION, "do ..CheckLevel(level)", "do ..CheckLevel(level, 1)", "takes 1 arguments, not 2"),
    (SESSION, "..#CURSORSMAX {", "..#CURSORMAX {", "no parameter CURSORMAX"),
    (SESSION, "set total = total + answer", "set total = totl + answer", "totl is never set"),
    (SESSION, "IrisPG.Description).Table(", "IrisPG.Description).Tables(", "no method Tables"),
    (SESSION, "Method Savepoint() As", "Method SavePoint() As", "method Savepoint of the contract is missing"),
    (SESSION, "Method Release(level As %Integer = 0)", "Method Release(level As %Integer = 0, x = 0)", "Release has 2 arguments"),
    (SESSION, "Parameter CONTRACT = 1;", "Parameter CONTRACT = 2;", "CONTRACT differs"),
    (SESSION, "+$tlevel, generation,", "generation,", "answer has 13 elements"),
    (SESSION, "Method Blank(Output answer) [ Private ]", "Method Blank(Output answer)", "public but not in the contract"),
    (SESSION, "    try {\n        set generation = +$get", "    try {\n        quit 1\n        set generation = +$get", "quit with a value inside trycatch"),
    (CONTRACT, "| `Stream` | cursor integer,", "| `Stream` |", "Stream has 4 arguments, the contract 3"),
    (INSTALLER, "Class IrisPG.Installer", "Class IrisPG.Instaler", "must be in"),
    (INSTALLER, "ClassMethod Undo() As %Status", "ClassMethod Undo()", "gives no %Status"),
    (MODULE, "Phase=\"Configure\"", "Phase=\"Setup\"", "not a phase"),
    (MODULE, "When=\"Before\"", "When=\"First\"", "Before or After"),
    (MODULE, "Phase=\"Unconfigure\"", "Phase=\"Clean\"", "belongs to Unconfigure"),
    (MODULE, "Method=\"Undo\"", "Method=\"Remove\"", "no public method 'Remove'"),
    (MODULE, "Method=\"Undo\" Phase", "Method=\"Undo\" Phases", "no attribute Phases"),
    (MODULE, "<Packaging>module</Packaging>", "<Packages>module</Packages>", "unknown element Packages"),
    (MODULE, "by ipm/pack.", "by ipm/pack -- the packer.", "two hyphens"),
    (MODULE, "<Version>0.1.0</Version>", "<Version>0.1</Version>", "semantic version"),
    (MODULE, "<Version>0.1.0</Version>", "<Version>0.2.0</Version>", "differs from Cargo.toml"),
    (MODULE, "Target=\"${mgrDir}irispg/${version}/\"", "Target=\"${mgrDir}\"", "uninstalling would delete it"),
    (MODULE, "Target=\"${mgrDir}irispg/${version}/\"", "Target=\"${mgrDr}irispg/x/\"", "unknown expression"),
    (MODULE, "Name=\"IrisPG.PKG\"", "Name=\"Iris.PKG\"", "there are no classes in"),
    (MODULE, "linux-x64/\" Target", "linux-arm/\" Target", "neither in the repository"),
    (MODULE, "Version=\">=2022.1\"", "Version=\">=2022.1.0\"", "two numbers"),
]


def copy(target):
    """A copy of what check.py reads."""
    for name in ("objectscript", "ipm", "docs"):
        shutil.copytree(ROOT / name, target / name)
    for name in (MODULE, "Cargo.toml"):
        shutil.copy(ROOT / name, target / name)


class CheckTest(unittest.TestCase):
    """The checker finds nothing in the repository and something in each broken copy."""

    def test_repository_is_clean(self):
        self.assertEqual(list(check.findings(ROOT)), [])

    def test_each_break_is_found(self):
        for name, old, new, expected in BREAKS:
            with self.subTest(file=name, new=new), tempfile.TemporaryDirectory() as directory:
                root = pathlib.Path(directory)
                copy(root)
                source = (root / name).read_text()
                self.assertIn(old, source, "the break no longer applies")
                (root / name).write_text(source.replace(old, new))
                found = list(check.findings(root))
                self.assertTrue(any(expected in line for line in found), found)


if __name__ == "__main__":
    unittest.main()
