package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// The exit codes: a setting or argument that cannot work is the caller's to
// mend, so it has a code of its own.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// stdio is what a command reads from and writes to.
type stdio struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// usageError says that a setting is missing or wrong and what to do about it.
type usageError struct{ error }

// Unwrap returns what was found, if the caller can use it.
func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run parses the arguments, runs the command they name until it is done or ctx
// ends, and returns the exit code. Every failure is said once, on stderr.
func run(ctx context.Context, args []string, std stdio) int {
	var cli commandLine
	exit := -1
	parser, err := newParser(&cli, std, func(code int) { exit = code })
	if err != nil {
		return fail(std, err)
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		return fail(std, usageError{err})
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(std); err != nil {
		return fail(std, err)
	}
	return exitOK
}

func newParser(cli *commandLine, std stdio, exit func(int)) (*kong.Kong, error) {
	return kong.New(cli,
		kong.Name("parley"),
		kong.Description("Conversations on business records, with a history that can be proved."),
		kong.DefaultEnvars("PARLEY"),
		kong.Configuration(loadSettings),
		kong.Writers(std.out, std.err),
		kong.Exit(exit),
		kong.UsageOnError(),
	)
}

func fail(std stdio, err error) int {
	fmt.Fprintln(std.err, "parley:", err)
	if _, isUsage := errors.AsType[usageError](err); isUsage {
		fmt.Fprintln(std.err, "Run 'parley --help' to see the commands, 'parley COMMAND --help' their settings.")
		return exitUsage
	}
	return exitFailure
}
