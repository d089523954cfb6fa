package main

import (
	"context"
	"log/slog"
	"time"

	"parley/adapters/blobs"
	"parley/adapters/filetype"
	"parley/adapters/scanner"
	"parley/commands"
	"parley/domain/blob"
	"parley/projections/attachments"
	"parley/queries"
)

// files says where the content of files is kept, and who looks into it.
type files struct {
	Blobs          string        `help:"Where files on messages are kept: a folder (blobs in that of --data if left out), or a bucket of an S3-compatible store." placeholder:"s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION"`
	BlobsAccessKey string        `help:"Access key of the S3-compatible store; AWS's own variables or the machine's role if left out. Set it as a variable." placeholder:"KEY"`
	BlobsSecretKey string        `help:"Its secret key. Set it as a variable: everybody on a machine can see a program's arguments." placeholder:"SECRET"`
	BlobsReserve   int64         `help:"MiB of the disk under the folder of files that uploads leave free, so that all else goes on." default:"512" placeholder:"MIB"`
	BlobsKeep      time.Duration `help:"How long an uploaded file may wait for its message before it is removed." default:"24h"`
	Scanner        string        `help:"Virus scanner that has to find every uploaded file clean: a clamd, or a hook over HTTP." placeholder:"tcp://HOST:3310|unix:///PATH|https://HOST/PATH"`
}

// maxReserve is an exbibyte, in MiB.
const maxReserve = 1 << 40

// check returns a usage error for a setting that cannot work.
func (f files) check() error {
	if f.BlobsKeep <= 0 {
		return usagef("--blobs-keep must be a time such as 24h")
	}
	if f.BlobsReserve < 0 || f.BlobsReserve > maxReserve {
		return usagef("--blobs-reserve must be a number of MiB from 0 to %d", int64(maxReserve))
	}
	_, err := f.scanner()
	return err
}

func (f files) scanner() (blob.Scanner, error) {
	if f.Scanner == "" {
		return nil, nil
	}
	s, err := scanner.Open(f.Scanner)
	if err != nil {
		return nil, usagef("--scanner: %v", err)
	}
	return s, nil
}

// assemble returns what the commands on files work with.
func (f files) assemble(folder *folder, u useCases) (commands.Attachments, error) {
	place := f.Blobs
	if place == "" {
		place = folder.blobs()
	}
	store, err := blobs.Open(blobs.Config{Place: place, Reserve: f.BlobsReserve << 20, AccessKey: f.BlobsAccessKey, SecretKey: f.BlobsSecretKey})
	if err != nil {
		return commands.Attachments{}, usagef("--blobs: %v", err)
	}
	scan, err := f.scanner()
	return commands.Attachments{
		Files: u.conversations.Files, Directory: u.directory, Blobs: store, Scanner: scan,
		Recognize: filetype.Of, HeadBytes: filetype.HeadBytes,
	}, err
}

// cleaner returns what cleans up after uploads.
func (f files) cleaner(a commands.Attachments, u useCases, q queries.Sources, logger *slog.Logger) commands.DueLoop {
	c := commands.Cleaner{
		Queue: queries.AttachmentQueue{Sources: q},
		CleanUp: commands.CleanUpAttachmentHandler{
			Attachments: a, Conversations: u.conversations.Repository, Keep: f.BlobsKeep,
		},
	}
	return commands.DueLoop{What: "clean-ups of files", Step: c.Step, Idle: min(time.Minute, f.BlobsKeep), Logger: logger}
}

// cleanUpFiles cleans up after uploads by itself, on one instance at a time.
func (a *app) cleanUpFiles(ctx context.Context) {
	if a.settings.isForOneCommand() || a.awaitReadModel(ctx, attachments.Projection.Name) != nil {
		return
	}
	a.whileLeading(ctx, "files", func(led context.Context) { a.use.cleaner.Run(led, nil) })
}
