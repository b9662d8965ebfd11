"""Checks the ObjectScript classes and module.xml without an IRIS.

Every class must parse with the vendor's grammar and pass a few checks that its compiler would make; IrisPG.Session must
offer what docs/session-contract.md says; module.xml must keep the rules of IPM's own source. Each finding is one line, and
any finding makes the exit code 1.
"""

import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import tree_sitter
import tree_sitter_objectscript

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_objectscript.language_objectscript()))

# IPM's phases, from its lifecycle base class (0.10). Any other name is silently never run.
PHASES = {
    "Clean", "Initialize", "Reload", "Validate", "ExportData", "Compile", "Activate", "Document", "MakeDeployed", "Test",
    "Package", "Verify", "Publish", "Configure", "Unconfigure", "ApplyUpdateSteps",
}

# Elements that this module may use, with their attributes. IPM ignores an unknown attribute and takes its default, so a
# misspelt one is the mistake to look for.
ELEMENTS = {
    "Export": {"generator", "version"},
    "Document": {"name"},
    "Module": set(),
    "Name": set(),
    "Version": set(),
    "Description": set(),
    "Keywords": set(),
    "Author": set(),
    "Person": set(),
    "Organization": set(),
    "License": set(),
    "Notes": set(),
    "Packaging": set(),
    "SourcesRoot": set(),
    "SystemRequirements": {"Version", "Interoperability", "Health", "IPMVersion", "PythonVersion"},
    "Resource": {"Name", "Preload", "Scope", "Generated", "Deploy", "ProcessorClass", "Directory"},
    "FileCopy": {"Name", "Target", "InstallDirectory", "Dest", "Overlay", "Defer"},
    "Invoke": {"Class", "Method", "Phase", "When", "CustomPhase", "CheckStatus"},
    "Arg": set(),
    "AfterInstallMessage": set(),
}

REQUIRED = ("Name", "Version", "Packaging")
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
REQUIREMENT = re.compile(r"(>=|>|=|<=|<|~|\^)?\d+\.\d+")

# Names that may follow "${" in an expression of module.xml.
EXPRESSIONS = {
    "namespace", "ns", "namespacelower", "namespaceroutinedb", "namespaceglobalsdb", "installdir", "datadir", "mgrdir",
    "cspdir", "bindir", "libdir", "webroot", "globalsdbrole", "root", "packagename", "name", "version", "verbose", "ipmdir",
}

LOOPS = {"command_for", "command_while", "command_dowhile", "command_do_while"}


def text(node):
    """The source of a node."""
    return node.text.decode("utf-8", "replace")


def walk(node):
    """The node and everything below it, in source order."""
    yield node
    for child in node.children:
        yield from walk(child)


def descendants(node, *types):
    """Every node of one of these types below a node."""
    return (each for each in walk(node) if each.type in types)


def first(node, *types):
    """The first of them, or None."""
    return next(descendants(node, *types), None)


class Method:
    """One method of a class."""

    def __init__(self, node):
        self.node = node
        definition = first(node, "method_definition")
        self.name = text(first(definition, "method_name"))
        listed = next((c for c in definition.children if c.type == "arguments"), None)
        self.arguments = [c for c in listed.children if c.type == "argument"] if listed else []
        self.names = [text(first(a, "objectscript_identifier")) for a in self.arguments]
        self.variadic = any(first(a, "variadic_arg") for a in self.arguments)
        keywords = first(definition, "method_keywords")
        self.private = keywords is not None and "Private" in text(keywords)
        returned = next((c for c in definition.children if c.type == "return_type"), None)
        self.returns = text(first(returned, "typename")) if returned else None


class Class:
    """One parsed class file."""

    def __init__(self, path):
        self.path = path
        self.source = path.read_bytes()
        self.root = PARSER.parse(self.source).root_node
        named = first(self.root, "class_name")
        self.name = text(named) if named else ""
        self.methods = {}
        for node in descendants(self.root, "method", "classmethod"):
            method = Method(node)
            self.methods[method.name] = method
        self.parameters = {
            text(first(p, "parameter_name")): text(first(p, "default_argument_value")).strip("= ;\"")
            for p in descendants(self.root, "parameter")
        }

    def at(self, node):
        """Where a node is, for a message."""
        return f"{self.path}:{node.start_point[0] + 1}"


