import { describe, expect, test } from "bun:test";
import type { Call } from "../../src/canonical/call.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import type { Piece, Reply } from "../../src/canonical/reply.ts";
import { createShare, REPEAT_MS } from "../../src/policies/idempotency.ts";
import { rejection } from "../store/support.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

/** Lets what can run, run. */
const settle = () => simulatedClock().advance(0);
const encoder = new TextEncoder();

function callOf({
  key = "k",
  body = "{}",
  principal = "p",
  contentType,
}: {
  key?: string;
  body?: string;
  principal?: string;
  contentType?: string;
} = {}) {
  const client = new AbortController();
  const call = {
    principal: { id: principal },
    options: { idempotencyKey: key },
    body: { bytes: encoder.encode(body), contentType },
    record: { path: "/v1/chat/completions", attempts: [] },
    signal: client.signal,
  } as unknown as Call;
  return { call, client };
}

/** An upstream whose pieces the test gives one by one. */
function upstream() {
  const waiting: ((result: IteratorResult<Piece, undefined>) => void)[] = [];
  const ready: IteratorResult<Piece, undefined>[] = [];
  const state = { cancelled: false };
  const give = (result: IteratorResult<Piece, undefined>) => {
    const next = waiting.shift();
    if (next) next(result);
    else ready.push(result);
  };
  const reply: Reply = {
    dialect: "openai-chat",
    form: "stream",
    reader: () => () => [],
    pieces: {
      next: () => new Promise((resolve) => (ready.length > 0 ? resolve(ready.shift()!) : waiting.push(resolve))),
      async return() {
        state.cancelled = true;
        give({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
    },
  };
  return {
    reply,
    state,
    say: (text: string) => give({ done: false, value: { mark: "content", bytes: encoder.encode(text) } }),
    end: () => give({ done: true, value: undefined }),
  };
}

async function textOf(reply: Reply): Promise<string> {
  let text = "";
  for (let result = await reply.pieces.next(); !result.done; result = await reply.pieces.next())
    text += new TextDecoder().decode(result.value.bytes);
  return text;
}

describe("Idempotency-Key", () => {
  test("without one every call is its own", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    let produced = 0;
    const { call } = callOf();
    call.options.idempotencyKey = undefined;
    const produce = async () => {
      produced += 1;
      return upstream().reply;
    };
    await share(call, produce);
    await share(call, produce);
    expect(produced).toBe(2);
  });

  test("a hundred at once make one upstream call, and each reads the answer from its start", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const source = upstream();
    let produced = 0;
    const produce = async () => {
      produced += 1;
      return source.reply;
    };
    const first = await share(callOf().call, produce);
    source.say("one ");
    expect((await first.pieces.next()).value?.bytes).toEqual(encoder.encode("one "));
    const others = await Promise.all(Array.from({ length: 99 }, () => share(callOf().call, produce)));
    source.say("two");
    source.end();
    expect(new Set(await Promise.all(others.map(textOf)))).toEqual(new Set(["one two"]));
    expect(produced).toBe(1);
  });

  test("a form is the same whatever its boundary is, and another one whatever differs in it", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const formOf = (boundary: string, model: string, file: string, name = "a.wav") => ({
      body:
        `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n` +
        `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n${file}\r\n--${boundary}--`,
      contentType: `multipart/form-data; boundary=${boundary}`,
    });
    const produce = async () => {
      const source = upstream();
      source.say("heard");
      source.end();
      return source.reply;
    };
    const send = (form: ReturnType<typeof formOf>) => share(callOf(form).call, produce);
    expect(await textOf(await send(formOf("first", "m", "RIFF")))).toBe("heard");
    const twice = await share(callOf(formOf("second", "m", "RIFF")).call, async () => {
      throw new Error("asked again");
    });
    expect(await textOf(twice)).toBe("heard");
    for (const other of [
      formOf("first", "n", "RIFF"),
      formOf("first", "m", "RIFX"),
      formOf("first", "mR", "IFF"),
      formOf("first", "m", "RIFF", "b.wav"),
    ])
      expect(await rejection(send(other))).toMatchObject({ code: "conflict" });
  });

  test("the finished answer is repeated for ten minutes and not a moment longer", async () => {
    const clock = simulatedClock();
    const share = createShare({ clock, log: () => {} });
    const answers = ["first", "second"];
    const produce = async () => {
      const source = upstream();
      source.say(answers.shift()!);
      source.end();
      return source.reply;
    };
    expect(await textOf(await share(callOf().call, produce))).toBe("first");
    await clock.advance(REPEAT_MS - 1);
    expect(await textOf(await share(callOf().call, produce))).toBe("first");
    await clock.advance(1);
    expect(await textOf(await share(callOf().call, produce))).toBe("second");
  });

  test("another body under the same key is a conflict; another principal's key is another key", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const produce = async () => upstream().reply;
    await share(callOf().call, produce);
    await expect(share(callOf({ body: '{"x":1}' }).call, produce)).rejects.toMatchObject({
      code: "conflict",
      status: 409,
    });
    await share(callOf({ body: '{"x":1}', principal: "other" }).call, produce);
  });

  test("a leader that hangs up does not end its joiner; the last one to leave ends the upstream", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const source = upstream();
    const produce = async () => source.reply;
    const leader = await share(callOf().call, produce);
    const joiner = await share(callOf().call, produce);
    await leader.pieces.return?.();
    expect(source.state.cancelled).toBe(false);
    await joiner.pieces.return?.();
    expect(source.state.cancelled).toBe(true);
  });

  test("a leader that hangs up while the upstream is still silent leaves the work to those who wait", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const source = upstream();
    const begun = Promise.withResolvers<Reply>();
    const leader = callOf();
    const led = share(leader.call, () => begun.promise);
    const joined = share(callOf().call, () => Promise.reject(new Error("must not be asked")));
    await settle();
    leader.client.abort();
    await expect(led).rejects.toMatchObject({ code: "client_closed" });
    expect(leader.call.signal.aborted).toBe(false);
    begun.resolve(source.reply);
    source.say("kept");
    source.end();
    expect(await textOf(await joined)).toBe("kept");
  });

  test("the only client hanging up gives the upstream up", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const alone = callOf();
    const led = share(alone.call, () => new Promise<Reply>(() => {}));
    await settle();
    alone.client.abort();
    await expect(led).rejects.toMatchObject({ code: "client_closed" });
    expect(alone.call.signal.aborted).toBe(true);
  });

  test("a failed leader tells its own client and hands over to one who waits", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const first = Promise.withResolvers<Reply>();
    const source = upstream();
    let produced = 0;
    const led = share(callOf().call, () => first.promise);
    const others = [0, 1].map(() =>
      share(callOf().call, async () => {
        produced += 1;
        return source.reply;
      }),
    );
    await settle();
    first.reject(new GatewayError("upstream_error", "down"));
    await expect(led).rejects.toMatchObject({ code: "upstream_error" });
    source.say("after all");
    source.end();
    expect(await Promise.all((await Promise.all(others)).map(textOf))).toEqual(["after all", "after all"]);
    expect(produced).toBe(1);
  });

  test("an answer that broke off is not repeated", async () => {
    const share = createShare({ clock: simulatedClock(), log: () => {} });
    const broken = upstream();
    let produced = 0;
    const produce = async () => {
      produced += 1;
      return broken.reply;
    };
    const reply = await share(callOf().call, produce);
    broken.say("half");
    await reply.pieces.next();
    await reply.pieces.return?.();
    await settle();
    await share(callOf().call, produce);
    expect(produced).toBe(2);
  });
});
