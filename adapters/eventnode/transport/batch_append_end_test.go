package transport_test

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/adaptertest/disktest"
	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
)

// stall makes a disk's next sync wait. It returns what tells that one does, and
// how to let it go on.
func stall(t *testing.T, disk *disktest.Disk) (waits <-chan struct{}, goOn func()) {
	t.Helper()
	reached, gate := make(chan struct{}), make(chan struct{})
	var once, opened sync.Once
	goOn = func() { opened.Do(func() { close(gate) }) }
	t.Cleanup(goOn)
	disk.Fail(func(op disktest.Op) disktest.Fault {
		if op.Kind == disktest.Sync {
			once.Do(func() { close(reached) })
			<-gate
		}
		return disktest.None
	})
	return reached, goOn
}

// onDisk serves a node on a disk that obeys the test.
func onDisk(t *testing.T, cfg transport.Config) (*fixture, *disktest.Disk) {
	t.Helper()
	disk := disktest.New(t)
	disk.Forget()
	return serveNode(t, eventnode.Config{Dir: t.TempDir(), Disk: disk.Node()}, cfg), disk
}

func TestBatchAppend_finishes_what_is_under_way_when_the_server_stops(t *testing.T) {
	t.Parallel()
	f, disk := onDisk(t, transport.Config{})
	b := f.batch()
	b.send(begun("unfinished", "s", 1))
	wantDone(t, b.asked(whole("before", "s", 1)), "before", "s", 0)
	sub := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.End{}})
	wantTold(t, sub, "caught up")
	waits, goOn := stall(t, disk)
	b.send(whole("under way", "s", 1))
	<-waits
	stopped := make(chan struct{})
	go func() { defer close(stopped); f.stop() }()
	if got := told(sub); !strings.Contains(got, "stopping") {
		t.Errorf("the subscription says %q", got)
	}
	goOn()
	wantDone(t, b.answered(), "under way", "s", 1)
	if answer, err := b.call.Recv(); status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "stopping") {
		t.Errorf("then %v, %v", answer, err)
	}
	<-stopped
}

func TestBatchAppend_answers_in_time_also_what_is_under_way(t *testing.T) {
	t.Parallel()
	f, disk := onDisk(t, transport.Config{})
	b := f.batch()
	waits, goOn := stall(t, disk)
	part := atNoStream(whole("under way", "s", 1))
	part.Options.DeadlineOption = within(200 * time.Millisecond)
	b.send(whole("another", "other", 1))
	<-waits
	b.send(part)
	wantRefused(t, b.answered(), "under way", timedOut)
	goOn()
	wantDone(t, b.answered(), "another", "other", 0)
	// It may have been carried out all the same, and is known then.
	part.Options.DeadlineOption = nil
	wantDone(t, b.asked(part), "under way", "s", 0)
}

func TestBatchAppend_ends_when_the_node_cannot_write(t *testing.T) {
	t.Parallel()
	f, disk := onDisk(t, transport.Config{})
	b := f.batch()
	b.send(begun("unfinished", "s", 1))
	disk.Fail(func(op disktest.Op) disktest.Fault {
		if op.Kind == disktest.Sync {
			return disktest.IOError
		}
		return disktest.None
	})
	b.send(whole("a", "s", 1))
	if answer, err := b.call.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("answered %v, %v", answer, err)
	}
	disk.Fail(nil)
}

func TestBatchAppend_ends_when_the_node_closes(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	b := f.batch()
	wantDone(t, b.asked(whole("before", "s", 1)), "before", "s", 0)
	if err := f.node.Close(); err != nil {
		t.Fatal(err)
	}
	b.send(whole("behind", "s", 1))
	if answer, err := b.call.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("answered %v, %v", answer, err)
	}
}

func TestBatchAppend_goes_on_after_a_fault_that_is_told_and_logged_once(t *testing.T) {
	t.Parallel()
	dir, log := damagedFolder(t), &notes{}
	db, err := sql.Open("sqlite", filepath.Join(dir, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("update events set id = x'00' where position = 1007"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f := serveFolder(t, dir, transport.Config{Logger: slog.New(slog.NewTextHandler(log, nil))})
	b := f.batch()
	answer := b.asked(at(0, whole("a", "s", 1)))
	wantRefused(t, answer, "a", refusal{codes.DataLoss, "", &shared.Unknown{}})
	if !strings.Contains(answer.GetError().GetMessage(), "1007") {
		t.Errorf("the caller is told %q", answer.GetError().GetMessage())
	}
	wantDone(t, b.asked(whole("b", "other", 1)), "b", "other", 0)
	if got := log.String(); strings.Count(got, "1007") != 1 || !strings.Contains(got, "Streams/BatchAppend") {
		t.Errorf("the log says %q", got)
	}
}

func TestBatchAppend_answers_a_client_that_reads_only_when_it_has_sent_all(t *testing.T) {
	t.Parallel()
	b := serve(t, transport.Config{}).batch()
	const appends = 4000
	for i := range appends {
		b.send(whole(fmt.Sprint(i), fmt.Sprint(i%10), 1))
	}
	for range appends {
		if answer := b.answered(); answer.GetSuccess() == nil {
			t.Fatalf("answered %v", answer)
		}
	}
}

func TestBatchAppend_asks_for_credentials_on_TLS_connections(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Credentials: transport.Credentials{User: "writer", Password: "secret"}})
	address, authority := f.secured()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(authority.Trusting(), "")))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for login, want := range map[string]codes.Code{"": codes.PermissionDenied, "writer:wrong": codes.Unauthenticated, "writer:secret": codes.OK} {
		ctx := f.ctx
		if login != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(login)))
		}
		call, err := streams.NewStreamsClient(conn).BatchAppend(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_ = call.Send(whole("a", "s", 1)) // the call may have ended
		if answer, err := call.Recv(); status.Code(err) != want {
			t.Errorf("%q: answered %v, %v", login, answer, err)
		}
	}
}
