// Package strictjson reads JSON that comes from outside, for the HTTP contract
// and the import: what is not JSON is refused at once, and everything that is
// JSON but not what was asked for (unknown and doubled fields, wrong types, text
// that is not text) is collected with its RFC 6901 pointer, so that a caller
// learns all of it in one answer.
//
// Strings are judged on the raw bytes, before anything could replace what is not
// valid UTF-8. Memory and stack are bounded by the input and by [MaxDepth].
package strictjson
