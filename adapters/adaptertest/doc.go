// Package adaptertest holds the contract suites of the ports: what every
// implementation of a port must do, once, as tests. An adapter runs the suite of
// its port in its own tests, so two implementations cannot drift apart.
package adaptertest
