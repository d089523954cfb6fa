// Package attachment is the aggregate of one uploaded file, from the first byte
// on its way into the blob store to the last one that is removed from it.
package attachment
