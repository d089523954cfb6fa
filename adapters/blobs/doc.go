// Package blobs keeps the content of files: in a folder of this machine, or in a
// bucket of a store that speaks S3.
//
// A folder's blob is written beside its place, synced, and renamed to it; then
// the folder itself is synced. A bucket's is there once the store has
// acknowledged all of it: up to [partBytes] in one request, more of it in parts,
// of which one at a time is in memory.
//
// Blobs are named by their ids alone, so nothing that people type ever becomes a
// path or a key.
package blobs
