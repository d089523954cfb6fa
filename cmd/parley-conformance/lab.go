package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"parley/adapters/adaptertest/certtest"
)

// lab is where suites run: a folder, the program to judge, and certificates.
type lab struct {
	dir, parley string
	keep        string
	packages    string // of Node.js, installed already, or ""
	named       string // connection string of a store that somebody else runs, or ""
	root        *certtest.Authority
	cert, key   string // the node's
	cluster     sync.Mutex

	mu   sync.Mutex
	made int // folders so far
}

// openLab makes the folder, builds the program and issues certificates.
func openLab(ctx context.Context, c commandLine) (*lab, error) {
	dir, err := os.MkdirTemp("", "parley-conformance-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	l := &lab{dir: dir, parley: c.Parley, keep: c.Keep, packages: c.Packages, named: c.EventStore}
	if l.keep == "" {
		l.keep = filepath.Join(dir, "output")
	}
	if err := errors.Join(os.MkdirAll(l.keep, 0o755), l.issue(), l.build(ctx)); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// close removes everything.
func (l *lab) close() { _ = os.RemoveAll(l.dir) }

// folder returns a new folder.
func (l *lab) folder(name string) (string, error) {
	l.mu.Lock()
	l.made++
	dir := filepath.Join(l.dir, fmt.Sprintf("%02d-%s", l.made, name))
	l.mu.Unlock()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	return dir, nil
}

func (l *lab) build(ctx context.Context) error {
	if l.parley != "" || l.named != "" {
		return nil
	}
	l.parley = filepath.Join(l.dir, "parley")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", l.parley, "./cmd/parley")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build parley: %w: %s", err, out)
	}
	return nil
}

// certificates returns where certificates lie, in the layout of the Go client's
// suite.
func (l *lab) certificates() string { return filepath.Join(l.dir, "certs") }

// issue writes the certificates: an authority's, a node's, a user's, and those of
// an authority that nobody trusts.
func (l *lab) issue() (err error) {
	untrusted, err := certtest.NewAuthority("Untrusted")
	if err != nil {
		return err
	}
	if l.root, err = certtest.NewAuthority("Conformance"); err != nil {
		return err
	}
	for name, a := range map[string]*certtest.Authority{"ca": l.root, "untrusted-ca": untrusted} {
		dir := filepath.Join(l.certificates(), name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "ca.crt"), a.PEM, 0o644); err != nil {
			return fmt.Errorf("write a certificate: %w", err)
		}
	}
	for name, a := range map[string]*certtest.Authority{"user-admin": l.root, "user-invalid": untrusted, "node": l.root} {
		pair, err := a.Issue(name, "localhost", "127.0.0.1")
		if err != nil {
			return err
		}
		cert, key, err := pair.Write(filepath.Join(l.certificates(), name), name)
		if err != nil {
			return err
		}
		if name == "node" {
			l.cert, l.key = cert, key
		}
	}
	return nil
}
