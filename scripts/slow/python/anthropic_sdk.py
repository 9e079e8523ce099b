"""Anthropic's SDK."""

import json

import anthropic

from judge import CITY, GENERATED_ERRORS, KEY, MAX_TOKENS, SKY, TOOL_NAME, TOOL_TEXT, URL, Caught, Said, Sdk, thrown


def client() -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=URL + "/anthropic", api_key=KEY, max_retries=0)


def asked(model, content):
    return {"model": model, "max_tokens": MAX_TOKENS, "messages": [{"role": "user", "content": content}]}


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def say(model, text):
    answer = client().messages.create(**asked(model, text))
    return Said(text_of(answer), answer.stop_reason, answer._request_id)


def stream(model, text):
    with client().messages.stream(**asked(model, text)) as events:
        heard = "".join(events.text_stream)
        return Said(heard, events.get_final_message().stop_reason, events.response.headers["request-id"])


def tool_loop(model, text, run):
    body = asked(model, text)
    body["tools"] = [{"name": TOOL_NAME, "description": TOOL_TEXT, "input_schema": CITY}]
    with client().messages.stream(**body) as events:
        first = events.get_final_message()
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": run(block.input)}
        for block in first.content
        if block.type == "tool_use"
    ]
    body["messages"] += [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    return text_of(client().messages.create(**body))


def structured(model, text):
    schema = {"format": {"type": "json_schema", "schema": SKY}}
    return json.loads(text_of(client().messages.create(**asked(model, text), output_config=schema)))


def look(model, text, png):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": png}}
    return text_of(client().messages.create(**asked(model, [image, {"type": "text", "text": text}])))


def fail(model, key):
    own = anthropic.Anthropic(base_url=URL + "/anthropic", api_key=key)
    error = thrown(lambda: own.messages.create(**asked(model, "Hi")))
    if not isinstance(error, anthropic.APIStatusError):
        raise error
    return Caught(type(error).__name__, error.status_code, error.request_id)


def hang_up(model):
    with client().messages.create(**asked(model, "Hi"), stream=True) as events:
        for event in events:
            if event.type == "content_block_delta":
                break


SDKS = [
    Sdk(
        name="anthropic",
        finished="end_turn",
        errors={**GENERATED_ERRORS, 503: "ServiceUnavailableError"},
        say=say,
        stream=stream,
        tool_loop=tool_loop,
        structured=structured,
        look=look,
        fail=fail,
        hang_up=hang_up,
    )
]
