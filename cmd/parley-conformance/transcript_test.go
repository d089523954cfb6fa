package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
)

// tries is how often a case is recorded that is not as it should be: the recorder
// takes what did not come for a while for nothing, and this machine may be busy.
const tries = 3

// Runs only where the recorder and the answers of a real server are, which are no
// part of the project; each difference has a test of its own besides.
func TestNode_answers_as_the_real_server_did(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(transcriptVariable)
	if dir == "" {
		t.Logf("%s names no folder: nothing is compared", transcriptVariable)
		return
	}
	r := newRecorder(t, dir)
	got := r.differing(".")
	for range tries - 1 {
		again := unexpected(got)
		if len(again) == 0 {
			break
		}
		second := r.differing("^(" + strings.Join(again, "|") + ")$")
		for _, name := range again {
			if delete(got, name); second[name] > 0 {
				got[name] = second[name]
			}
		}
	}
	if diff := cmp.Diff(differing(), got); diff != "" {
		t.Errorf("lines that are in one record only, by case (-want +got):\n%s\n%s", diff, r.said)
	}
}

// unexpected returns patterns of the cases that are not as they should be.
func unexpected(got map[string]int) (names []string) {
	want := differing()
	for name := range got {
		want[name] -= got[name]
	}
	for name, off := range want {
		if off != 0 {
			names = append(names, regexp.QuoteMeta(name))
		}
	}
	return names
}

// recorder runs the cases on a node and compares the answers.
type recorder struct {
	t                     *testing.T
	program, real, server string
	said                  string // by the last comparison
}

// newRecorder builds the recorder, with this module's own versions of what it
// needs, and starts a node.
func newRecorder(t *testing.T, dir string) *recorder {
	t.Helper()
	answers, err := filepath.Glob(filepath.Join(dir, "real-eventstore", "answers-*.txt"))
	if err != nil || len(answers) != 1 {
		t.Fatalf("there are the answers %v, %v, want those of one server", answers, err)
	}
	r := &recorder{t: t, real: answers[0], program: filepath.Join(t.TempDir(), "transcript"), server: serveNode(t)}
	mod := filepath.Join(t.TempDir(), "go.mod")
	own := strings.TrimSpace(r.run("go", "env", "GOMOD"))
	for _, suffix := range []string{"mod", "sum"} {
		content, err := os.ReadFile(strings.TrimSuffix(own, "mod") + suffix)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.Replace(content, []byte("module parley\n"), []byte("module transcript\n"), 1)
		if err := os.WriteFile(strings.TrimSuffix(mod, "mod")+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.run("go", "build", "-C", filepath.Join(dir, "transcript"), "-modfile", mod, "-buildvcs=false", "-o", r.program, ".")
	return r
}

// serveNode returns the address of a node that lets clients write what they may.
func serveNode(t *testing.T) string {
	t.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: t.TempDir(), FirstPosition: 1<<32 + 7, Stride: 7})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := transport.New(node, transport.Config{Writable: true})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop(context.Background())
		if err := errors.Join(<-served, node.Close()); err != nil {
			t.Error(err)
		}
	})
	return "esdb://" + listener.Addr().String() + "?tls=false"
}

// differing records the cases that the pattern finds and returns of each how many
// lines are in one record and not in the other.
func (r *recorder) differing(pattern string) map[string]int {
	r.t.Helper()
	ours := filepath.Join(r.t.TempDir(), "ours.txt")
	r.run(r.program, "record", "-server", r.server, "-only", pattern, "-out", ours)
	found, err := regexp.Compile(pattern)
	if err != nil {
		r.t.Fatal(err)
	}
	r.said = r.run(r.program, "compare", ours, r.real)
	lines, name := map[string]int{}, ""
	for line := range strings.Lines(r.said) {
		switch {
		case strings.HasPrefix(line, "## "):
			name = strings.TrimSpace(line[3:])
		case (strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "+ ")) && found.MatchString(name):
			lines[name]++
		}
	}
	return lines
}

// run runs a program and returns what it says. That two files differ is no failure
// of the one that compares them.
func (r *recorder) run(name string, args ...string) string {
	r.t.Helper()
	var said, errs bytes.Buffer
	cmd := exec.CommandContext(r.t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &said, &errs
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); err != nil && !(code == 1 && name == r.program) {
		r.t.Fatalf("%s: %v: %s", name, err, errs.Bytes())
	}
	return said.String()
}
