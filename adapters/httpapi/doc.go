// Package httpapi is the HTTP contract: chi routes the requests, huma publishes
// the operations as OpenAPI, and one pipeline serves them all, because the
// contract fixes the order in which a request is refused:
//
//  1. who asks (401);
//  2. what cannot be read: headers, body, cursors (400, 413, 415);
//  3. the use case: what the caller may not see (404) or do (403), what is
//     invalid (422), preconditions (412), state (409).
//
// What is wrong with the shape of a body is found in step 2 but travels into the
// use case, which refuses with it, and with what it finds itself, in its place.
//
// Every operation is one function that returns what is published and what is
// done, so the two cannot part. Requests are read into the same types that the
// published schemas are made of.
//
// Nothing here keeps state between requests. Each request runs on its own
// goroutine; its body is read, and its answer written, within a deadline of its
// own, so a slow client holds nothing but its connection.
package httpapi
