package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// packages is where 'make prepare' installs the client for Node.js.
var packages = filepath.Join("..", "..", ".ci", "node", "node_modules")

// The programs of docs/subscribing.md in each language, in their order.
const (
	inTenLines = iota
	goingOn
)

// subscriber returns a program of docs/subscribing.md in a language, as a
// function that makes a process to be of it, in a folder.
func subscriber(t *testing.T, which int, language, address string) (dir string, process func() *exec.Cmd) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "subscribing.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != goingOn+1 {
		t.Fatalf("docs/subscribing.md has %d programs in %s", len(blocks), language)
	}
	dir = t.TempDir()
	source := strings.ReplaceAll(string(blocks[which][1]), "127.0.0.1:2113", address)
	if language == "go" {
		return dir, goProgram(t, dir, source)
	}
	return dir, nodeProgram(t, dir, source)
}

func goProgram(t *testing.T, dir, source string) func() *exec.Cmd {
	t.Helper()
	file, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "subscriber")
	write(t, file, source)
	if out, err := exec.Command("go", "build", "-o", binary, file).CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v: %s", err, out)
	}
	return func() *exec.Cmd { return exec.Command(binary) }
}

func nodeProgram(t *testing.T, dir, source string) func() *exec.Cmd {
	t.Helper()
	installed, err := filepath.Abs(packages)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(installed); err != nil {
		t.Fatalf("the client for Node.js is missing; run 'make prepare': %v", err)
	}
	if err := os.Symlink(installed, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "subscriber.mjs"), source)
	return func() *exec.Cmd { return exec.Command("node", "subscriber.mjs") }
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// follow runs the process until it has printed something and, if it is the one
// that goes on, saved how far it has come. It returns all that it printed.
func follow(t *testing.T, which int, dir string, cmd *exec.Cmd, until string) string {
	t.Helper()
	p := &program{t: t, cmd: cmd, done: make(chan struct{})}
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, p, p
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	before, _ := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	defer p.kill()
	eventually(t, startLimit, "the subscriber prints "+until, func() bool {
		select {
		case <-p.done:
			t.Fatalf("the subscriber ended:\n%s", p.output())
		default:
		}
		now, _ := os.ReadFile(filepath.Join(dir, "checkpoint"))
		return strings.Contains(p.output(), until) && (which == inTenLines || string(now) != string(before))
	})
	return p.output()
}

func TestSubscribing_works_as_written(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := serve(t, []string{"--data", t.TempDir()}, "--eventstore-listen", address)
	at, id := p.as("user:user").begin(nil)
	p.as("user:user").post(at+"/messages", say("first of all")).want(201)
	for _, language := range []string{"go", "js"} {
		t.Run(language, func(t *testing.T) {
			dir, process := subscriber(t, inTenLines, language, address)
			if seen := follow(t, inTenLines, dir, process(), "first of all"); !strings.Contains(seen, "parley_conversation-"+id) {
				t.Errorf("in ten lines, it prints:\n%s", seen)
			}
			dir, process = subscriber(t, goingOn, language, address)
			seen := follow(t, goingOn, dir, process(), "first of all")
			if !strings.Contains(seen, "parley_conversation-"+id) || strings.Contains(seen, "parley_person") {
				t.Errorf("it prints:\n%s", seen)
			}
			next := "and then in " + language
			p.as("user:user").post(at+"/messages", say(next)).want(201)
			if again := follow(t, goingOn, dir, process(), next); strings.Contains(again, "conversation.begun") {
				t.Errorf("started again, it begins from the start:\n%s", again)
			}
		})
	}
}
