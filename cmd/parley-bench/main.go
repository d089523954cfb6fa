package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// commandLine is what the program can do. All but run are the children that run
// starts.
type commandLine struct {
	Run    runCommand    `cmd:"" default:"withargs" help:"Measure, and write the page."`
	Ideal  idealCommand  `cmd:"" hidden:""`
	Bare   bareCommand   `cmd:"" hidden:""`
	Canned cannedCommand `cmd:"" hidden:""`
	Fill   fillCommand   `cmd:"" hidden:""`
	Walk   walkCommand   `cmd:"" hidden:""`
	Point  pointCommand  `cmd:"" hidden:""`
}

// runCommand is a run of the bench.
type runCommand struct {
	Out           string        `help:"File to write; what it says of measurements that are left out is kept. Nothing is written without it." placeholder:"FILE"`
	Quick         bool          `help:"A short run, to see that everything works: its figures mean little."`
	Rounds        int           `help:"Rounds of every race." default:"5"`
	For           time.Duration `help:"How long each contender runs in a round." default:"3s"`
	Conversations int           `help:"Between how many conversations messages are spread." default:"1000"`
	Events        int           `help:"How many events are caught up with." default:"100000"`
	Messages      int           `help:"How many messages the database has whose lists are read." default:"1000000"`
	Streams       int           `help:"How many live streams are open at once." default:"1000"`
	Growth        int           `help:"How many events are in the store that posting must not be slower in; a tenth of them are the messages of one conversation." default:"1000000"`
	Others        int           `help:"How many events of others are before, between and behind Parley's own in a shared store." default:"300000"`
	Big           int           `help:"Measure a store of so many events, too: 10000000 take about 10 minutes and 4 GB." placeholder:"EVENTS"`
	Only          []string      `help:"Measure these only: S1, S2, S4, S5, S6, S8, S11, S13, catch-up, delivery, big." placeholder:"ID"`
	Dir           string        `help:"Folder for all data, on the disk to measure; a temporary one by default." placeholder:"DIR"`
	Parley        string        `help:"The program to measure; built from the sources by default." placeholder:"FILE"`
}

// quick makes the run a short one.
func (c runCommand) quick() runCommand {
	c.Rounds, c.For, c.Events, c.Messages, c.Growth, c.Others = 2, 300*time.Millisecond, 10_000, 20_000, 20_000, 5_000
	return c
}

// Run implements the command.
func (c runCommand) Run(ctx context.Context) error {
	if c.Quick {
		c = c.quick()
	}
	l, err := openLab(ctx, c)
	if err != nil {
		return err
	}
	defer l.close()
	measured, err := l.measureAll(ctx)
	if err != nil {
		return err
	}
	fmt.Print(page(measured))
	if c.Out == "" {
		return nil
	}
	return writePage(c.Out, measured)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(&commandLine{}, kong.Name("parley-bench"), kong.Description("Measure Parley against its baselines."))
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.FatalIfErrorf(parsed.Run())
}
