// Appends, reads, deletion and metadata.
export const streams = {
  async "append to no stream, then at each revision"({ lib, client, stream, events, same, at }) {
    const s = stream();
    const first = await client.appendToStream(s, events(1), at(lib.NO_STREAM));
    const second = await client.appendToStream(s, events(2), at(first.nextExpectedRevision));
    same([first.success, first.nextExpectedRevision, second.nextExpectedRevision], [true, 0n, 2n], "revisions");
    same(second.position.commit > first.position.commit, true, "positions increase");
  },
  async "append to any and to an existing stream"({ lib, client, stream, events, same, at }) {
    const s = stream();
    await client.appendToStream(s, events(1), at(lib.ANY));
    const r = await client.appendToStream(s, events(1), at(lib.STREAM_EXISTS));
    same(r.nextExpectedRevision, 1n, "revision");
  },
  async "append several and binary events"({ lib, client, stream, all, same }) {
    const s = stream();
    await client.appendToStream(s, [
      lib.binaryEvent({ type: "b", data: Buffer.from([0, 255, 7]), metadata: Buffer.from("m") }),
      lib.jsonEvent({ type: "j", data: { a: 1 }, metadata: { by: "me" } }),
    ]);
    const [b, j] = (await all(client.readStream(s))).map((e) => e.event);
    same([[...b.data], b.isJson, b.type], [[0, 255, 7], false, "b"], "the binary event");
    same([j.data, j.metadata, j.isJson], [{ a: 1 }, { by: "me" }, true], "the JSON event");
    same(j.created instanceof Date ? true : typeof j.created === "number", true, "it has a time");
  },
  async "an append sent again is answered as the first time"({ lib, client, stream, events, all, same, at }) {
    const s = stream();
    const sent = events(3);
    const first = await client.appendToStream(s, sent, at(lib.NO_STREAM));
    await client.appendToStream(s, events(1), at(2n));
    const again = await client.appendToStream(s, sent, at(lib.NO_STREAM));
    same([again.nextExpectedRevision, again.position], [first.nextExpectedRevision, first.position], "the answer");
    await client.appendToStream(s, sent, at(lib.ANY));
    same((await all(client.readStream(s))).length, 4, "events");
  },
  async "wrong expected revisions are refused, with the right one"({ lib, client, stream, events, refuses, same, at }) {
    const s = stream();
    const absent = await refuses(client.appendToStream(s, events(1), at(3n)), lib.ErrorType.WRONG_EXPECTED_VERSION);
    same([absent.expectedVersion ?? absent.expectedState, absent.actualVersion ?? absent.actualState], [3n, lib.NO_STREAM], "on no stream");
    await refuses(client.appendToStream(s, events(1), at(lib.STREAM_EXISTS)), lib.ErrorType.WRONG_EXPECTED_VERSION);
    await client.appendToStream(s, events(2));
    const there = await refuses(client.appendToStream(s, events(1), at(lib.NO_STREAM)), lib.ErrorType.WRONG_EXPECTED_VERSION);
    same([there.expectedVersion ?? there.expectedState, there.actualVersion ?? there.actualState, there.streamName], [lib.NO_STREAM, 1n, s], "on a stream");
    await refuses(client.appendToStream(s, events(1), at(0n)), lib.ErrorType.WRONG_EXPECTED_VERSION);
  },
  async "a wrong expected revision can be an answer in place of an error"({ lib, connect, stream, events, same, at }) {
    const client = connect((a) => `${a}&throwOnAppendFailure=false`);
    const s = stream();
    await client.appendToStream(s, events(2));
    const r = await client.appendToStream(s, events(1), at(lib.NO_STREAM));
    // Of a batched append the clients tell only whether there is a revision, as 1.
    same([r.success, r.nextExpectedRevision], [false, 1n], "the answer");
    const absent = await client.appendToStream(stream(), events(1), at(3n));
    same([absent.success, absent.nextExpectedRevision], [false, -1n], "the answer where there is no stream");
    await client.dispose();
  },
  async "an append of more than 1 MiB is refused"({ lib, client, stream, refuses, same, at }) {
    const large = lib.jsonEvent({ type: "large", data: { text: "x".repeat(1_100_000) } });
    const e = await refuses(client.appendToStream(stream(), large), lib.ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED);
    same(e.maxAppendSize, 1_048_576, "the limit");
  },
  async "read forwards and backwards, from anywhere, with limits"({ lib, client, stream, events, all, same }) {
    const s = stream();
    await client.appendToStream(s, events(10));
    const revisions = async (options) => (await all(client.readStream(s, options))).map((e) => Number(e.event.revision));
    same(await revisions({}), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "all");
    same(await revisions({ fromRevision: 7n }), [7, 8, 9], "from 7");
    same(await revisions({ fromRevision: 2n, maxCount: 3 }), [2, 3, 4], "three from 2");
    same(await revisions({ direction: lib.BACKWARDS, fromRevision: lib.END, maxCount: 2 }), [9, 8], "the last two");
    same(await revisions({ direction: lib.BACKWARDS, fromRevision: 2n }), [2, 1, 0], "backwards from 2");
    same(await revisions({ fromRevision: 10n }), [], "behind the end");
  },
  async "a stream that does not exist is not found"({ lib, client, stream, all, refuses }) {
    await refuses(all(client.readStream(stream())), lib.ErrorType.STREAM_NOT_FOUND);
  },
  async "read $all forwards and backwards"({ lib, client, stream, events, all, same }) {
    const s = stream();
    const { position } = await client.appendToStream(s, events(3));
    const back = await all(client.readAll({ direction: lib.BACKWARDS, fromPosition: lib.END, maxCount: 3 }));
    same(back.map((e) => Number(e.event.revision)), [2, 1, 0], "the last three");
    const first = back[2].event.position;
    const from = await all(client.readAll({ fromPosition: first, maxCount: 2 }));
    same(from.map((e) => e.event.streamId), [s, s], "forwards begins with the position");
    const before = await all(client.readAll({ direction: lib.BACKWARDS, fromPosition: position, maxCount: 1 }));
    same(before[0].event.revision, 1n, "backwards begins before the position");
  },
  async "before the start of $all is nothing"({ lib, client, all, same }) {
    same((await all(client.readAll({ direction: lib.BACKWARDS, fromPosition: { commit: 0n, prepare: 0n } }))).length, 0, "events");
  },
  async "links are resolved when asked for"({ lib, client, stream, events, all, same }) {
    const [target, links] = [stream(), stream()];
    await client.appendToStream(target, events(2));
    await client.appendToStream(links, [
      lib.binaryEvent({ type: "$>", data: Buffer.from(`1@${target}`) }),
      lib.binaryEvent({ type: "$>", data: Buffer.from(`7@${target}`) }),
    ]);
    const [there, gone] = await all(client.readStream(links, { resolveLinkTos: true }));
    same([there.event.streamId, there.event.revision, there.link.streamId, there.link.revision], [target, 1n, links, 0n], "a resolved link");
    same([gone.event === undefined, gone.link.revision], [true, 1n], "a link to nothing");
    const [plain] = await all(client.readStream(links));
    same([plain.event.type, plain.link === undefined], ["$>", true], "a link as it is");
  },
  async "a deleted stream is not found and goes on with its numbers"({ lib, client, stream, events, all, refuses, same, at }) {
    const s = stream();
    await client.appendToStream(s, events(3));
    const deleted = await client.deleteStream(s, { expectedRevision: 2n });
    same(typeof deleted.position.commit, "bigint", "the position");
    await refuses(all(client.readStream(s)), lib.ErrorType.STREAM_NOT_FOUND);
    const again = await client.appendToStream(s, events(2), at(lib.NO_STREAM));
    same(again.nextExpectedRevision, 4n, "numbers go on");
    same((await all(client.readStream(s))).map((e) => e.event.revision), [3n, 4n], "only what is new");
  },
  async "deleting with a wrong revision is refused"({ lib, client, stream, events, refuses }) {
    const s = stream();
    await client.appendToStream(s, events(3));
    await refuses(client.deleteStream(s, { expectedRevision: 0n }), lib.ErrorType.WRONG_EXPECTED_VERSION);
    await refuses(client.tombstoneStream(s, { expectedRevision: 0n }), lib.ErrorType.WRONG_EXPECTED_VERSION);
  },
  async "a tombstone ends a stream"({ lib, client, stream, events, all, refuses, same }) {
    const s = stream();
    await client.appendToStream(s, events(1));
    await client.tombstoneStream(s, { expectedRevision: lib.ANY });
    const read = await refuses(all(client.readStream(s)), lib.ErrorType.STREAM_DELETED);
    same(read.streamName, s, "the stream's name");
    await refuses(client.appendToStream(s, events(1)), lib.ErrorType.STREAM_DELETED);
    await refuses(client.deleteStream(s), lib.ErrorType.STREAM_DELETED);
  },
  async "metadata is kept as it was set"({ lib, client, stream, events, same }) {
    const s = stream();
    await client.appendToStream(s, events(1));
    const empty = await client.getStreamMetadata(s);
    same([empty.metadata, empty.metastreamRevision], [undefined, undefined], "none at first");
    const wanted = { maxCount: 7, maxAge: 86_400, truncateBefore: 0, cacheControl: 15, acl: { readRoles: ["$admins"], writeRoles: ["a", "b"] }, own: { x: 1 } };
    await client.setStreamMetadata(s, wanted, { expectedRevision: lib.NO_STREAM });
    const { metadata } = await client.getStreamMetadata(s);
    same([metadata.maxCount, metadata.maxAge, metadata.cacheControl, metadata.own], [7, 86_400, 15, { x: 1 }], "the values");
    same([metadata.acl.readRoles, metadata.acl.writeRoles], [["$admins"], ["a", "b"]], "who may");
  },
  async "metadata limits what is read of a stream, and nothing of $all"({ client, stream, events, all, same }) {
    const s = stream();
    const { position } = await client.appendToStream(s, events(1));
    await client.appendToStream(s, events(9));
    const revisions = async () => (await all(client.readStream(s))).map((e) => Number(e.event.revision));
    await client.setStreamMetadata(s, { maxCount: 3 });
    same(await revisions(), [7, 8, 9], "the newest three");
    await client.setStreamMetadata(s, { truncateBefore: 5 });
    same(await revisions(), [5, 6, 7, 8, 9], "from 5");
    await client.setStreamMetadata(s, { truncateBefore: 5, maxCount: 2 });
    same(await revisions(), [8, 9], "both");
    const log = await all(client.readAll({ fromPosition: position, maxCount: 10 }));
    same(log.filter((e) => e.event.streamId === s).length, 10, "all of it in $all");
  },
  async "old events go by their age"({ client, stream, events, all, refuses, lib, same, within }) {
    const s = stream();
    await client.appendToStream(s, events(2));
    await client.setStreamMetadata(s, { maxAge: 1 });
    const old = (async () => {
      for (;;) {
        try {
          if ((await all(client.readStream(s))).length === 0) return;
        } catch (error) {
          if (error.type === lib.ErrorType.STREAM_NOT_FOUND) return;
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    await within(old, "that the events are too old");
    await client.appendToStream(s, events(1));
    same((await all(client.readStream(s))).map((e) => e.event.revision), [2n], "a new one");
  },
  async "wrong credentials are refused"({ lib, client, connect, secured, stream, events, all, refuses, same }) {
    if (!secured) return "skip"; // nobody is asked
    const guess = { username: "admin", password: "guess" };
    const refused = await all(client.readAll({ maxCount: 1, credentials: guess })).then(() => "not at all", String);
    same(/unauthenticated|access ?denied|credentials are wrong/i.test(refused), true, `refused ${refused}`);
    const nobody = connect((a) => a.replace("admin:changeit@", ""));
    await refuses(nobody.appendToStream(stream(), events(1)), lib.ErrorType.ACCESS_DENIED);
    await nobody.dispose();
  },
};
