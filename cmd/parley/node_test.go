package main_test

import (
	"bufio"
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"parley/adapters/adaptertest/certtest"
	"parley/adapters/eventnode"
)

// connection is a connection string in the program's output.
var connection = regexp.MustCompile(`esdb://\S+`)

// stopLimit is how long a node may take to stop on a busy machine.
var stopLimit = startLimit

// runNode starts a node and returns the first n connection strings it prints.
func runNode(t *testing.T, n int, env []string, args ...string) (p *program, addresses []string) {
	t.Helper()
	p = &program{t: t, cmd: command(append([]string{"node", "--log-level", "debug"}, args...)...), done: make(chan struct{})}
	p.cmd.Env = append(p.cmd.Env, env...)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	lines := bufio.NewScanner(stdout)
	for len(addresses) < n && lines.Scan() {
		addresses = append(addresses, connection.FindString(lines.Text()))
	}
	go func() {
		for lines.Scan() {
			_, _ = p.Write(append(lines.Bytes(), '\n'))
		}
		_ = p.cmd.Wait()
		close(p.done)
	}()
	if len(addresses) < n {
		<-p.done
		t.Fatalf("the node says %v and:\n%s", addresses, p.output())
	}
	return p, addresses
}

// stopNode asks the node to stop and expects that it does, in time.
func stopNode(t *testing.T, p *program) {
	t.Helper()
	begun := time.Now()
	if code := p.terminate(); code != 0 {
		t.Errorf("the node stopped with %d:\n%s", code, p.output())
	}
	if took := time.Since(begun); took > stopLimit {
		t.Errorf("the node took %s to stop", took)
	}
}

