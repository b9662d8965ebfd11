package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
)

// No test waits for anything that takes longer than a few seconds.
const testTime = 30 * time.Second

// A test, which fails by its error.
type test struct {
	name string
	body func(context.Context) error
}

// A type with its texts.
type typeTexts struct {
	kind  string
	texts []string
}

func lines(name string) [][]string {
	text, err := os.ReadFile("../" + name)
	if err != nil {
		panic(err)
	}
	var found [][]string
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			found = append(found, strings.Split(line, "\t"))
		}
	}
	return found
}

// byType gives each type with its texts: the ordinary ones or the extreme ones.
func byType(extreme bool) []typeTexts {
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`)
	var found []typeTexts
	for _, fields := range lines("values.txt") {
		if (len(fields) > 2) != extreme {
			continue
		}
		if last := len(found) - 1; last < 0 || found[last].kind != fields[0] {
			found = append(found, typeTexts{kind: fields[0]})
		}
		last := &found[len(found)-1]
		last.texts = append(last.texts, unescape.Replace(fields[1]))
	}
	return found
}

// failing gives pairs of an SQLSTATE and a statement that fails with it.
func failing(table string) [][2]string {
	var found [][2]string
	for _, fields := range lines("errors.txt") {
		words := strings.Split(fields[1], " ")
		for index, word := range words {
			if word == "T" {
				words[index] = table
			}
		}
		found = append(found, [2]string{fields[0], strings.Join(words, " ")})
	}
	return found
}

func errorTable(table string) string {
	return fmt.Sprintf("CREATE TABLE %[1]s (id int PRIMARY KEY, word varchar(3) NOT NULL,"+
		" parent int REFERENCES %[1]s (id), small smallint)", table)
}

func label(kind string) string {
	name, _, _ := strings.Cut(kind, "(")
	return name
}

func equal(found, expected any) error {
	if !reflect.DeepEqual(found, expected) {
		return fmt.Errorf("found %#v, expected %#v", found, expected)
	}
	return nil
}

// run runs each test and prints what became of it (report.py says which form).
func run(tests []test) {
	for _, test := range tests {
		err := runOne(test)
		if err == nil {
			fmt.Println("ok", test.name)
			continue
		}
		message := []rune(strings.ReplaceAll(err.Error(), "\n", " | "))
		fmt.Printf("failed %s: %s\n", test.name, string(message[:min(len(message), 500)]))
	}
	fmt.Println("done", len(tests))
}

func runOne(test test) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return test.body(ctx)
}
