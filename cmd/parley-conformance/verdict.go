package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// verdict is what all results say together.
type verdict struct {
	results []result
	cases   []tried
	wrong   []string // what makes the program fail
}

// tried is a case of a suite in all its forms.
type tried struct {
	suite, name string
	forms       map[string]outcome
	why         string
}

// judge compares the results with the reasons.
func judge(results []result) *verdict {
	v := &verdict{results: results}
	for _, r := range results {
		at := slices.IndexFunc(v.cases, func(c tried) bool { return c.suite == r.suite && c.name == r.name })
		if at < 0 {
			at = len(v.cases)
			v.cases = append(v.cases, tried{suite: r.suite, name: r.name, forms: map[string]outcome{}})
		}
		c := &v.cases[at]
		c.forms[r.form] = r.outcome
		why, excused := whyNot(r)
		switch {
		case r.outcome == failed && !excused:
			v.wrong = append(v.wrong, fmt.Sprintf("%s, %s: %s fails\n%s", r.suite, r.form, r.name, indent(r.output)))
		case r.outcome == passed && excused:
			v.wrong = append(v.wrong, fmt.Sprintf("%s, %s: %s passes, but reasons.go says that it cannot apply", r.suite, r.form, r.name))
		case excused:
			c.why = why
		}
	}
	for _, c := range v.cases {
		if _, alone := c.forms[formNamed]; c.never() && c.why == "" && !alone {
			v.wrong = append(v.wrong, fmt.Sprintf("%s: %s skips itself in every form", c.suite, c.name))
		}
	}
	return v
}

// never reports whether a case was run in no form.
func (c tried) never() bool {
	for _, o := range c.forms {
		if o != skipped {
			return false
		}
	}
	return true
}

// print says what is wrong and counts the rest.
func (v *verdict) print(w io.Writer) {
	count := map[outcome]int{}
	for _, r := range v.results {
		count[r.outcome]++
	}
	for _, text := range v.wrong {
		fmt.Fprintln(w, text)
	}
	fmt.Fprintf(w, "%d cases in %d runs: %d pass, %d fail, %d skip themselves; %d against expectation\n",
		len(v.cases), len(v.results), count[passed], count[failed], count[skipped], len(v.wrong))
}

// err is nil when everything is as it should be.
func (v *verdict) err() error {
	if len(v.wrong) > 0 {
		return fmt.Errorf("%d cases are not as they should be", len(v.wrong))
	}
	return nil
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
