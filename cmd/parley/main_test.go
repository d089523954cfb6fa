package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// programVariable makes the test binary the program: tests start it as a process
// of its own, so that it can be killed.
const programVariable = "PARLEY_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programVariable) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}
