package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The official clients for Node.js; the packages' versions are in the lock file.
var nodeClients = []struct{ suite, module string }{
	{"Node.js, @eventstore/db-client", "@eventstore/db-client"},
	{"Node.js, @kurrent/kurrentdb-client", "@kurrent/kurrentdb-client"},
}

// nodeFiles are the script and the packages it needs.
//
//go:embed suites/*.mjs suites/package.json suites/package-lock.json
var nodeFiles embed.FS

// runNodeSuite drives each client in each form.
func runNodeSuite(ctx context.Context, l *lab) ([]result, error) {
	dir, err := l.installPackages(ctx)
	if err != nil {
		return nil, err
	}
	forms := []string{"plain", "TLS"}
	if l.named != "" {
		forms = []string{formNamed}
	}
	var all []result
	for _, client := range nodeClients {
		for _, form := range forms {
			results, err := l.driveClient(ctx, dir, client.suite, client.module, form)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", client.module, form, err)
			}
			all = append(all, results...)
		}
	}
	return all, nil
}

func (l *lab) installPackages(ctx context.Context) (dir string, err error) {
	if dir, err = l.folder("node"); err != nil {
		return "", err
	}
	for _, name := range []string{"suite.mjs", "streams.mjs", "subscriptions.mjs", "persistent.mjs", "package.json", "package-lock.json"} {
		data, err := nodeFiles.ReadFile("suites/" + name)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return "", fmt.Errorf("write %s: %w", name, err)
		}
	}
	if l.packages != "" {
		installed, err := filepath.Abs(filepath.Join(l.packages, "node_modules"))
		if err != nil {
			return "", fmt.Errorf("find the clients: %w", err)
		}
		return dir, os.Symlink(installed, filepath.Join(dir, "node_modules"))
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("install the clients: %w: %s", err, out)
	}
	return dir, nil
}

// formNamed is the form of a store that somebody else runs: whatever it has.
const formNamed = "named"

// driveClient lets a client judge the store that is named, or a node of its own.
func (l *lab) driveClient(ctx context.Context, dir, suite, module, form string) ([]result, error) {
	if form == formNamed {
		return l.judgeBy(ctx, dir, suite, module, form, l.named)
	}
	p, err := l.start(ctx, strings.ToLower(filepath.Base(module)+"-"+form), false)
	if err != nil {
		return nil, err
	}
	address := "esdb://" + p.plain + "?tls=false"
	if form == "TLS" {
		address = "esdb://" + login + "@" + local(p.secured) + "?tlsCAFile=" + filepath.Join(l.certificates(), "ca", "ca.crt")
	}
	results, err := l.judgeBy(ctx, dir, suite, module, form, address)
	if err != nil {
		return nil, err
	}
	return results, p.stop()
}

// judgeBy runs the script with a client at an address.
func (l *lab) judgeBy(ctx context.Context, dir, suite, module, form, address string) ([]result, error) {
	cmd := exec.CommandContext(ctx, "node", "suite.mjs", module, address)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, failure := cmd.Output()
	kept := filepath.Join(l.keep, strings.ToLower(filepath.Base(module)+"-"+form)+".json")
	if err := os.WriteFile(kept, append(out, errs.Bytes()...), 0o644); err != nil {
		return nil, fmt.Errorf("keep the output: %w", err)
	}
	results, err := parseNode(out, suite, form)
	if err != nil || failure != nil {
		return nil, fmt.Errorf("run the script: %w: %v: %s", failure, err, errs.Bytes())
	}
	return results, nil
}

// parseNode reads the script's lines, one object a case. The last says how many
// there were: a script that was cut off has none.
func parseNode(out []byte, suite, form string) ([]result, error) {
	var all []result
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c struct {
			Name, Outcome, Detail string
			Cases                 int
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("the script says %q", lines.Text())
		}
		if c.Name == "" {
			if c.Cases != len(all) || c.Cases == 0 {
				return nil, fmt.Errorf("%d of %d cases were told", len(all), c.Cases)
			}
			return all, nil
		}
		all = append(all, result{suite, form, c.Name, outcome(c.Outcome), c.Detail})
	}
	return nil, fmt.Errorf("the script ended after %d cases", len(all))
}
