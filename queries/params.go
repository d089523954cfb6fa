package queries

import (
	"strconv"
	"strings"
)

// clause is SQL text of our own. In it {name} stands for what the params have
// under the name: another clause, a list of values, or a value.
type clause string

// params is everything that the clauses of one statement name. Values only ever
// become parameters; text of the outside never becomes SQL.
type params map[string]any

// statement returns the numbered SQL of a clause and its arguments.
func (p params) statement(c clause) (string, []any) {
	e := expansion{params: p, numbers: map[string]int{}}
	e.sql.Grow(2 * len(c))
	e.expand(c)
	return e.sql.String(), e.args
}

type expansion struct {
	params  params
	numbers map[string]int // of the values that already have a parameter
	sql     strings.Builder
	args    []any
}

func (e *expansion) expand(c clause) {
	for rest := string(c); rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		e.sql.WriteString(before)
		if !found {
			return
		}
		name, behind, _ := strings.Cut(after, "}")
		e.put(name)
		rest = behind
	}
}

func (e *expansion) put(name string) {
	switch v := e.params[name].(type) {
	case nil:
		panic("queries: no clause or value named " + name)
	case clause:
		e.expand(v)
	case []string:
		for i, text := range v {
			if i > 0 {
				e.sql.WriteString(", ")
			}
			e.parameter(name+"#"+strconv.Itoa(i), text)
		}
	default:
		e.parameter(name, v)
	}
}

func (e *expansion) parameter(name string, value any) {
	n, known := e.numbers[name]
	if !known {
		e.args = append(e.args, value)
		n = len(e.args)
		e.numbers[name] = n
	}
	e.sql.WriteByte('$')
	e.sql.WriteString(strconv.Itoa(n))
}

// padded repeats the last text until there is a power of two of them, so that
// databases see few different statements.
func padded(texts []string) []string {
	n := 1
	for n < len(texts) {
		n *= 2
	}
	for len(texts) < n {
		texts = append(texts[:len(texts):len(texts)], texts[len(texts)-1])
	}
	return texts
}

// likeEscaper makes a text stand for itself in a pattern.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// containing returns the pattern of texts in lower case that contain the text.
func containing(text string) string { return "%" + likeEscaper.Replace(strings.ToLower(text)) + "%" }
