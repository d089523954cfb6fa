// Persistent subscriptions to streams and to $all.
const settings = (lib, changes = {}) => lib.persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: lib.START, ...changes });
const settingsOfAll = (lib, changes = {}) => lib.persistentSubscriptionToAllSettingsFromDefaults({ startFrom: lib.START, ...changes });

// nacked appends two events, refuses the first once and returns what came, with
// how often it had come before.
async function nacked({ lib, client, stream, events, within }, action, until) {
  const s = stream();
  await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
  await client.appendToStream(s, events(2));
  const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
  const came = [];
  const done = (async () => {
    for await (const e of subscription) {
      came.push([Number(e.event.revision), e.retryCount]);
      if (e.event.revision === 0n && came.length === 1) await subscription.nack(action, "not yet", e);
      else await subscription.ack(e);
      if (until(came)) break;
    }
  })();
  await within(done, "all that was expected");
  return { s, came, subscription };
}

// eventually asks until it holds.
async function eventually(within, what, ask) {
  await within((async () => { while (!(await ask())) await new Promise((r) => setTimeout(r, 50)); })(), what);
}

// acked takes n events and acknowledges them.
async function acked({ within }, subscription, n) {
  const came = [];
  const done = (async () => {
    for await (const e of subscription) {
      await subscription.ack(e);
      if (came.push(e) === n) break;
    }
  })();
  await within(done, `event ${n}`);
  return came;
}

// leave ends a subscription, and waits until the group knows.
async function leave({ client, within }, s, subscription) {
  await subscription.unsubscribe();
  await eventually(within, "that it has left", async () => (await client.getPersistentSubscriptionToStreamInfo(s, "g")).connections.length === 0);
}

