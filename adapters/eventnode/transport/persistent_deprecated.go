package transport

//lint:file-ignore SA1019 Clients that are in use speak the deprecated form, the Node client 6.x among them.

import (
	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"

	"parley/adapters/eventnode/persistent"
)

// createStream returns the stream of a group, in the new form or the deprecated.
func createStream(options *wire.CreateReq_Options) *shared.StreamIdentifier {
	if options.GetStream() != nil {
		return options.GetStream().GetStreamIdentifier()
	}
	return options.GetStreamIdentifier()
}

func updateStream(options *wire.UpdateReq_Options) *shared.StreamIdentifier {
	if options.GetStream() != nil {
		return options.GetStream().GetStreamIdentifier()
	}
	return options.GetStreamIdentifier()
}

// createRevision returns where a group begins that names it in its settings.
func createRevision(options *wire.CreateReq_Options) (persistent.Start, error) {
	return startAt(options.GetSettings().GetRevision())
}

func updateRevision(options *wire.UpdateReq_Options) (persistent.Start, error) {
	return startAt(options.GetSettings().GetRevision())
}

// createSettings reads the settings of a new group.
func createSettings(s *wire.CreateReq_Settings) persistent.Settings {
	return settingsOf(s, s.GetConsumerStrategy(), int32(s.GetNamedConsumerStrategy()))
}