def load(root):
    """All classes below objectscript/, by name."""
    return {c.name: c for c in map(Class, sorted((root / "objectscript").rglob("*.cls")))}


def check_syntax(class_):
    """Everything the grammar could not read."""
    for node in walk(class_.root):
        if node.type == "ERROR":
            yield f"{class_.at(node)}: syntax: {text(node)[:60]!r}"
        elif node.is_missing:
            yield f"{class_.at(node)}: syntax: {node.type} is missing"
    expected = "/".join(class_.name.split(".")) + ".cls"
    if not class_.path.as_posix().endswith(expected):
        yield f"{class_.path}: class {class_.name} must be in {expected}"


def passed(node):
    """How many arguments a call passes."""
    arguments = first(node, "method_args")
    if arguments is None:
        return 0
    return sum(1 for c in arguments.children if c.type == "method_arg") + sum(
        # A comma without an argument before it passes nothing in that place, yet counts.
        1
        for a, b in zip(arguments.children, arguments.children[1:])
        if a.type in ("(", ",") and b.type == ","
    )


def check_call(class_, node, target, name, count):
    """A call of a method of this package: it exists and takes that many arguments."""
    method = target.methods.get(name)
    if method is None:
        # Names with % are inherited from the library.
        if not name.startswith("%"):
            yield f"{class_.at(node)}: {target.name} has no method {name}"
    elif count > len(method.arguments) and not method.variadic:
        yield f"{class_.at(node)}: {name} takes {len(method.arguments)} arguments, not {count}"
    elif method.private and target is not class_:
        yield f"{class_.at(node)}: {target.name}.{name} is private"


def check_references(class_, classes):
    """Calls of the package's own methods and uses of the class's parameters."""
    for node in descendants(class_.root, "relative_dot_method"):
        called = first(node, "oref_method")
        if called is not None:
            name = text(first(called, "method_name"))
            yield from check_call(class_, node, class_, name, passed(called))
    for node in descendants(class_.root, "relative_dot_parameter"):
        name = text(node).replace("..#", "")
        if name not in class_.parameters:
            yield f"{class_.at(node)}: there is no parameter {name}"
    for match in re.finditer(rb"##class\((IrisPG\.[\w.]+)\)\.(\w+)", class_.source):
        target, name = (part.decode() for part in match.groups())
        line = class_.source[: match.start()].count(b"\n") + 1
        if target not in classes:
            yield f"{class_.path}:{line}: there is no class {target}"
        elif name not in classes[target].methods:
            yield f"{class_.path}:{line}: {target} has no method {name}"


def assigned_names(method):
    """Local variables that some statement of a method gives a value."""
    names = set(method.names)
    for node in descendants(method.node, "set_target", "for_parameter", "byref_arg", "catch_block", "lock_target"):
        # The first variable is the one that is set; subscripts and a catch's body come after it.
        variable = first(node, "objectscript_identifier")
        if variable is not None:
            names.add(text(variable))
        if node.type == "set_target" and text(node).lower().startswith("$l"):
            names.update(text(v) for v in descendants(node, "objectscript_identifier"))
    for node in descendants(method.node, "command_for", "method_arg"):
        match = re.match(r"(?:for\s+|\.)([A-Za-z%]\w*)", text(node))
        if match:
            names.add(match.group(1))
    for match in re.finditer(r"\$(?:listnext|data)\(([^()]*(?:\([^()]*\))?[^()]*)\)", text(method.node)):
        names.update(part.strip() for part in match.group(1).split(",")[1:])
    return names


def check_variables(class_):
    """Local variables that are read but never set: mostly misspelt ones."""
    for method in class_.methods.values():
        known = assigned_names(method)
        for node in descendants(method.node, "lvn"):
            name = text(first(node, "objectscript_identifier") or node)
            if name not in known:
                yield f"{class_.at(node)}: {method.name}: variable {name} is never set"


def check_quits(class_):
    """QUIT with a value is illegal inside a try block or a loop; RETURN is what leaves a method there."""
    for node in descendants(class_.root, "command_quit"):
        if not any(c.type == "expression" for c in walk(node)):
            continue
        above = node.parent
        while above is not None:
            if above.type == "command_trycatch" or above.type in LOOPS:
                yield f"{class_.at(node)}: quit with a value inside {above.type.removeprefix('command_')}"
                break
            above = above.parent


