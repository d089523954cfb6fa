// Package commands decides what happens: one file per command, over one generic
// [Repository] and a cached [Directory].
package commands
