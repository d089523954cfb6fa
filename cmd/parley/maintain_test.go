package main_test

import (
	"database/sql"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// The commands work on a running server through its socket, and on the folder of
// one that has stopped.
func TestMaintenance_works_with_the_server_running_or_not(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := serve(t, []string{"--data", dir})
	p.as("user:user").say(talk(p), "Hello!")
	for _, running := range []bool{true, false} {
		if !running {
			if code := p.terminate(); code != 0 {
				t.Fatalf("stopped with code %d", code)
			}
		}
		if said := maintain(t, "verify", "--data", dir); !strings.Contains(said, "are whole") {
			t.Errorf("verify said %q", said)
		}
		if said := maintain(t, "scavenge", "--data", dir); !strings.HasPrefix(said, "0 events") {
			t.Errorf("scavenge said %q: it touched the product's own streams", said)
		}
		full := t.TempDir()
		if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := runProgram(t, nil, "backup", "--data", dir, "--to", full); code == 0 || !strings.Contains(stderr, "not empty") {
			t.Errorf("backup into a folder in use: code %d, said %q", code, stderr)
		}
	}
	wantNamed(t, dir)
}

// For an EventStoreDB its own tools do what these commands do for a folder.
func TestMaintenance_is_for_the_folder_and_names_the_tools_of_a_server(t *testing.T) {
	t.Parallel()
	for command, tool := range map[string]string{"verify": "at each start", "backup": "snapshot", "scavenge": "POST /admin/scavenge"} {
		args := []string{command, "--eventstore", "esdb://127.0.0.1:1?tls=false"}
		if command == "backup" {
			args = append(args, "--to", t.TempDir())
		}
		for _, says := range []string{"is for the event store in a data folder", tool} {
			wantUsageError(t, args, says)
		}
	}
}

// wantNamed damages an event of a stopped server and demands that verify names it
// and says what to do.
func wantNamed(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "events", "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("update events set data = x'7b7d' where position = 5"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := runProgram(t, nil, "verify", "--data", dir)
	if code != 1 || !strings.HasPrefix(stdout, "position 5: ") || !strings.Contains(stderr, "parley restore") {
		t.Errorf("verify of a damaged log: code %d, said %q %q", code, stdout, stderr)
	}
}

func TestServe_shows_the_state_of_the_event_log(t *testing.T) {
	t.Parallel()
	p := serve(t, []string{"--data", t.TempDir()})
	resp, err := http.Get(p.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"parley_event_log_damaged_events 0", "parley_event_log_writable 1"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("%q is not shown", line)
		}
	}
}
