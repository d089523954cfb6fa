// Command parley is the conversation service: the server and the tools of the
// operator in one binary. It is the only place that knows every part.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := roomy(func() int { return run(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}) })
	stop()
	os.Exit(code)
}
