"""OpenAI's SDK, both of its APIs."""

import json

import openai

from judge import CITY, GENERATED_ERRORS, KEY, SKY, TOOL_NAME, TOOL_TEXT, URL, Caught, Said, Sdk, thrown


def client(retries: int = 0, key: str = KEY) -> openai.OpenAI:
    return openai.OpenAI(base_url=URL + "/v1", api_key=key, max_retries=retries)


def default_client(key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=URL + "/v1", api_key=key)


def asked(text):
    return [{"role": "user", "content": text}]


def failure(call) -> Caught:
    error = thrown(call)
    if not isinstance(error, openai.APIStatusError):
        raise error
    return Caught(type(error).__name__, error.status_code, error.request_id)


class Chat:
    @staticmethod
    def say(model, text):
        answer = client().chat.completions.create(model=model, messages=asked(text))
        choice = answer.choices[0]
        return Said(choice.message.content, choice.finish_reason, answer._request_id)

    @staticmethod
    def stream(model, text):
        stream = client().chat.completions.create(model=model, messages=asked(text), stream=True)
        said = Said("", "", stream.response.headers["x-request-id"])
        for chunk in stream:
            if not chunk.choices:
                continue
            said.text += chunk.choices[0].delta.content or ""
            said.finish = chunk.choices[0].finish_reason or said.finish
        return said

    @staticmethod
    def tool_loop(model, text, run):
        function = {"name": TOOL_NAME, "description": TOOL_TEXT, "parameters": CITY}
        tools = [{"type": "function", "function": function}]
        messages = asked(text)
        with client().chat.completions.stream(model=model, messages=messages, tools=tools) as stream:
            message = stream.get_final_completion().choices[0].message
        messages.append(message.model_dump(exclude_none=True, exclude={"parsed"}))
        for call in message.tool_calls:
            result = run(json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
        last = client().chat.completions.create(model=model, messages=messages, tools=tools)
        return last.choices[0].message.content

    @staticmethod
    def structured(model, text):
        schema = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SKY}}
        answer = client().chat.completions.create(model=model, messages=asked(text), response_format=schema)
        return json.loads(answer.choices[0].message.content)

    @staticmethod
    def look(model, text, png):
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{png}"}}
        content = [{"type": "text", "text": text}, image]
        return client().chat.completions.create(model=model, messages=asked(content)).choices[0].message.content

    @staticmethod
    def embed(model, texts):
        answer = client().embeddings.create(model=model, input=texts, dimensions=4)
        return [one.embedding for one in answer.data]

    @staticmethod
    def fail(model, key):
        return failure(lambda: default_client(key).chat.completions.create(model=model, messages=asked("Hi")))

    @staticmethod
    def hang_up(model):
        with client().chat.completions.create(model=model, messages=asked("Hi"), stream=True) as stream:
            for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    break


class Responses:
    @staticmethod
    def say(model, text):
        answer = client().responses.create(model=model, input=text)
        return Said(answer.output_text, answer.status, answer._request_id)

    @staticmethod
    def stream(model, text):
        stream = client().responses.create(model=model, input=text, stream=True)
        said = Said("", "", stream.response.headers["x-request-id"])
        for event in stream:
            if event.type == "response.output_text.delta":
                said.text += event.delta
            if event.type == "response.completed":
                said.finish = event.response.status
        return said

    @staticmethod
    def tool_loop(model, text, run):
        """By `previous_response_id`, which the gateway keeps whoever answers."""
        function = {"type": "function", "name": TOOL_NAME, "description": TOOL_TEXT}
        tools = [{**function, "parameters": CITY, "strict": False}]
        with client().responses.stream(model=model, input=text, tools=tools) as stream:
            first = stream.get_final_response()
        results = [
            {
                "type": "function_call_output",
                "call_id": item.call_id,
                "output": run(json.loads(item.arguments)),
            }
            for item in first.output
            if item.type == "function_call"
        ]
        last = client().responses.create(model=model, input=results, tools=tools, previous_response_id=first.id)
        return last.output_text

    @staticmethod
    def structured(model, text):
        schema = {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": SKY}}
        return json.loads(client().responses.create(model=model, input=text, text=schema).output_text)

    @staticmethod
    def look(model, text, png):
        image = {"type": "input_image", "image_url": f"data:image/png;base64,{png}", "detail": "auto"}
        content = [{"type": "input_text", "text": text}, image]
        return client().responses.create(model=model, input=asked(content)).output_text

    @staticmethod
    def fail(model, key):
        return failure(lambda: default_client(key).responses.create(model=model, input="Hi"))

    @staticmethod
    def hang_up(model):
        with client().responses.create(model=model, input="Hi", stream=True) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    break


def sdk_of(name: str, finished: str, api) -> Sdk:
    steps = ("say", "stream", "tool_loop", "structured", "look", "fail", "hang_up")
    return Sdk(
        name=name,
        finished=finished,
        errors=GENERATED_ERRORS,
        embed=getattr(api, "embed", None),
        **{step: getattr(api, step) for step in steps},
    )


SDKS = [sdk_of("openai, chat", "stop", Chat), sdk_of("openai, responses", "completed", Responses)]