def contract_methods(page):
    """The methods of §6 of the contract, with their number of arguments."""
    section = page.split("## 6. Methods", 1)[1].split("\n## ", 1)[0]
    methods = {}
    for name, arguments in re.findall(r"^\| `(\w+)` \| (.*?) ?\|", section, re.MULTILINE):
        plain = re.sub(r"\([^()]*\)", "", arguments).strip()
        methods[name] = len(plain.split(",")) if plain else 0
    return methods


def check_contract(session, page):
    """IrisPG.Session against docs/session-contract.md."""
    version = re.search(r"contract version is \*\*(\d+)\*\*", page)
    if version is None or session.parameters.get("CONTRACT") != version.group(1):
        yield f"{session.path}: CONTRACT differs from the version of the page"
    methods = contract_methods(page)
    if len(methods) < 10:
        yield "docs/session-contract.md: the table of methods in §6 could not be read"
    for name, count in methods.items():
        method = session.methods.get(name)
        if method is None:
            yield f"{session.path}: method {name} of the contract is missing"
            continue
        if len(method.arguments) != count:
            yield f"{session.at(method.node)}: {name} has {len(method.arguments)} arguments, the contract {count}"
        if method.private:
            yield f"{session.at(method.node)}: {name} is private"
        if method.returns != "%Binary":
            yield f"{session.at(method.node)}: {name} must give %Binary, the answer's list"
        if first(method.node, "command_trycatch") is None:
            yield f"{session.at(method.node)}: {name} lets errors out: it has no try"
    for method in session.methods.values():
        if not method.private and method.name not in methods:
            yield f"{session.at(method.node)}: {method.name} is public but not in the contract"
    rows = re.findall(r"^\| (\d+) \|", page.split("## 2. The answer", 1)[1].split("\n| status | name", 1)[0], re.MULTILINE)
    answer = session.methods.get("Answer")
    built = [n for n in descendants(answer.node, "command_return")] if answer else []
    elements = 0
    if built:
        function = first(built[-1], "system_defined_function")
        elements = sum(1 for c in function.children if c.type == "method_arg") if function else 0
    if elements != len(rows):
        yield f"{session.path}: the answer has {elements} elements, the contract {len(rows)}"


def check_invoke(path, element, classes):
    """One Invoke: phase, time, and a public class method that takes its arguments."""
    phase, when = element.get("Phase", "Configure"), element.get("When", "After")
    if phase not in PHASES:
        yield f"{path}: Invoke: {phase!r} is not a phase; it would never run"
    if when not in ("Before", "After"):
        yield f"{path}: Invoke: When is Before or After, not {when!r}"
    name, method = element.get("Class", ""), element.get("Method", "")
    arguments = element.findall("Arg")
    if name not in classes:
        yield f"{path}: Invoke: there is no class {name!r}"
    elif method not in classes[name].methods or classes[name].methods[method].private:
        yield f"{path}: Invoke: {name} has no public method {method!r}"
    elif len(arguments) != len(classes[name].methods[method].arguments):
        yield f"{path}: Invoke: {name}.{method} does not take {len(arguments)} arguments"
    elif classes[name].methods[method].returns != "%Status":
        yield f"{path}: Invoke: {name}.{method} gives no %Status, so its failure would pass unseen"
    for argument in arguments:
        if len(argument.text or "") > 255:
            yield f"{path}: Invoke: an argument is longer than 255 characters"


def check_filecopy(path, element, root):
    """One FileCopy: IPM deletes its target as a whole, so the target must be private."""
    name = element.get("Name", "")
    targets = [element.get(a) for a in ("Target", "InstallDirectory", "Dest") if element.get(a)]
    if len(targets) != 1:
        yield f"{path}: FileCopy {name}: exactly one target is needed"
        return
    if name.endswith("/") and not targets[0].endswith("/"):
        yield f"{path}: FileCopy {name}: the target of a directory ends in a slash"
    if re.fullmatch(r"\$\{\w+\}[^/]*/?", targets[0]):
        yield f"{path}: FileCopy {name}: {targets[0]} is a directory of IRIS, and uninstalling would delete it"
    # What is not in the repository must be what ipm/pack puts into the package.
    if not (root / name).exists() and f"/{name.rstrip('/')}" not in (root / "ipm/pack").read_text():
        yield f"{path}: FileCopy {name}: neither in the repository nor put there by ipm/pack"


