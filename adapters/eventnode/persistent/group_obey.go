package persistent

// carryOut does what the machine wants until it wants nothing more.
func (g *group) carryOut(m *machine) {
	for {
		commands := m.settle(g.clock.Now())
		if len(commands) == 0 {
			return
		}
		g.obey(m, commands)
	}
}

func (g *group) obey(m *machine, commands []command) {
	for _, c := range commands {
		if err := g.obeyOne(m, c); err != nil {
			g.logger.Warn("a persistent subscription could not write", "source", g.entry.Source, "group", g.entry.Group, "error", err)
			m.refused(c, g.clock.Now())
		}
	}
}

func (g *group) obeyOne(m *machine, c command) error {
	switch c := c.(type) {
	case deliver:
		c.to.outbox.put(c)
	case withdraw:
		c.from.outbox.withdraw(c.item)
	case readSource:
		g.wants <- c.count
	case readParked:
		g.readParked(m, c)
	case storeLinks:
		last, err := g.park(g.life, c.items, g.clock.Now())
		if err != nil {
			return err
		}
		m.stored(c.items, last)
	case storeCheckpoint:
		if err := g.checkpoint(g.life, c.at); err != nil {
			return err
		}
		m.stood = true
	case trimParked:
		return g.trim(g.life, c.below)
	}
	return nil
}

// readParked reads at once: it is a short read of the file, and nothing waits.
func (g *group) readParked(m *machine, c readParked) {
	p, err := g.replayed(g.life, c.from, c.count)
	if err != nil {
		m.unreplayed()
		g.dropAll(m, err)
		return
	}
	m.replayed(p)
}
