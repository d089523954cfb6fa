package main

import (
	"encoding/json"
	"strings"
)

// payloadBytes is the size of a row, of an event's data and of the body of a
// request.
const payloadBytes = 500

// payload returns a JSON object of that size.
func payload() []byte { return payloadOf(payloadBytes) }

// payloadOf returns a JSON object of a size.
func payloadOf(size int) []byte { return sized(size, `{"body":"`, `"}`) }

// messageBody returns the body of a request to add a message.
func messageBody() []byte { return payload() }

func sized(size int, head, tail string) []byte {
	const text = "The goods left the warehouse this morning and will be with you on Thursday. "
	n := size - len(head) - len(tail)
	filled := head + strings.Repeat(text, n/len(text)+1)[:n-1] + "." + tail
	if !json.Valid([]byte(filled)) {
		panic("the payload is not JSON")
	}
	return []byte(filled)
}
