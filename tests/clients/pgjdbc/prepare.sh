#!/bin/sh
# Fetches the driver that pom.xml names and compiles the tests, unless that is done.
set -eu

cd "$(dirname "$0")"
target=../../../target/clients/pgjdbc
if ! cmp -s pom.xml "$target/pom.xml"; then
    rm -rf "$target/dependency"
    mvn -q -B dependency:copy-dependencies
    cp pom.xml "$target/pom.xml"
fi
if [ -z "$(find "$target/classes/Tests.class" -newer Tests.java -newer Cases.java 2> /dev/null)" ]; then
    javac -encoding UTF-8 -Xlint:all -Werror -cp "$target/dependency/*" -d "$target/classes" Tests.java Cases.java
fi
