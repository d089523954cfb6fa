package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tour is the shell block of the README's section "Five minutes".
var tour = regexp.MustCompile("(?s)## Five minutes.*?```sh\n(.*?)```")

// patient makes every question of the tour wait for what the tour did before:
// nobody types as fast as a test.
const patient = `
headers=$(mktemp)
curl() {
	case "$*" in */live*) command curl "$@"; return;; esac
	command curl -D "$headers" -H "Parley-Min-Position: $(cat "$headers.position" 2>/dev/null || echo 0)" "$@" || return
	sed -n 's/^[Pp]arley-[Pp]osition: \([0-9]*\).*/\1/p' "$headers" > "$headers.new"
	if [ -s "$headers.new" ]; then mv "$headers.new" "$headers.position"; fi
}
`

func TestREADME_tour_works_as_written(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := tour.FindSubmatch(readme)
	if found == nil {
		t.Fatal("the README has no tour")
	}
	data := t.TempDir()
	p := serve(t, []string{"--data", data})
	script := strings.NewReplacer(
		"http://127.0.0.1:8080", p.url,
		"go run ./cmd/parley rebuild inboxes", os.Args[0]+" rebuild inboxes --data "+data,
		"--max-time 20", "--max-time 12", "& sleep 1", "& sleep 4",
	).Replace(string(found[1]))
	shell := exec.CommandContext(t.Context(), "bash", "-c", patient+script+"\nwait || true\n")
	shell.Env = append(os.Environ(), "PARLEY_TEST_PROGRAM=1")
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("the tour ended with %v:\n%s", err, out)
	}
	for _, want := range []string{
		`"name":"Order 1001"`, `<em>ship</em>`, `"label":"1"`, `"internal":true`, `"number":3`, `<em>Thursday</em>, by noon`, `<mark>Thursday</mark>`,
		"event: ready", "event: conversation", `"code":"conversation_closed"`, `"conversation.closed.v1"`,
		`"specversion":"1.0"`, "inboxes rebuilt", "the former rows were the same",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the tour does not show %q", want)
		}
	}
	if n := strings.Count(string(out), `"number":4`); n != 0 {
		t.Errorf("the repeated answer became a second message:\n%s", out)
	}
	if t.Failed() {
		t.Logf("the tour printed:\n%s", out)
	}
}
