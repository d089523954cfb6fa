package main_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A page of another site whose name is led to this machine has the browser send
// that name.
func TestDemo_answers_to_its_own_host_names_alone(t *testing.T) {
	t.Parallel()
	p := serve(t, []string{"--data", t.TempDir()}, "--public-url", "http://parley.lan:8443")
	for host, want := range map[string]int{
		"": 200, "localhost": 200, "LOCALHOST:1": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "parley.lan": 200, "Parley.lan.:8443": 200,
		"evil.example": 421, "127.0.0.1.evil.example:8080": 421, "localhost.evil.example": 421, "10.0.0.1": 421, "0.0.0.0": 421,
	} {
		r, err := http.NewRequest(http.MethodGet, p.url+"/v1/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Authorization", "Bearer demo:user:admin")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != want || want == 421 && !strings.Contains(string(body), "other_host") {
			t.Errorf("%q: %d %s %v, want %d", host, response.StatusCode, body, err, want)
		}
	}
}
