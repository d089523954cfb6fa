package transport_test

import (
	"net"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/eventnode/transport"
)

func TestGossip_leads_clients_that_look_for_a_cluster(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Credentials: transport.Credentials{User: "reader", Password: "secret"}})
	_, port, err := net.SplitHostPort(f.address)
	if err != nil {
		t.Fatal(err)
	}
	secured, authority := f.secured()
	for name, address := range map[string]string{
		"by discovery":              "esdb+discover://" + f.address + "?tls=false",
		"by another name":           "esdb+discover://localhost:" + port + "?tls=false",
		"among several hosts":       "esdb://127.0.0.1:1," + f.address + "?tls=false",
		"the same host twice":       "esdb://" + f.address + ",localhost:" + port + "?tls=false",
		"who prefer a follower":     "esdb+discover://" + f.address + "?tls=false&nodePreference=follower",
		"over TLS with credentials": "esdb+discover://reader:secret@" + secured,
	} {
		t.Run(name, func(t *testing.T) {
			if err := f.tryAppend(f.dial(address, authority)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSeed_writes_once_what_suites_wait_for(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.seed("s", -1, 1)
	for range 2 {
		if err := transport.Seed(f.ctx, f.node); err != nil {
			t.Fatal(err)
		}
	}
	for _, stream := range []string{"$users", "$user-admin"} {
		read, err := f.client.ReadStream(f.ctx, stream, esdb.ReadStreamOptions{}, 10)
		if got := drain(t, read, err); len(got) != 1 {
			t.Errorf("%s holds %v, want one event", stream, got)
		}
	}
	read, err := f.client.ReadAll(f.ctx, esdb.ReadAllOptions{}, 10)
	if got := drain(t, read, err); len(got) != 3 || got[0] != "s@0" {
		t.Errorf("the log holds %v, want what was there and two more", got)
	}
}