export const persistent = {
  async "create, and not twice"({ lib, client, stream, refuses, same }) {
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    const e = await refuses(client.createPersistentSubscriptionToStream(s, "g", settings(lib)), lib.ErrorType.PERSISTENT_SUBSCRIPTION_EXISTS);
    same([e.streamName, e.groupName], [s, "g"], "what is there");
  },
  async "a group gets what is there and what comes"(kit) {
    const { lib, client, stream, events, same } = kit;
    const s = stream();
    await client.appendToStream(s, events(3));
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    const came = acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "g"), 5);
    await client.appendToStream(s, events(2));
    same((await came).map((e) => Number(e.event.revision)), [0, 1, 2, 3, 4], "each once, in order");
  },
  async "a group begins where it was told to"(kit) {
    const { lib, client, stream, events, same } = kit;
    const s = stream();
    await client.appendToStream(s, events(5));
    await client.createPersistentSubscriptionToStream(s, "at", settings(lib, { startFrom: 3n }));
    await client.createPersistentSubscriptionToStream(s, "end", settings(lib, { startFrom: lib.END }));
    const at = await acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "at"), 2);
    same(at.map((e) => e.event.revision), [3n, 4n], "from 3");
    const end = acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "end"), 1);
    await client.appendToStream(s, events(1));
    same((await end)[0].event.revision, 5n, "from the end");
  },
  async "what was acknowledged does not come again"(kit) {
    const { lib, client, stream, events, same, within } = kit;
    const s = stream();
    await client.appendToStream(s, events(20));
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib, { checkPointAfter: 10, checkPointLowerBound: 1, checkPointUpperBound: 5 }));
    const first = client.subscribeToPersistentSubscriptionToStream(s, "g");
    await acked(kit, first, 20);
    // A consumer that left at once might take its last words with it.
    await eventually(within, "the checkpoint", async () => {
      const { stats } = await client.getPersistentSubscriptionToStreamInfo(s, "g");
      return stats.lastCheckpointedEventRevision === 19n;
    });
    await leave(kit, s, first);
    const next = acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "g"), 1);
    await client.appendToStream(s, events(1));
    same((await next)[0].event.revision, 20n, "the next");
  },
  async "retry brings an event again, before newer ones"(kit) {
    const { came } = await nacked(kit, kit.lib.RETRY, (c) => c.filter(([r]) => r === 0).length === 2);
    kit.same(came.filter(([r]) => r === 0), [[0, 0], [0, 1]], "the first event");
  },
  async "skip passes an event over"(kit) {
    const { came } = await nacked(kit, kit.lib.SKIP, (c) => c.length === 2);
    kit.same(came, [[0, 0], [1, 0]], "what came");
  },
  async "park puts an event aside, and replay brings it back"(kit) {
    const { lib, client, same, within } = kit;
    const { s, subscription } = await nacked(kit, lib.PARK, (c) => c.length === 2);
    await eventually(within, "that it is parked", async () => {
      const { stats } = await client.getPersistentSubscriptionToStreamInfo(s, "g");
      return Number(stats.parkedMessageCount) === 1;
    });
    await leave(kit, s, subscription);
    const came = acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "g"), 1);
    await client.replayParkedMessagesToStream(s, "g");
    const [e] = await came;
    same((e.event ?? e.link).revision, 0n, "the parked event");
  },
  async "stop keeps an event from everybody"(kit) {
    const { lib, client, stream, events, within, same } = kit;
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib, { messageTimeout: 500 }));
    await client.appendToStream(s, events(1));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
    await within((async () => { for await (const e of subscription) { await subscription.nack(lib.STOP, "enough", e); break; } })(), "the event");
    // A consumer that left at once might take its last words with it.
    await eventually(within, "that it is heard", async () => {
      const { connections } = await client.getPersistentSubscriptionToStreamInfo(s, "g");
      return Number(connections[0]?.inFlightMessages) === 0;
    });
    await leave(kit, s, subscription);
    const next = client.subscribeToPersistentSubscriptionToStream(s, "g");
    const came = [];
    next.on("error", () => {}).on("data", (e) => came.push(e));
    await eventually(within, "the next consumer", async () => (await client.getPersistentSubscriptionToStreamInfo(s, "g")).connections.length === 1);
    // What another group has been given meanwhile, this one had the time to give.
    await client.createPersistentSubscriptionToStream(s, "other", settings(lib));
    await acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "other"), 1);
    same(came.length, 0, "events for the next consumer");
    await next.unsubscribe();
  },
  async "what is tried too often is parked"(kit) {
    const { lib, client, stream, events, within } = kit;
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib, { maxRetryCount: 2 }));
    await client.appendToStream(s, events(1));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
    subscription.on("error", () => {}).on("data", (e) => subscription.nack(lib.RETRY, "again", e));
    await eventually(within, "that it is parked", async () => {
      const { stats } = await client.getPersistentSubscriptionToStreamInfo(s, "g");
      return Number(stats.parkedMessageCount) === 1;
    });
    await subscription.unsubscribe();
  },
  async "what is not answered in time comes again"(kit) {
    const { lib, client, stream, events, within, same } = kit;
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib, { messageTimeout: 200 }));
    await client.appendToStream(s, events(1));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
    const counts = [];
    const twice = (async () => {
      for await (const e of subscription) {
        if (counts.push(e.retryCount) === 2) { await subscription.ack(e); break; }
      }
    })();
    await within(twice, "that it came again");
    same(counts, [0, 1], "how often it had come");
  },
  async "a consumer gets no more than it can hold"({ lib, client, stream, events, within, same }) {
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    await client.appendToStream(s, events(20));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g", { bufferSize: 3 });
    const came = [];
    subscription.on("error", () => {}).on("data", (e) => came.push(e));
    await eventually(within, "three events", async () => came.length === 3);
    await eventually(within, "that three are in flight", async () => {
      const { connections } = await client.getPersistentSubscriptionToStreamInfo(s, "g");
      return Number(connections[0]?.inFlightMessages) === 3;
    });
    same(came.length, 3, "events");
    await subscription.unsubscribe();
  },
  async "two consumers share the work"(kit) {
    const { lib, client, stream, events, within, same } = kit;
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    const seen = [];
    const consumers = [1, 2].map((n) => {
      const c = client.subscribeToPersistentSubscriptionToStream(s, "g");
      c.on("error", () => {}).on("data", (e) => { seen.push([n, Number(e.event.revision)]); c.ack(e); });
      return c;
    });
    await eventually(within, "two consumers", async () => (await client.getPersistentSubscriptionToStreamInfo(s, "g")).connections.length === 2);
    await client.appendToStream(s, events(20));
    await eventually(within, "all events", async () => seen.length === 20);
    same(new Set(seen.map(([, r]) => r)).size, 20, "each once");
    same(new Set(seen.map(([n]) => n)).size, 2, "both had some");
    for (const c of consumers) await c.unsubscribe();
  },
  async "no more consumers than are allowed"({ lib, client, stream, error, within, same }) {
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib, { maxSubscriberCount: 1 }));
    const first = client.subscribeToPersistentSubscriptionToStream(s, "g");
    first.on("error", () => {}).on("data", () => {});
    await within(new Promise((resolve) => first.once("confirmation", resolve)), "the confirmation");
    const refused = await error(client.subscribeToPersistentSubscriptionToStream(s, "g"));
    same(refused.type, lib.ErrorType.MAXIMUM_SUBSCRIBERS_REACHED, "the refusal");
    await first.unsubscribe();
  },
  async "information says what is set and who is there"({ lib, client, stream, within, same }) {
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib, { maxRetryCount: 4, readBatchSize: 11, consumerStrategyName: lib.PINNED }));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
    subscription.on("error", () => {}).on("data", () => {});
    await eventually(within, "a consumer", async () => (await client.getPersistentSubscriptionToStreamInfo(s, "g")).connections.length === 1);
    const info = await client.getPersistentSubscriptionToStreamInfo(s, "g");
    same([info.eventSource, info.groupName], [s, "g"], "whose it is");
    same([info.settings.maxRetryCount, info.settings.readBatchSize, info.settings.consumerStrategyName, info.settings.startFrom], [4, 11, lib.PINNED, lib.START], "the settings");
    await subscription.unsubscribe();
  },
  async "lists hold the groups of a stream, and all"({ lib, client, stream, refuses, same }) {
    const s = stream();
    for (const g of ["g1", "g2"]) await client.createPersistentSubscriptionToStream(s, g, settings(lib));
    const names = (list) => list.filter((i) => i.eventSource === s).map((i) => i.groupName).sort();
    same(names(await client.listPersistentSubscriptionsToStream(s)), ["g1", "g2"], "of the stream");
    same(names(await client.listAllPersistentSubscriptions()), ["g1", "g2"], "of all");
    await refuses(client.listPersistentSubscriptionsToStream(stream()), lib.ErrorType.PERSISTENT_SUBSCRIPTION_DOES_NOT_EXIST);
  },
  async "an update counts, and ends the subscriptions"({ lib, client, stream, error, within, same }) {
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
    const ended = error(subscription);
    await within(new Promise((resolve) => subscription.once("confirmation", resolve)), "the confirmation");
    await client.updatePersistentSubscriptionToStream(s, "g", settings(lib, { maxRetryCount: 3 }));
    same((await ended).type, lib.ErrorType.PERSISTENT_SUBSCRIPTION_DROPPED, "the end");
    same((await client.getPersistentSubscriptionToStreamInfo(s, "g")).settings.maxRetryCount, 3, "the new setting");
  },
  async "deleting ends the subscriptions"({ lib, client, stream, error, within, refuses, same }) {
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    const subscription = client.subscribeToPersistentSubscriptionToStream(s, "g");
    const ended = error(subscription);
    await within(new Promise((resolve) => subscription.once("confirmation", resolve)), "the confirmation");
    await client.deletePersistentSubscriptionToStream(s, "g");
    same((await ended).type, lib.ErrorType.PERSISTENT_SUBSCRIPTION_DROPPED, "the end");
    await refuses(client.deletePersistentSubscriptionToStream(s, "g"), lib.ErrorType.PERSISTENT_SUBSCRIPTION_DOES_NOT_EXIST);
  },
  async "what does not exist is not found"({ lib, client, stream, error, refuses, same }) {
    const [s, missing] = [stream(), lib.ErrorType.PERSISTENT_SUBSCRIPTION_DOES_NOT_EXIST];
    await refuses(client.updatePersistentSubscriptionToStream(s, "g", settings(lib)), missing);
    await refuses(client.getPersistentSubscriptionToStreamInfo(s, "g"), missing);
    await refuses(client.replayParkedMessagesToStream(s, "g"), missing);
    same((await error(client.subscribeToPersistentSubscriptionToStream(s, "g"))).type, missing, "a subscription");
  },
  async "a group of $all with a filter"(kit) {
    const { lib, client, stream, events, same } = kit;
    const [s, group] = [stream(), stream()];
    await client.appendToStream(`other-${s}`, events(3));
    await client.createPersistentSubscriptionToAll(group, settingsOfAll(lib), { filter: lib.streamNameFilter({ prefixes: [s] }) });
    const came = acked(kit, client.subscribeToPersistentSubscriptionToAll(group), 3);
    await client.appendToStream(s, events(3));
    same((await came).map((e) => [e.event.streamId, Number(e.event.revision)]), [[s, 0], [s, 1], [s, 2]], "what came");
    const info = await client.getPersistentSubscriptionToAllInfo(group);
    same([info.eventSource, info.groupName, info.settings.startFrom], ["$all", group, lib.START], "information");
    same((await client.listPersistentSubscriptionsToAll()).some((i) => i.groupName === group), true, "the list");
    await client.updatePersistentSubscriptionToAll(group, settingsOfAll(lib, { maxRetryCount: 3 }));
    await client.replayParkedMessagesToAll(group);
    await client.deletePersistentSubscriptionToAll(group);
  },
  async "the subsystem can be started anew"(kit) {
    const { lib, client, stream, events, same } = kit;
    const s = stream();
    await client.createPersistentSubscriptionToStream(s, "g", settings(lib));
    await client.restartPersistentSubscriptionSubsystem();
    await client.appendToStream(s, events(1));
    same((await acked(kit, client.subscribeToPersistentSubscriptionToStream(s, "g"), 1)).length, 1, "the group goes on");
  },
};
