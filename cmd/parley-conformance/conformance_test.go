package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJudge_accepts_what_passes_and_what_has_a_reason(t *testing.T) {
	t.Parallel()
	v := judge([]result{
		{suite: goSuite, form: "plain", name: "TestStreams/one", outcome: passed},
		{suite: goSuite, form: "TLS", name: "TestStreams/one", outcome: skipped},
		{suite: goSuite, form: "plain", name: "TestProjections/create", outcome: failed},
	})
	if err := v.err(); err != nil {
		t.Fatalf("%v: %v", err, v.wrong)
	}
	page := v.page()
	for _, want := range []string{"| TestStreams/one | pass | – |", "| TestProjections/create | (1) |", "1. It " + noProjections} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
}

func TestPage_says_every_difference_from_the_real_server(t *testing.T) {
	t.Parallel()
	page := strings.Join(strings.Fields(judge(nil).page()), " ") // without its line breaks
	for _, d := range differences {
		if !strings.Contains(page, "- The server "+d.real+". The node "+d.node+": "+d.reason+".") {
			t.Errorf("the page does not say that the server %s", d.real)
		}
		for name := range d.cases {
			if !strings.Contains(page, "*"+name+"*") {
				t.Errorf("the page does not name the case %s", name)
			}
		}
	}
}

func TestJudge_refuses_everything_else(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]result{
		"a case that fails":                        {suite: goSuite, form: "plain", name: "TestStreams/one", outcome: failed},
		"a case with a reason that passes":         {suite: goSuite, form: "plain", name: "TestProjections/create", outcome: passed},
		"a case that is run in no form":            {suite: goSuite, form: "plain", name: "TestStreams/one", outcome: skipped},
		"a case of another suite without a reason": {suite: nodeClients[0].suite, form: "plain", name: "TestProjections/create", outcome: failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if judge([]result{r}).err() == nil {
				t.Error("it is accepted")
			}
		})
	}
}

func TestParseGo_takes_a_case_without_an_end_as_failed(t *testing.T) {
	t.Parallel()
	results := parseGo([]byte(`{"Action":"run","Test":"TestA"}
{"Action":"run","Test":"TestA/one"}
{"Action":"pass","Test":"TestA/one"}
{"Action":"run","Test":"TestA/two"}
{"Action":"output","Test":"TestA/two","Output":"panic"}
`), "plain")
	if len(results) != 2 || results[0].outcome != passed || results[1].outcome != failed || results[1].output != "panic" {
		t.Errorf("got %+v", results)
	}
}

func TestParseNode_refuses_a_script_that_was_cut_off(t *testing.T) {
	t.Parallel()
	for _, out := range []string{
		"", `{"cases":0}`, `{"name":"a","outcome":"pass"}`, `{"name":"a","outcome":"pass"}` + "\n" + `{"cases":2}`, "oops",
	} {
		if _, err := parseNode([]byte(out), "s", "plain"); err == nil {
			t.Errorf("%q is accepted", out)
		}
	}
}

// The short form: what takes a minute and more runs with make conformance.
func TestNode_satisfies_the_official_client_for_Node_js(t *testing.T) {
	packages := filepath.Join("..", "..", ".ci", "node")
	if _, err := os.Stat(packages); err != nil {
		t.Fatalf("the client for Node.js is missing; run 'make prepare': %v", err)
	}
	t.Chdir(filepath.Join("..", ".."))
	l, err := openLab(t.Context(), commandLine{Packages: filepath.Join(".ci", "node")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	dir, err := l.installPackages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := nodeClients[0]
	results, err := l.driveClient(t.Context(), dir, client.suite, client.module, "TLS")
	if err != nil {
		t.Fatal(err)
	}
	v := judge(results)
	if err := v.err(); err != nil {
		t.Errorf("%v:\n%s", err, strings.Join(v.wrong, "\n"))
	}
}
