"""Compares two outputs of answers.py: PostgreSQL's, then IrisPG's.

    compare.py POSTGRES IRISPG RELEASE

Every statement must have the same answers unless its file says that they differ (on releases of IRIS before a certain one);
then they must differ as it says.
"""

import json
import sys
from pathlib import Path


def shown(answers):
    return "\n".join("      " + json.dumps(answer, ensure_ascii=False) for answer in answers)


def release(text):
    return [int(part) for part in text.split(".")]


def note(statement, version):
    """The kind of the difference that is listed for a release, or None."""
    kind, _, since = statement["difference"] or (None, None, None)
    return None if since and release(version) >= release(since) else kind


def judge(wanted, given, kind):
    """None, or what is wrong."""
    same = wanted["answers"] == given["answers"]
    if kind is None:
        return None if same else "the answers differ"
    if same:
        return "the answers do not differ any more: remove the note"
    errors = [answer["error"] for answer in given["answers"] if "error" in answer]
    if kind == "answer":
        return f"IrisPG refuses with {errors[0]}" if errors else None
    if errors and all(error == kind for error in errors):
        return None
    return f"IrisPG was to answer {kind}"


def main():
    *names, version = sys.argv[1:]
    wanted, given = (json.loads(Path(name).read_text(encoding="utf-8")) for name in names)
    if len(wanted) != len(given):
        raise SystemExit("sql: the two ran different statements")
    failed = listed = 0
    for one, other in zip(wanted, given):
        kind = note(one, version)
        wrong = judge(one, other, kind)
        listed += kind is not None
        if wrong is None:
            continue
        failed += 1
        print(f"{one['place']}: {wrong}\n   {one['text']}")
        print(f"   PostgreSQL:\n{shown(one['answers'])}\n   IrisPG:\n{shown(other['answers'])}")
    print(f"sql: {len(wanted)} statements, {listed} listed differences, {failed} failed")
    raise SystemExit(1 if failed else 0)


main()
