// Package seededbugs shows that the reliability suites can fail: it switches a bug
// on in a copy of the source and runs the suite that must notice.
//
// Nothing of a bug is in the product. A bug is a change of a source text, laid over
// it for one run of 'go test'; when the text is no longer there, the bug's test
// fails, so that no bug becomes one that nobody switches on.
package seededbugs

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Bug is a change for the worse, and who must notice.
type Bug struct {
	// File is the source file, from the module's root.
	File string
	// Edits are pairs of a text that the file has once, and what takes its place.
	Edits []string
	// Package and Suite name the test that must fail.
	Package, Suite string
}

// WantCaught runs the suite with the bug and fails the test unless the suite fails.
// A suite that does not build is no suite that notices.
func (b Bug) WantCaught(t *testing.T) {
	t.Helper()
	overlay, err := b.overlay(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.run(overlay)
	failed := strings.Contains(out, "--- FAIL: "+b.Suite) || strings.Contains(out, "panic: ")
	switch {
	case err == nil:
		t.Errorf("%s did not notice:\n%s", b.Suite, out)
	case !failed:
		t.Errorf("%s did not run: %v\n%s", b.Suite, err, out)
	}
}

// Applies returns why the bug can no longer be switched on, if so.
func (b Bug) Applies() error {
	text, err := os.ReadFile(filepath.Join(root, b.File))
	if err != nil {
		return fmt.Errorf("read the source: %w", err)
	}
	_, err = b.change(string(text))
	return err
}

// WantUnnoticed runs the suite without the bug and fails the test unless it passes.
func (b Bug) WantUnnoticed(t *testing.T) {
	t.Helper()
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := b.run(overlay); err != nil || !strings.Contains(out, "ok") || strings.Contains(out, "no tests to run") {
		t.Errorf("%s fails without the bug, too: %v\n%s", b.Suite, err, out)
	}
}

// run runs the suite in its short form.
func (b Bug) run(overlay string) (string, error) {
	args := []string{"test", "-count=1", "-timeout=5m", "-overlay", overlay, "-run", "^" + b.Suite + "$"}
	if underRace { // so that what was built is used again
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "./"+b.Package)...)
	cmd.Dir = root
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "PARLEY_CHAOS") {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// root is the module's, seen from this package.
var root = filepath.Join("..", "..", "..")

// overlay writes the changed file, and the file that tells the go command of it.
func (b Bug) overlay(dir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(root, b.File))
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the source: %w", err)
	}
	changed, err := b.change(string(text))
	if err != nil {
		return "", err
	}
	copied := filepath.Join(dir, "changed.go")
	names, err := json.Marshal(map[string]any{"Replace": map[string]string{path: copied}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, errors.Join(os.WriteFile(copied, []byte(changed), 0o600), os.WriteFile(overlay, names, 0o600))
}

// change applies the edits.
func (b Bug) change(text string) (string, error) {
	for i := 0; i+1 < len(b.Edits); i += 2 {
		if n := strings.Count(text, b.Edits[i]); n != 1 {
			return "", fmt.Errorf("%s has %d times: %s", b.File, n, b.Edits[i])
		}
		text = strings.Replace(text, b.Edits[i], b.Edits[i+1], 1)
	}
	return text, nil
}
