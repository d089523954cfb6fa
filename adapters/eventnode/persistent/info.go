package persistent

import "time"

// Info is how a group stands.
type Info struct {
	Source   Source
	Name     string
	Settings Settings
	Start    Start
	// Status is "Live", or "Behind" while there are events to be read.
	Status      string
	Checkpoint  int64 // revision, or position of $all, up to which all is handled
	Checkpoints bool  // Checkpoint has been written
	Known       int64 // last event of the source; -1: there is none
	Buffered    int   // events read and not given to anybody yet
	Live        int   // of these, if the group has caught up; else 0
	Retrying    int   // events that came back
	InFlight    int
	Outstanding int // in flight, or about to be parked
	Parked      int64
	Total       int64 // events handled since the group was started
	Since       int64 // of these, since the last Info
	Average     int32 // per second, since the last Info
	Connections []Connection
}

// Connection is how a consumer stands.
type Connection struct {
	Identity
	Total, Since int64
	Average      int32
	Slots        int // how many more events it may be given
	InFlight     int
	Measurements []Measurement // with extra statistics only
}

// info reads the machine; known is the source's last event.
func (m *machine) info(known int64, now time.Time) Info {
	i := Info{
		Settings: m.settings, Status: "Live", Checkpoint: m.written, Checkpoints: m.stood, Known: known,
		Retrying: len(m.retries.items), InFlight: len(m.flying), Outstanding: len(m.flying) + len(m.parking),
		Parked: m.parkedCount(), Total: m.stats.total, Buffered: len(m.fresh.items),
	}
	i.Since, i.Average = m.stats.look(now)
	waits := m.live && m.asked // at the end of the source
	if !waits && known > m.source.reached {
		i.Status = "Behind"
	}
	if m.live {
		i.Buffered, i.Live = 0, i.Buffered
	}
	for _, c := range m.members {
		i.Connections = append(i.Connections, m.connection(c, now))
	}
	return i
}

func (m *machine) connection(c *member, now time.Time) Connection {
	out := Connection{Identity: c.Identity, Total: c.stats.total, Slots: c.room(), InFlight: len(c.flying)}
	out.Since, out.Average = c.stats.look(now)
	if m.settings.ExtraStatistics {
		out.Measurements = c.latency.measurements()
	}
	return out
}
