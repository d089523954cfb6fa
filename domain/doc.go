// Package domain is the kernel that every aggregate, port and use case speaks:
// people, events and their registry, metadata, error codes and accepted text.
// It knows nothing but the standard library and uuid.
package domain
