package httpapi_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/adapters/httpapi"
	"parley/domain/eventlog"
)

func TestFeed_wakes_as_soon_as_something_happens(t *testing.T) {
	t.Parallel()
	server := whole(t)
	var all httpapi.Feed
	send(t, server, admin, "GET", "/v1/events?wait=0", "").decode(t, &all)
	if len(all.Items) == 0 || all.Items[0].SpecVersion != "1.0" || all.Next <= eventlog.Position(len(all.Items)) {
		// The last event is another organization's: it is passed, and not shown.
		t.Fatalf("feed %+v", all)
	}
	waited := make(chan httpapi.Feed, 1)
	began := time.Now()
	go func() {
		var f httpapi.Feed
		send(t, server, admin, "GET", fmt.Sprintf("/v1/events?wait=55&after=%d", all.Next), "").decode(t, &f)
		waited <- f
	}()
	send(t, server, admin, "PUT", "/v1/customers/another", `{"name":"Another"}`)
	if f := <-waited; len(f.Items) != 1 || f.Items[0].Type != "customer.mirrored.v1" || time.Since(began) > 30*time.Second {
		t.Errorf("after %v: %+v", time.Since(began), f)
	}
	var none httpapi.Feed
	send(t, server, stranger, "GET", "/v1/events?wait=0", "").decode(t, &none)
	for _, e := range none.Items {
		if e.Source != "urn:parley:organization:globex" || strings.Contains(string(e.Data), "acme") {
			t.Errorf("another organization is shown %+v", e)
		}
	}
}

func TestFeed_streams_where_the_client_asks_for_it(t *testing.T) {
	t.Parallel()
	server := whole(t)
	var all httpapi.Feed
	send(t, server, admin, "GET", "/v1/events?wait=0", "").decode(t, &all)
	before := all.Items[len(all.Items)-2].Sequence
	r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/events", nil)
	r.Header.Set("Authorization", "Bearer "+admin)
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", before)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for _, want := range []string{"id: " + all.Items[len(all.Items)-1].Sequence, "event: " + all.Items[len(all.Items)-1].Type, `data: {"specversion":"1.0"`} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), want) {
			t.Errorf("line %q, want %q", lines.Text(), want)
		}
	}
	refused := send(t, server, user, "GET", "/v1/events", "", "Accept", "text/event-stream")
	if p := refused.problem(t); p.Status != 403 {
		t.Errorf("a user is answered %d", p.Status)
	}
}
