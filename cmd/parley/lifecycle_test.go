package main_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"
)

func TestServe_keeps_everything_through_kills_and_restarts(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		started := p.as("customer_user:buyer").post("/v1/conversations", map[string]any{
			"source": map[string]string{"type": "order", "id": "1001"}, "message": map[string]string{"body": "Hello?"},
		}).want(http.StatusCreated)
		path := "/v1/conversations/" + started.object()["id"].(string)
		p.as("user:user").post(path+"/messages", map[string]string{"body": "Hello!"}).want(http.StatusCreated)
		p.kill()
		p.start()
		answered := p.as("user:user").post(path+"/messages", map[string]string{"body": "Still there?"}).want(http.StatusCreated)
		if n := answered.object()["number"]; n != 3.0 {
			t.Fatalf("the third message has number %v", n)
		}
		name, position := answered.since()
		got := p.as("customer_user:buyer").get(path+"/messages", name, position).want(http.StatusOK).items()
		if len(got) != 3 || got[2]["body"] != "Still there?" {
			t.Fatalf("messages are %v", got)
		}
		if code := p.terminate(); code != 0 {
			t.Fatalf("stopped with code %d", code)
		}
	})
}

func TestServe_ends_streams_and_long_polls_when_it_is_told_to_stop(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin := p.as("user:admin")
		ended := make(chan error, 2)
		_, end := admin.readAll(url.Values{})
		for _, path := range []string{"/v1/live", "/v1/events?type=of-nothing.v1&wait=55&after=" + strconv.FormatUint(end, 10)} {
			go func() {
				_, err := admin.try(http.MethodGet, path, nil)
				ended <- err
			}()
		}
		admin.get("/v1/me").want(http.StatusOK)
		began := time.Now()
		if code := p.terminate(); code != 0 {
			t.Fatalf("stopped with code %d", code)
		}
		<-ended
		<-ended
		if took := time.Since(began); took > 45*time.Second { // the poll would have waited for 55
			t.Fatalf("stopping took %v", took)
		}
	})
}
