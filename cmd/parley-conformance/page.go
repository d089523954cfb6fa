package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

const preface = `# Conformance

Written by ` + "`make conformance`" + `: suites that nobody here wrote judge the event store that ` + "`parley node`" + ` serves. The test files of the official
Go client are taken from its module as they are; only the file that starts containers is replaced by one that goes to running nodes.
The official clients for Node.js are driven by a script of ours, ` + "`cmd/parley-conformance/suites/suite.mjs`" + `.

Forms: *plain* without TLS; *TLS* with a certificate and credentials; *cluster* as TLS, through seeds that call themselves followers and
name the node as the leader. A dash: the suite leaves the case out in that form (mostly because it needs the filled store, which the
suite has only outside of clusters). A number stands for the reason, below, why a case cannot apply.

A real server is judged by ` + "`make test-eventstore`" + `, with the Node.js suites, the contract of the event log and the end-to-end tests
([more](eventstoredb.md#judging-a-server)). One in a container, which forgets everything when it stops:

` + "```" + `sh
docker run --rm -p 127.0.0.1:2113:2113 eventstore/eventstore:23.10.1-bookworm-slim --insecure --mem-db --run-projections=None
make test-eventstore EVENTSTORE='esdb://127.0.0.1:2113?tls=false'
` + "```" + `
`

// page returns the verdict as Markdown.
func (v *verdict) page() string {
	var b strings.Builder
	b.WriteString(preface)
	var whys []string
	for _, suite := range v.suites() {
		forms := v.formsOf(suite)
		fmt.Fprintf(&b, "\n## %s\n\n| case | %s |\n|---|%s\n", suite, strings.Join(forms, " | "), strings.Repeat("---|", len(forms)))
		for _, c := range v.cases {
			if c.suite != suite {
				continue
			}
			fmt.Fprintf(&b, "| %s |", strings.ReplaceAll(c.name, "|", "\\|"))
			for _, form := range forms {
				fmt.Fprintf(&b, " %s |", c.in(form, &whys))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString("\n## Why cases cannot apply\n\n")
	for i, why := range whys {
		fmt.Fprintf(&b, "%d. It %s.\n", i+1, why)
	}
	b.WriteString(differencesPage())
	return b.String()
}

// in returns what the table says of a case in a form, and notes its reason.
func (c tried) in(form string, whys *[]string) string {
	switch o := c.forms[form]; {
	case o == passed:
		return "pass"
	case c.why != "" && o == failed, c.why != "" && o == skipped && c.never():
		at := slices.Index(*whys, c.why)
		if at < 0 {
			at = len(*whys)
			*whys = append(*whys, c.why)
		}
		return fmt.Sprintf("(%d)", at+1)
	case o == failed:
		return "**FAIL**"
	}
	return "–"
}

func (v *verdict) suites() (names []string) {
	for _, c := range v.cases {
		if !slices.Contains(names, c.suite) {
			names = append(names, c.suite)
		}
	}
	return names
}

func (v *verdict) formsOf(suite string) (forms []string) {
	for _, r := range v.results {
		if r.suite == suite && !slices.Contains(forms, r.form) {
			forms = append(forms, r.form)
		}
	}
	return forms
}

// write writes the page.
func (v *verdict) write(path string) error {
	if err := os.WriteFile(path, []byte(v.page()), 0o644); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
