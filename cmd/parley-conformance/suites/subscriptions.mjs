// Subscriptions to streams and to $all, with and without filters.
export const subscriptions = {
  async "a stream from its start, and what comes"({ lib, client, stream, events, take, same }) {
    const s = stream();
    await client.appendToStream(s, events(5));
    const taken = take(client.subscribeToStream(s, { fromRevision: lib.START }), 8);
    await client.appendToStream(s, events(3));
    same((await taken).map((e) => Number(e.event.revision)), [0, 1, 2, 3, 4, 5, 6, 7], "each once, in order");
  },
  async "a stream after a revision"({ client, stream, events, take, same }) {
    const s = stream();
    await client.appendToStream(s, events(5));
    same((await take(client.subscribeToStream(s, { fromRevision: 2n }), 2)).map((e) => e.event.revision), [3n, 4n], "what follows");
  },
  async "a stream from its end"({ lib, client, stream, events, take, within, same }) {
    const s = stream();
    await client.appendToStream(s, events(5));
    const subscription = client.subscribeToStream(s, { fromRevision: lib.END });
    const confirmed = within(new Promise((resolve) => subscription.on("confirmation", resolve)), "the confirmation");
    const taken = take(subscription, 1);
    await confirmed;
    await client.appendToStream(s, events(1));
    same((await taken)[0].event.revision, 5n, "only what is new");
  },
  async "a stream that does not exist yet"({ lib, client, stream, events, take, same }) {
    const s = stream();
    const taken = take(client.subscribeToStream(s, { fromRevision: lib.START }), 2);
    await client.appendToStream(s, events(2));
    same((await taken).map((e) => e.event.revision), [0n, 1n], "its events");
  },
  async "a tombstone ends a subscription to a stream"({ lib, client, stream, events, error, within, same }) {
    const s = stream();
    await client.appendToStream(s, events(1));
    const subscription = client.subscribeToStream(s, { fromRevision: lib.START });
    const ended = error(subscription);
    await within(new Promise((resolve) => subscription.once("data", resolve)), "the event");
    await client.tombstoneStream(s);
    same((await ended).type, lib.ErrorType.STREAM_DELETED, "the end");
  },
  async "links of a stream are resolved"({ lib, client, stream, events, take, same }) {
    const [target, links] = [stream(), stream()];
    await client.appendToStream(target, events(1));
    await client.appendToStream(links, lib.binaryEvent({ type: "$>", data: Buffer.from(`0@${target}`) }));
    const [e] = await take(client.subscribeToStream(links, { fromRevision: lib.START, resolveLinkTos: true }), 1);
    same([e.event.streamId, e.link.streamId], [target, links], "the link and its target");
  },
  async "caught up is told, once all is there"({ lib, client, stream, events, within, same }) {
    const s = stream();
    await client.appendToStream(s, events(100));
    const subscription = client.subscribeToStream(s, { fromRevision: lib.START });
    let seen = 0;
    subscription.on("data", () => seen++);
    await within(new Promise((resolve) => subscription.once("caughtUp", resolve)), "that it caught up");
    // The stream hands events on a little later than it tells of them.
    await within((async () => { while (seen < 100) await new Promise((r) => setTimeout(r, 5)); })(), "all events");
    same(seen, 100, "events");
    await subscription.unsubscribe();
  },
  async "$all from a position, and what comes"({ client, stream, events, take, same }) {
    const s = stream();
    const { position } = await client.appendToStream(s, events(1));
    await client.appendToStream(s, events(2));
    const taken = take(client.subscribeToAll({ fromPosition: position }), 4);
    await client.appendToStream(s, events(2));
    same((await taken).map((e) => e.event.revision), [1n, 2n, 3n, 4n], "each once, in order");
  },
  async "$all from its end"({ lib, client, stream, events, take, within, same }) {
    const s = stream();
    const subscription = client.subscribeToAll({ fromPosition: lib.END });
    const confirmed = within(new Promise((resolve) => subscription.on("confirmation", resolve)), "the confirmation");
    const taken = take(subscription, 1);
    await confirmed;
    await client.appendToStream(s, events(1));
    same((await taken)[0].event.streamId, s, "only what is new");
  },
  async "$all by prefixes and patterns of streams and types"({ lib, client, stream, events, take, same }) {
    const s = stream();
    const type = `type-${s}`;
    await client.appendToStream(`other-${s}`, events(3, "other"));
    await client.appendToStream(s, events(2, type));
    const filters = {
      "streams by prefix": lib.streamNameFilter({ prefixes: ["nobody", s] }),
      "streams by pattern": lib.streamNameFilter({ regex: `^${s}$` }),
      "types by prefix": lib.eventTypeFilter({ prefixes: [type] }),
      "types by pattern": lib.eventTypeFilter({ regex: `^type-(?!nobody)${s}` }),
    };
    for (const [what, filter] of Object.entries(filters)) {
      const found = await take(client.subscribeToAll({ fromPosition: lib.START, filter }), 2);
      same(found.map((e) => e.event.streamId), [s, s], what);
    }
  },
  async "$all without system events"({ lib, client, stream, events, take, same }) {
    const s = stream();
    await client.appendToStream(s, events(1));
    const [e] = await take(client.subscribeToAll({ fromPosition: lib.START, filter: lib.excludeSystemEvents() }), 1);
    same(e.event.type.startsWith("$"), false, "no system event");
  },
  async "checkpoints tell how far a filter has come"({ lib, client, stream, events, take, within, same }) {
    const s = stream();
    const { position } = await client.appendToStream(s, events(1));
    await client.appendToStream(s, events(400));
    const told = [];
    const reached = new Promise((resolve) => {
      const filter = lib.eventTypeFilter({
        prefixes: ["nothing-of-the-kind"], checkpointInterval: 1, maxSearchWindow: 32,
        checkpointReached: async (_, at) => { told.push(at.commit); if (at.commit >= position.commit) resolve(at); },
      });
      client.subscribeToAll({ fromPosition: lib.START, filter }).on("data", () => {}).on("error", () => {});
    });
    // One at the end is not promised: there are enough events for one on the way.
    const at = await within(reached, "a checkpoint behind an event");
    same(told.every((p, i) => i === 0 || p >= told[i - 1]), true, "they go forwards");
    const next = `next-${s}`;
    await client.appendToStream(next, events(1));
    const [e] = await take(client.subscribeToAll({ fromPosition: at, filter: lib.streamNameFilter({ prefixes: [next] }) }), 1);
    same([e.event.streamId, e.event.position.commit > at.commit], [next, true], "what comes behind it");
  },
  async "unsubscribing ends a subscription"({ lib, client, within }) {
    const subscription = client.subscribeToAll({ fromPosition: lib.START });
    const ended = new Promise((resolve) => subscription.on("close", resolve).on("data", () => {}));
    await within(new Promise((resolve) => subscription.once("confirmation", resolve)), "the confirmation");
    await subscription.unsubscribe();
    await within(ended, "the end");
  },
};
