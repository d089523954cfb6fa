package main

import "runtime"

// headroom is how much garbage may gather before it is collected, beyond as much
// again as is in use. The collector waits until the heap has doubled, and this
// program's is small: under load it would run hundreds of times a second, mostly
// to find the same objects alive.
const headroom = 32 << 20

// roomy runs the program with headroom: memory that counts as in use, but which
// nobody touches and the system therefore never provides.
func roomy(run func() int) int {
	ballast := make([]byte, headroom)
	defer runtime.KeepAlive(&ballast[0])
	return run()
}
