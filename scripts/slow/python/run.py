"""Every SDK over every provider: a line a check, then the totals. Exit code 1 when a check failed."""

import sys
import time
import traceback

import anthropic_sdk
import genai_sdk
import langchain_sdk
import openai_sdk
from judge import KEY, Sdk, control

PROVIDERS = ("openai", "claude", "google")
# One pixel, in bytes whose base64 has the letters that differ between its two alphabets.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGPgZ/AFAAB+AF0eOSbVAAAAAElFTkSuQmCC"
WRONG_KEY = "eg_" + "0" * 40
HANG_UP_LIMIT_SECONDS = 1

# What the provider does, and the status that clients see.
FAULTS = (
    ({"error": "content_policy"}, 400),
    ({"error": "model_not_found"}, 404),
    ({"error": "rate_limited", "retryAfter": {"form": "seconds", "ms": 60_000}}, 429),
    ({"error": "server"}, 502),
    ({"error": "overloaded"}, 503),
)


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r} instead of {wanted!r}")


def contains(text, part):
    if part not in (text or ""):
        raise AssertionError(f"{part!r} is not in {text!r}")


def answers(sdk: Sdk, provider: str):
    for ask in (sdk.say, sdk.stream):
        said = ask(f"words-{provider}", "Say lantern.")
        contains(said.text, "Say lantern.")
        equal(said.finish, sdk.finished)
        contains(said.request_id, "req_")


def tools(sdk: Sdk, provider: str):
    asked = []
    question = "Call get_weather for Oslo."

    def run(arguments):
        asked.append(dict(arguments))
        return "18 degrees"

    contains(sdk.tool_loop(f"words-{provider}", question, run), "18 degrees")
    equal(asked, [{"city": question}])


def structured(sdk: Sdk, provider: str):
    equal(sdk.structured(f"json-{provider}", "Which sky?"), {"city": "Oslo", "sky": "grey"})
    contains(control(f"/last/json-{provider}").replace(" ", ""), '"sky":{')


def images(sdk: Sdk, provider: str):
    contains(sdk.look(f"words-{provider}", "Which colour?", PNG), "Which colour?")
    # Google's own SDK writes the alphabet for URLs, which nobody else takes.
    own = sdk.name == "google-genai" and provider == "google"
    contains(control(f"/last/words-{provider}"), PNG.replace("+", "-").replace("/", "_") if own else PNG)


def embeddings(sdk: Sdk, provider: str):
    one, two = sdk.embed(f"words-{provider}", ["a dog", "a cat"])
    equal((len(one), len(two), one == two), (4, 4, False))


def errors(sdk: Sdk, provider: str):
    world = f"words-{provider}"
    try:
        refused = sdk.fail(world, WRONG_KEY)
        equal((refused.name, refused.status), (sdk.errors[401], 401))
        for number, (fault, status) in enumerate(FAULTS):
            control(f"/faults/{world}", fault)
            before = control(f"/count/{world}")
            # A target of its own, whose health nothing has spoilt.
            caught = sdk.fail(f"{world}/{sdk.name.replace(', ', '-')}-{number}", KEY)
            equal((caught.name, caught.status), (sdk.errors[status], status))
            if sdk.shows_ids:
                contains(caught.request_id, "req_")
            # The gateway's own attempts, which the SDK does not multiply.
            equal((status, control(f"/count/{world}") - before), (status, 2 if status >= 500 else 1))
    finally:
        control(f"/faults/{world}", {})


def hang_up(sdk: Sdk, provider: str):
    world = f"slow-{provider}"
    before = control(f"/count/{world}")
    sdk.hang_up(world)
    deadline = time.monotonic() + HANG_UP_LIMIT_SECONDS
    while control(f"/open/{world}") > 0:
        if time.monotonic() > deadline:
            raise AssertionError("the provider still sends")
        time.sleep(0.02)
    equal(control(f"/count/{world}") - before, 1)


CHECKS = {
    "answer and stream": answers,
    "two turns with a tool": tools,
    "an object of a schema": structured,
    "an image": images,
    "embeddings": embeddings,
    "errors": errors,
    "hanging up": hang_up,
}


def applies(check: str, sdk: Sdk, provider: str) -> bool:
    # Anthropic has no embeddings.
    return check != "embeddings" or (sdk.embed is not None and provider != "claude")


def main() -> int:
    passed = failed = 0
    for module in (openai_sdk, anthropic_sdk, genai_sdk, langchain_sdk):
        for sdk in module.SDKS:
            for provider in PROVIDERS:
                for name, check in CHECKS.items():
                    if not applies(name, sdk, provider):
                        continue
                    line = f"{sdk.name} over {provider}: {name}"
                    try:
                        check(sdk, provider)
                        passed += 1
                        print(f"ok    {line}", flush=True)
                    except Exception:
                        failed += 1
                        print(f"FAIL  {line}\n{traceback.format_exc(limit=-3)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