// clientOf connects an official client by a connection string.
func clientOf(t *testing.T, address string, authority *certtest.Authority) *esdb.Client {
	t.Helper()
	config, err := esdb.ParseConnectionString(address)
	if err != nil {
		t.Fatalf("connection string %s: %v", address, err)
	}
	config.Logger = esdb.NoopLogging()
	if authority != nil {
		config.RootCAs = authority.Trusting()
	}
	client, err := esdb.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// appendOne appends an event to a stream.
func appendOne(t *testing.T, client *esdb.Client, stream string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	_, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, esdb.EventData{
		EventID: uuid.New(), EventType: "t", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`),
	})
	return err
}

// keys writes a certificate for this machine's loopback into a folder.
func keys(t *testing.T) (authority *certtest.Authority, cert, key string) {
	t.Helper()
	authority, err := certtest.NewAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Issue("node", "127.0.0.1", "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if cert, key, err = pair.Write(t.TempDir(), "node"); err != nil {
		t.Fatal(err)
	}
	return authority, cert, key
}

func refusal(err error) esdb.ErrorCode {
	if e, ok := errors.AsType[*esdb.Error](err); ok {
		return e.Code()
	}
	return -1
}

func TestNode_has_a_plain_and_a_TLS_door_side_by_side(t *testing.T) {
	t.Parallel()
	authority, cert, key := keys(t)
	p, at := runNode(t, 2, []string{"PARLEY_EVENTSTORE_CREDENTIALS=reader:very-secret"}, "--data", t.TempDir(),
		"--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key)
	if err := appendOne(t, clientOf(t, at[0], nil), "plain"); err != nil {
		t.Errorf("at the plain door: %v", err)
	}
	if err := appendOne(t, clientOf(t, strings.Replace(at[1], "USER:PASSWORD", "reader:very-secret", 1), authority), "tls"); err != nil {
		t.Errorf("at the TLS door: %v", err)
	}
	if err := appendOne(t, clientOf(t, strings.Replace(at[1], "USER:PASSWORD", "reader:guess", 1), authority), "tls"); refusal(err) != esdb.ErrorCodeUnauthenticated {
		t.Errorf("with wrong credentials: %v", err)
	}
	if err := appendOne(t, clientOf(t, strings.Replace(at[1], "USER:PASSWORD@", "", 1), authority), "tls"); refusal(err) != esdb.ErrorCodeAccessDenied {
		t.Errorf("without credentials: %v", err)
	}
	if err := appendOne(t, clientOf(t, at[0], nil), "parley_conversation-x"); refusal(err) != esdb.ErrorCodeAccessDenied {
		t.Errorf("to a stream of the product: %v", err)
	}
	stopNode(t, p)
	if log := p.output() + strings.Join(at, " "); strings.Contains(log, "very-secret") || strings.Contains(log, "guess") {
		t.Errorf("the node tells its password:\n%s", log)
	}
}

func TestNode_lets_the_product_be_written_when_told_so(t *testing.T) {
	t.Parallel()
	_, at := runNode(t, 1, nil, "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--writable")
	if err := appendOne(t, clientOf(t, at[0], nil), "parley_conversation-x"); err != nil {
		t.Error(err)
	}
}

func TestNode_stops_with_subscribers(t *testing.T) {
	t.Parallel()
	p, at := runNode(t, 1, nil, "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	client := clientOf(t, at[0], nil)
	for range 3 {
		sub, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
		if err != nil {
			t.Fatal(err)
		}
		defer sub.Close()
		if event := sub.Recv(); event.EventAppeared == nil {
			t.Errorf("got %+v, want what every store begins with", event)
		}
	}
	if err := client.CreatePersistentSubscription(t.Context(), "s", "group", esdb.PersistentStreamSubscriptionOptions{}); err != nil {
		t.Fatal(err)
	}
	consumer, err := client.SubscribeToPersistentSubscription(t.Context(), "s", "group", esdb.SubscribeToPersistentSubscriptionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer consumer.Close()
	stopNode(t, p)
}

func TestNode_opens_the_folder_of_a_server_and_a_server_that_of_a_node(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	server := serve(t, []string{"--data", data})
	at, id := server.as("user:user").begin(nil)
	if code := server.terminate(); code != 0 {
		t.Fatalf("the server stopped with %d", code)
	}
	node, addresses := runNode(t, 1, nil, "--data", data, "--listen", "127.0.0.1:0", "--writable")
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	read, err := clientOf(t, addresses[0], nil).ReadStream(ctx, "parley_conversation-"+id, esdb.ReadStreamOptions{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read.Recv(); err != nil {
		t.Errorf("the node does not have what the server wrote: %v", err)
	}
	read.Close()
	stopNode(t, node)
	serve(t, []string{"--data", data}).as("user:user").get(at).want(200)
}

func TestNode_settings_that_cannot_work_end_with_code_2_and_say_what_to_do(t *testing.T) {
	t.Parallel()
	taken := listen(t, "127.0.0.1:0")
	t.Cleanup(func() { taken.Close() })
	_, cert, key := keys(t)
	_, _, other := keys(t)
	withTLS := func(address string, more ...string) []string {
		return append([]string{"--tls-listen", address, "--tls-cert", cert, "--tls-key", key}, more...)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"a plain door to the world":            {[]string{"--listen", "0.0.0.0:0"}, "loopback"},
		"a plain door on no address":           {[]string{"--listen", "2113"}, "loopback"},
		"a TLS door to the world for all":      {withTLS("0.0.0.0:0"), "--credentials"},
		"a TLS door without a key":             {[]string{"--tls-listen", "127.0.0.1:0"}, "--tls-cert"},
		"a TLS door with half a key":           {[]string{"--tls-listen", "127.0.0.1:0", "--tls-cert", cert}, "--tls-key"},
		"a key without a TLS door":             {[]string{"--tls-cert", cert, "--tls-key", key}, "--tls-listen"},
		"credentials without a TLS door":       {[]string{"--credentials", "hidden:word"}, "--tls-listen"},
		"credentials without a password":       {withTLS("127.0.0.1:0", "--credentials", "hidden"), "a password"},
		"credentials with an empty password":   {withTLS("127.0.0.1:0", "--credentials", "hidden:"), "a password"},
		"credentials without a user":           {withTLS("127.0.0.1:0", "--credentials", ":hidden"), "a password"},
		"a key file that is not there":         {[]string{"--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key + "x"}, "no such file"},
		"the key of another certificate":       {[]string{"--tls-listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", other}, "--tls-key"},
		"a certificate that is none":           {[]string{"--tls-listen", "127.0.0.1:0", "--tls-cert", key, "--tls-key", key}, "--tls-cert"},
		"an address in use":                    {[]string{"--listen", taken.Addr().String()}, "--listen"},
		"a TLS address in use":                 {withTLS(taken.Addr().String()), "--tls-listen"},
		"a data folder that is a file":         {[]string{"--data", cert}, "--data"},
		"an event store that is another one's": {[]string{"--eventstore", "esdb://x"}, "--eventstore"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantUsageError(t, append([]string{"node"}, c.args...), c.says)
		})
	}
	for name, args := range map[string][]string{
		"a TLS door to the world for all": {"--eventstore-tls-listen", "0.0.0.0:0", "--eventstore-tls-cert", cert, "--eventstore-tls-key", key},
		"a key without a TLS door":        {"--eventstore-tls-cert", cert, "--eventstore-tls-key", key},
		"writing through no door":         {"--eventstore-writable"},
	} {
		t.Run("serve with "+name, func(t *testing.T) {
			t.Parallel()
			wantUsageError(t, append([]string{"serve"}, args...), "--eventstore-")
		})
	}
}

// wantUsageError runs the program and expects that it ends with code 2, says
// something and tells no secret.
func wantUsageError(t *testing.T, args []string, says string) {
	t.Helper()
	if !strings.Contains(strings.Join(args, " "), "--data") {
		args = append(args, "--data", t.TempDir())
	}
	code, _, stderr := runProgram(t, nil, args...)
	if code != 2 || !strings.Contains(stderr, says) || strings.Contains(stderr, "hidden") {
		t.Fatalf("code %d, want 2 and %q in: %s", code, says, stderr)
	}
}

func TestNode_leaves_a_folder_in_use_alone(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	runNode(t, 1, nil, "--data", data, "--listen", "127.0.0.1:0")
	wantUsageError(t, []string{"node", "--data", data, "--listen", "127.0.0.1:0"}, "in use")
	wantUsageError(t, []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, "in use")
}

func TestServe_opens_its_event_store_with_TLS(t *testing.T) {
	t.Parallel()
	authority, cert, key := keys(t)
	plain, secured := freeAddress(t), freeAddress(t)
	p := serve(t, []string{"--data", t.TempDir()}, "--eventstore-listen", plain, "--eventstore-tls-listen", secured,
		"--eventstore-tls-cert", cert, "--eventstore-tls-key", key, "--eventstore-credentials", "reader:secret")
	if err := appendOne(t, clientOf(t, "esdb://"+plain+"?tls=false", nil), "plain"); err != nil {
		t.Errorf("at the plain door: %v", err)
	}
	if err := appendOne(t, clientOf(t, "esdb+discover://reader:secret@"+secured, authority), "tls"); err != nil {
		t.Errorf("at the TLS door: %v", err)
	}
	if err := appendOne(t, clientOf(t, "esdb://reader:guess@"+secured, authority), "tls"); refusal(err) != esdb.ErrorCodeUnauthenticated {
		t.Errorf("with wrong credentials: %v", err)
	}
	if code := p.terminate(); code != 0 {
		t.Errorf("the server stopped with %d", code)
	}
}

func TestNode_keeps_its_first_event_when_it_opens_again(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	var first [2]uuid.UUID
	for i := range first {
		p, _ := runNode(t, 1, nil, "--data", data, "--listen", "127.0.0.1:0")
		stopNode(t, p)
		node, err := eventnode.Open(eventnode.Config{Dir: filepath.Join(data, "events")})
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range node.All(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			if first[i] == uuid.Nil {
				first[i] = e.ID
			}
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if first[0] == uuid.Nil || first[0] != first[1] {
		t.Errorf("the first events are %v", first)
	}
}
