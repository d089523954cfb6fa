package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// The suite of the official Go client.
const (
	goSuite  = "Go, EventStore-Client-Go v4"
	goModule = "github.com/EventStore/EventStore-Client-Go/v4"
)

// containersFile takes the place of the suite's file of that name.
//
//go:embed suites/containers_test.go.txt
var containersFile []byte

// rest is all tests of the suite but those of other groups: what needs no server.
const rest = "Test"

// goGroups are the tests of the suite, each with a form in which it runs: those
// that its own makefile names. TestProjections runs in one form only, because it
// takes 100 s to be refused.
var goGroups = []struct{ test, form string }{
	{"TestProjections", "plain"},
	{"TestStreams", "plain"},
	{"TestStreams", "TLS"},
	{"TestStreams", "cluster"},
	{"TestPersistentSubscriptions", "plain"},
	{"TestPersistentSubscriptions", "TLS"},
	{"TestPersistentSubscriptions", "cluster"},
	{"TestExpectations", "plain"},
	{"TestExpectations", "TLS"},
	{"TestPlugins", "TLS"},
	{rest, "plain"},
}

// atOnce is how many groups run at a time.
const atOnce = 2

// runGoSuite runs all groups, each against nodes of its own.
func runGoSuite(ctx context.Context, l *lab) ([]result, error) {
	binary, err := l.compile(ctx)
	if err != nil {
		return nil, err
	}
	all := make([][]result, len(goGroups))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, g := range goGroups {
		group.Go(func() (err error) {
			if all[i], err = l.runGoGroup(ctx, binary, g.test, g.form); err != nil {
				return fmt.Errorf("%s, %s: %w", g.test, g.form, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(all...), nil
}

// compile copies the module, replaces the file that starts containers and
// builds the suite. The certificates lie where the suite looks for them.
func (l *lab) compile(ctx context.Context) (binary string, err error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", goModule).Output()
	if err != nil {
		return "", fmt.Errorf("find the client's module: %w", err)
	}
	dir, err := l.folder("go")
	if err != nil {
		return "", err
	}
	for _, part := range []string{"esdb", "protos", "resources", "go.mod", "go.sum"} {
		if err := copyTree(filepath.Join(strings.TrimSpace(string(out)), part), filepath.Join(dir, part)); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "esdb", "containers_test.go"), containersFile, 0o644); err != nil {
		return "", fmt.Errorf("replace a file of the suite: %w", err)
	}
	if err := os.Symlink(l.certificates(), filepath.Join(dir, "certs")); err != nil {
		return "", fmt.Errorf("show the suite its certificates: %w", err)
	}
	binary = filepath.Join(dir, "esdb", "suite.test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./esdb")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the suite: %w: %s", err, out)
	}
	return binary, nil
}

// runGoGroup runs one test of the suite in one form.
func (l *lab) runGoGroup(ctx context.Context, binary, test, form string) ([]result, error) {
	name := strings.ToLower(test + "-" + form)
	empty, err := l.start(ctx, name+"-empty", false)
	if err != nil {
		return nil, err
	}
	populated, err := l.start(ctx, name+"-populated", true)
	if err != nil {
		return nil, err
	}
	addresses := []string{empty.plain, populated.plain}
	if form != "plain" {
		addresses = []string{local(empty.secured), local(populated.secured)}
	}
	if form == "cluster" {
		l.cluster.Lock() // its ports are fixed
		defer l.cluster.Unlock()
		followers, err := openFollowers(l, addresses[0])
		if err != nil {
			return nil, err
		}
		defer followers.close()
	}
	chosen := "-test.run=^" + test + "$"
	if test == rest {
		chosen = "-test.skip=^(TestStreams|TestPersistentSubscriptions|TestExpectations|TestProjections|TestPlugins)$"
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "test2json", "-t", binary, "-test.v=test2json", "-test.timeout=10m", chosen)
	cmd.Dir = filepath.Dir(binary)
	cmd.Env = append(os.Environ(), "CONFORMANCE_EMPTY="+addresses[0], "CONFORMANCE_POPULATED="+addresses[1],
		fmt.Sprintf("EVENTSTORE_INSECURE=%t", form == "plain"), fmt.Sprintf("CLUSTER=%t", form == "cluster"))
	out, _ := cmd.Output() // a failure is a result
	if err := os.WriteFile(filepath.Join(l.keep, name+".json"), out, 0o644); err != nil {
		return nil, fmt.Errorf("keep the output: %w", err)
	}
	results := parseGo(out, form)
	if len(results) == 0 {
		return nil, fmt.Errorf("no case was run: see %s", l.keep)
	}
	for _, p := range []*process{empty, populated} {
		if err := p.stop(); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// local names an address of this machine as the suite's certificates do.
func local(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }

// parseGo reads the events of a test run and returns the outcome of every case
// that has no cases of its own.
func parseGo(out []byte, form string) []result {
	found, order := map[string]*result{}, []string{}
	parents := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e struct{ Action, Test, Output string }
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Test == "" {
			continue
		}
		r := found[e.Test]
		if r == nil {
			// A case without an end was cut off.
			r = &result{suite: goSuite, form: form, name: e.Test, outcome: failed}
			found[e.Test], order = r, append(order, e.Test)
			if at := strings.LastIndexByte(e.Test, '/'); at > 0 {
				parents[e.Test[:at]] = true
			}
		}
		switch e.Action {
		case "pass", "fail", "skip":
			r.outcome = outcome(e.Action)
		case "output":
			r.output += e.Output
		}
	}
	var all []result
	for _, name := range order {
		if !parents[name] {
			all = append(all, *found[name])
		}
	}
	return all
}

// copyTree copies a file or a folder; the copy can be written.
func copyTree(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("copy the suite: %w", err)
	}
	if info.IsDir() {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			return fmt.Errorf("copy the suite: %w", err)
		}
		return exec.Command("chmod", "-R", "u+w", to).Run()
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy the suite: %w", err)
	}
	return os.WriteFile(to, data, 0o644)
}
