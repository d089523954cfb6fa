package main_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSettings_that_cannot_work_end_with_code_2_and_say_what_to_do(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"an unknown command":               {[]string{"sevre"}, "sevre"},
		"an unknown setting":               {[]string{"serve", "--lisen", "x"}, "--lisen"},
		"the demo on all addresses":        {[]string{"serve", "--demo", "--listen", "0.0.0.0:0"}, "loopback"},
		"an address in use":                {[]string{"serve", "--listen", taken.Addr().String()}, "--listen"},
		"an event store that is none":      {[]string{"serve", "--eventstore", "http://x"}, "esdb://"},
		"a database that is none":          {[]string{"serve", "--database", "mysql://x"}, "postgres://"},
		"a broken database address":        {[]string{"serve", "--database", "postgres://x:y:z/?sslmode=maybe"}, "--database"},
		"a data folder that is a file":     {[]string{"serve", "--data", file}, "--data"},
		"a mail server that is none":       {[]string{"serve", "--smtp", "localhost:25"}, "smtp://"},
		"keys that are not there":          {[]string{"serve", "--jwt-keys", file + "x", "--jwt-issuer", "i", "--jwt-audience", "a"}, "jwt keys"},
		"an issuer without keys":           {[]string{"serve", "--jwt-issuer", "i"}, "--jwt-keys"},
		"a client without a provider":      {[]string{"serve", "--oidc-client-id", "x"}, "--oidc-issuer"},
		"a provider without a client":      {[]string{"serve", "--oidc-issuer", "https://id.example"}, "--oidc-client-id"},
		"a provider that anybody can be":   {[]string{"serve", "--oidc-issuer", "http://id.example", "--oidc-client-id", "x"}, "https://"},
		"browsers without https":           {[]string{"serve", "--oidc-issuer", "https://id.example", "--oidc-client-id", "x", "--listen", "0.0.0.0:0"}, "--public-url"},
		"everybody a trusted proxy":        {[]string{"serve", "--demo", "--trusted-proxies", "10.0.0.0/8,0.0.0.0/0"}, "--trusted-proxies"},
		"a trusted proxy that is none":     {[]string{"serve", "--demo", "--trusted-proxies", "proxy"}, "--trusted-proxies"},
		"browsers at an http address":      {[]string{"serve", "--oidc-issuer", "https://id.example", "--oidc-client-id", "x", "--listen", "0.0.0.0:0", "--public-url", "http://p.example"}, "https://"},
		"sessions that end at once":        {[]string{"serve", "--oidc-issuer", "https://id.example", "--oidc-client-id", "x", "--session-idle", "0s"}, "--session-idle"},
		"a node open to the world":         {[]string{"serve", "--eventstore-listen", "0.0.0.0:0"}, "loopback"},
		"two event stores":                 {[]string{"serve", "--eventstore-listen", "127.0.0.1:0", "--eventstore", "esdb://x"}, "leave one"},
		"an import of nothing":             {[]string{"import", file + "x"}, "cannot be read"},
		"a server without a token":         {[]string{"import", file, "--server", "http://127.0.0.1:1"}, "--token"},
		"a server that is no address":      {[]string{"import", file, "--server", "localhost", "--token", "t"}, "--server"},
		"a settings file that is not JSON": {[]string{"serve", "--config", file}, "file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := c.args
			if !strings.Contains(strings.Join(args, " "), "--data") && len(args) > 1 {
				args = append(args, "--data", t.TempDir())
			}
			code, _, stderr := runProgram(t, nil, args...)
			if code != 2 || !strings.Contains(stderr, c.says) {
				t.Fatalf("code %d, want 2 and %q in: %s", code, c.says, stderr)
			}
		})
	}
}

func TestServe_leaves_a_folder_in_use_alone(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serve(t, []string{"--data", data})
	code, _, stderr := runProgram(t, nil, "serve", "--demo", "--listen", "127.0.0.1:0", "--data", data)
	if code == 0 || !strings.Contains(stderr, "in use") {
		t.Fatalf("code %d: %s", code, stderr)
	}
}

func TestSettings_come_from_flag_before_variable_before_file(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"eventstore": "file://no", "database": "file://no"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args, env []string
		says      string
	}{
		"the file is read":               {nil, nil, "--eventstore"},
		"a variable wins over the file":  {nil, []string{"PARLEY_EVENTSTORE=esdb://127.0.0.1:1"}, "--database"},
		"a flag wins over the variable":  {[]string{"--eventstore", "no"}, []string{"PARLEY_EVENTSTORE=esdb://127.0.0.1:1"}, "--eventstore"},
		"a variable is read without one": {[]string{"--database", "postgres://"}, []string{"PARLEY_EVENTSTORE=no"}, "--eventstore"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(append([]string{"serve", "--config", file, "--data", t.TempDir()}, c.args...)...)
			cmd.Env = append(cmd.Env, c.env...)
			out, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), c.says) {
				t.Fatalf("%v, want code 2 and %q in: %s", err, c.says, out)
			}
		})
	}
}
