package httpapi_test

import (
	"net/http"
	"testing"

	"parley/adapters/httpapi"
)

// A client that reads 400 takes what it sends for wrong, and does not send it again.
func TestBodies_that_the_end_of_the_server_cuts_are_answered_503(t *testing.T) {
	t.Parallel()
	node, closing := openNode(t, 977), make(chan struct{})
	server := wholeOver(t, node, node, func(c *httpapi.Config) { c.Closing = closing })
	close(closing)
	const head = "Authorization: Bearer demo:user:admin\r\nHost: x\r\n"
	for name, request := range map[string]string{
		"JSON":             "POST /v1/conversations HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		"JSON in chunks":   "POST /v1/conversations HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
		"an upload":        "POST /v1/attachments?name=a HTTP/1.1\r\n" + head + "Content-Length: 100\r\n\r\n{",
		"chunks of a file": "POST /v1/attachments?name=a HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
	} {
		if status := raw(t, server, request); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503", name, status)
		}
	}
}
