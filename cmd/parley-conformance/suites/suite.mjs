// Drives a node through an official client for Node.js and prints one JSON object
// for each case, and one at the end that says how many there were.
//
//   node suite.mjs MODULE CONNECTION-STRING
import { randomUUID } from "node:crypto";
import { streams } from "./streams.mjs";
import { subscriptions } from "./subscriptions.mjs";
import { persistent } from "./persistent.mjs";

const [module, address] = process.argv.slice(2);
const lib = await import(module);
const Client = lib.KurrentDBClient ?? lib.EventStoreDBClient;
const secured = !address.includes("tls=false");

const patience = 30_000;

// within fails when something does not happen in time.
function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Each case gets this: the library, a client, and what cases have in common.
const kit = {
  lib,
  client: Client.connectionString(address),
  connect: (change = (a) => a) => Client.connectionString(change(address)),
  secured,
  within,
  stream: () => `stream-${randomUUID()}`,
  // at is what an append expects, as either client calls it.
  at: (revision) => ({ expectedRevision: revision, streamState: revision }),
  events: (n, type = "happened") => Array.from({ length: n }, (_, i) => lib.jsonEvent({ type, data: { i } })),
  // all reads to the end.
  async all(read) {
    const found = [];
    for await (const e of read) found.push(e);
    return found;
  },
  // take waits for n events of a subscription and then ends it.
  async take(subscription, n) {
    const found = [];
    const enough = (async () => {
      for await (const e of subscription) if (found.push(e) === n) break;
    })();
    await within(enough, `event ${n}`);
    return found;
  },
  // error waits for the error that ends a stream of events.
  error: (readable) => within(new Promise((resolve) => readable.on("error", resolve).on("data", () => {})), "an error"),
  // refuses expects an error of a type and returns it.
  async refuses(promise, type) {
    try {
      await promise;
    } catch (error) {
      if (error.type !== type) throw new Error(`refused as ${error.type ?? error}, want ${type}`);
      return error;
    }
    throw new Error(`not refused as ${type}`);
  },
  same(got, want, what) {
    const text = (v) => JSON.stringify(v, (_, x) => (typeof x === "bigint" ? `${x}n` : x));
    if (text(got) !== text(want)) throw new Error(`${what}: got ${text(got)}, want ${text(want)}`);
  },
};

// The clients answer some things by events nobody listens to any more.
process.on("unhandledRejection", () => {});

let cases = 0;
for (const [group, members] of Object.entries({ streams, subscriptions, persistent })) {
  for (const [name, run] of Object.entries(members)) {
    const told = { name: `${group}: ${name}`, outcome: "pass" };
    try {
      if ((await within(run(kit), "the end of the case")) === "skip") told.outcome = "skip";
    } catch (error) {
      Object.assign(told, { outcome: "fail", detail: String(error?.stack ?? error) });
    }
    cases++;
    console.log(JSON.stringify(told));
  }
}
console.log(JSON.stringify({ cases }));
process.exit(0);