def check_resource(path, element, root, sources):
    """One Resource: its files exist."""
    name = element.get("Name", "")
    stem, _, kind = name.rpartition(".")
    place = root / sources / stem.replace(".", "/")
    if kind == "PKG" and not any(place.glob("*.cls")):
        yield f"{path}: Resource {name}: there are no classes in {sources}/{stem.replace('.', '/')}"
    elif kind == "CLS" and not place.with_suffix(".cls").exists():
        yield f"{path}: Resource {name}: there is no such class"
    elif kind not in ("PKG", "CLS"):
        yield f"{path}: Resource {name}: resources of kind {kind!r} are not expected here"


def check_module(root, classes):
    """module.xml by the rules of IPM's source."""
    path = root / "module.xml"
    source = path.read_text()
    for comment in re.findall(r"<!--(.*?)-->", source, re.DOTALL):
        if "--" in comment:
            yield f"{path}: a comment contains two hyphens"
    try:
        document = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        yield f"{path}: {error}"
        return
    for element in document.iter():
        if element.tag not in ELEMENTS:
            yield f"{path}: unknown element {element.tag}"
            continue
        for attribute in set(element.keys()) - ELEMENTS[element.tag]:
            yield f"{path}: {element.tag} has no attribute {attribute}; it would be ignored"
    for expression in re.findall(r"\$\{([^}]*)\}", source):
        if expression.lower() not in EXPRESSIONS:
            yield f"{path}: unknown expression ${{{expression}}}"
    module = document.find("Document/Module")
    if module is None:
        yield f"{path}: there is no Document/Module"
        return
    for name in REQUIRED:
        if not (module.findtext(name) or "").strip():
            yield f"{path}: {name} is required"
    version = module.findtext("Version") or ""
    if not SEMVER.fullmatch(version):
        yield f"{path}: version {version!r} is not a semantic version"
    if document.find("Document").get("name") != f"{module.findtext('Name')}.ZPM":
        yield f"{path}: the document must be called {module.findtext('Name')}.ZPM"
    cargo = re.search(r'(?m)^version = "(.*)"', (root / "Cargo.toml").read_text())
    if cargo and cargo.group(1) != version:
        yield f"{path}: version {version} differs from Cargo.toml's {cargo.group(1)}"
    sources = module.findtext("SourcesRoot") or ""
    if len(sources) > 20:
        yield f"{path}: SourcesRoot is longer than 20 characters"
    for element in module.iter("SystemRequirements"):
        if not REQUIREMENT.fullmatch(element.get("Version", ">=2022.1")):
            yield f"{path}: SystemRequirements: only major and minor are compared, so give two numbers"
    for element in module.iter("Resource"):
        yield from check_resource(path, element, root, sources)
    for element in module.iter("FileCopy"):
        yield from check_filecopy(path, element, root)
    for element in module.iter("Invoke"):
        yield from check_invoke(path, element, classes)
    undo = [i for i in module.iter("Invoke") if i.get("Phase") in ("Unconfigure", "Clean")]
    if len(undo) != 1 or undo[0].get("Phase") != "Unconfigure":
        yield f"{path}: the undo hook belongs to Unconfigure, once: phase Clean runs it by itself"


def findings(root):
    """Everything that is wrong below a root."""
    classes = load(root)
    if not classes:
        yield f"{root}: there are no classes"
    for class_ in classes.values():
        broken = list(check_syntax(class_))
        yield from broken
        if not broken:
            yield from check_references(class_, classes)
            yield from check_variables(class_)
            yield from check_quits(class_)
    if "IrisPG.Session" in classes:
        yield from check_contract(classes["IrisPG.Session"], (root / "docs/session-contract.md").read_text())
    else:
        yield f"{root}: there is no IrisPG.Session"
    yield from check_module(root, classes)


def main():
    """The command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = pathlib.Path(__file__).resolve().parents[2]
    arguments.add_argument("--root", type=pathlib.Path, default=here, help="the repository")
    root = arguments.parse_args().root
    found = list(findings(root))
    for line in found:
        print(line)
    classes = load(root)
    methods = sum(len(c.methods) for c in classes.values())
    print(f"objectscript: {len(classes)} classes, {methods} methods, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
