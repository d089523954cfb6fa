package main_test

import (
	"fmt"
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
var (
	inTenLines = map[string]int{"go": 0, "js": 0}
	goingOn    = map[string]int{"go": 1, "js": 1}
	inAGroup   = map[string]int{"go": 2}
	overHTTP   = map[string]int{"js": 2}
)

// subscriber is a program of docs/subscribing.md in a folder of its own.
type subscriber struct {
	t       *testing.T
	dir     string
	process func() *exec.Cmd
}

// newSubscriber makes the program in a language; replaced are pairs of what stands
// there and what is to stand there instead.
func newSubscriber(t *testing.T, which map[string]int, language string, replaced ...string) *subscriber {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "subscribing.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 3 {
		t.Fatalf("docs/subscribing.md has %d programs in %s", len(blocks), language)
	}
	source := string(blocks[which[language]][1])
	for i := 0; i < len(replaced); i += 2 {
		if !strings.Contains(source, replaced[i]) {
			t.Fatalf("the program in %s has no %s", language, replaced[i])
		}
		source = strings.ReplaceAll(source, replaced[i], replaced[i+1])
	}
	s := &subscriber{t: t, dir: t.TempDir()}
	if language == "go" {
		s.process = goProgram(t, s.dir, source)
	} else {
		s.process = nodeProgram(t, s.dir, source)
	}
	return s
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

// start starts the program.
func (s *subscriber) start() *program {
	s.t.Helper()
	p := &program{t: s.t, cmd: s.process(), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = s.dir, p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd.Env = append(os.Environ(), "PARLEY_TOKEN=demo:user:admin")
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	return p
}

// saved is how far the program has noted that it has come.
func (s *subscriber) saved() string {
	at, _ := os.ReadFile(filepath.Join(s.dir, "checkpoint"))
	return string(at)
}

// runUntil runs the program until that is so, kills it and returns all that it
// printed.
func (s *subscriber) runUntil(what string, so func(printed string) bool) string {
	s.t.Helper()
	p := s.start()
	defer p.kill()
	eventually(s.t, startLimit, "the subscriber "+what, func() bool {
		select {
		case <-p.done:
			s.t.Fatalf("the subscriber ended:\n%s", p.output())
		default:
		}
		return so(p.output())
	})
	p.kill()
	return p.output()
}

// prints runs the program until it has printed something.
func (s *subscriber) prints(something string) string {
	s.t.Helper()
	return s.runUntil("prints "+something, func(printed string) bool { return strings.Contains(printed, something) })
}

// notes runs the program until it has also noted that it has come further.
func (s *subscriber) notes(something string) string {
	s.t.Helper()
	before := s.saved()
	return s.runUntil("prints and notes "+something, func(printed string) bool {
		return strings.Contains(printed, something) && s.saved() != before
	})
}

func TestSubscribing_works_as_written(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := serve(t, []string{"--data", t.TempDir()}, "--eventstore-listen", address)
	at, id := p.as("user:user").begin(nil)
	p.as("user:user").post(at+"/messages", say("first of all")).want(201)
	clients, door := []string{"127.0.0.1:2113", address}, []string{"http://127.0.0.1:8080", p.url}
	for _, language := range []string{"go", "js"} {
		t.Run(language, func(t *testing.T) {
			if seen := newSubscriber(t, inTenLines, language, clients...).prints("first of all"); !strings.Contains(seen, "parley_conversation-"+id) {
				t.Errorf("in ten lines, it prints:\n%s", seen)
			}
			p.isFollowed(t, newSubscriber(t, goingOn, language, clients...), at, "and then in "+language)
		})
	}
	t.Run("over HTTP", func(t *testing.T) {
		s := newSubscriber(t, overHTTP, "js", door...)
		p.isFollowed(t, s, at, "and then over HTTP")
		write(t, filepath.Join(s.dir, "checkpoint"), `{"after":5000000000}`)
		if again := s.notes("first of all"); !strings.Contains(again, "log_changed") {
			t.Errorf("with a position of another log, it prints:\n%s", again)
		}
	})
}

// isFollowed fails the test unless the subscriber tells what has been said, and,
// stopped and started again, only what was said then.
func (p *program) isFollowed(t *testing.T, s *subscriber, at, next string) {
	t.Helper()
	first := s.notes("first of all")
	if !strings.Contains(first, "conversation.started") {
		t.Errorf("it prints:\n%s", first)
	}
	p.as("user:user").post(at+"/messages", say(next)).want(201)
	if again := s.notes(next); strings.Contains(again, "conversation.started") {
		t.Errorf("started again, it begins from the start:\n%s", again)
	}
}

// What one member of a group does not acknowledge comes to another one.
func TestSubscribing_in_a_group_tells_every_event_to_one_of_its_members(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := serve(t, []string{"--data", t.TempDir()}, "--eventstore-listen", address)
	at, _ := p.as("user:user").begin(nil)
	s := newSubscriber(t, inAGroup, "go", "127.0.0.1:2113", address)
	p.as("user:user").post(at+"/messages", say("message 0")).want(201)
	s.prints("message 0")
	members := []*program{s.start(), s.start()}
	const said = 40
	for n := range said {
		p.as("user:user").post(at+"/messages", say(fmt.Sprintf("message %d.", n))).want(201)
	}
	eventually(t, startLimit, "all is told", func() bool {
		for n := range said {
			if !strings.Contains(members[0].output()+members[1].output(), fmt.Sprintf("message %d.", n)) {
				return false
			}
		}
		return true
	})
	for _, m := range members {
		m.kill()
	}
	for n := range said {
		if message := fmt.Sprintf("message %d.", n); strings.Count(members[0].output()+members[1].output(), message) > 1 {
			t.Errorf("%s was told to both", message)
		}
	}
}
