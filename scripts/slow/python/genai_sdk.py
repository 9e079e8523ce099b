"""Google's Gen AI SDK."""

import base64
import json

from google import genai
from google.genai import errors, types

from judge import CITY, KEY, SKY, TOOL_NAME, TOOL_TEXT, URL, Caught, Said, Sdk, thrown


def client(key: str = KEY) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=URL + "/gemini"))


# A client that nobody holds any more closes itself, even under a call that it has begun.
SHARED = client()


def say(model, text):
    answer = SHARED.models.generate_content(model=model, contents=text)
    headers = answer.sdk_http_response.headers
    return Said(answer.text, answer.candidates[0].finish_reason.value, headers.get("x-request-id"))


def stream(model, text):
    said = Said("", "", None)
    for chunk in SHARED.models.generate_content_stream(model=model, contents=text):
        said.text += chunk.text or ""
        said.request_id = said.request_id or chunk.sdk_http_response.headers.get("x-request-id")
        reason = chunk.candidates[0].finish_reason
        said.finish = reason.value if reason else said.finish
    return said


def tool_loop(model, text, run):
    declared = types.FunctionDeclaration(name=TOOL_NAME, description=TOOL_TEXT, parameters_json_schema=CITY)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declared])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    contents = [types.UserContent(text)]
    parts = []
    for chunk in SHARED.models.generate_content_stream(model=model, contents=contents, config=config):
        parts += chunk.candidates[0].content.parts or [] if chunk.candidates[0].content else []
    results = []
    for call in (part.function_call for part in parts if part.function_call):
        response = types.FunctionResponse(id=call.id, name=call.name, response={"output": run(call.args)})
        results.append(types.Part(function_response=response))
    contents += [types.ModelContent(parts), types.UserContent(results)]
    return SHARED.models.generate_content(model=model, contents=contents, config=config).text


def structured(model, text):
    schema = {key: value for key, value in SKY.items() if key != "additionalProperties"}
    config = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=schema)
    return json.loads(SHARED.models.generate_content(model=model, contents=text, config=config).text)


def look(model, text, png):
    image = types.Part.from_bytes(data=base64.b64decode(png), mime_type="image/png")
    return SHARED.models.generate_content(model=model, contents=[text, image]).text


def embed(model, texts):
    config = types.EmbedContentConfig(output_dimensionality=4)
    answer = SHARED.models.embed_content(model=model, contents=texts, config=config)
    return [one.values for one in answer.embeddings]


def fail(model, key):
    own = client(key)
    error = thrown(lambda: own.models.generate_content(model=model, contents="Hi"))
    if not isinstance(error, errors.APIError):
        raise error
    return Caught(type(error).__name__, error.code, None)


def hang_up(model):
    own = client()
    chunks = own.models.generate_content_stream(model=model, contents="Hi")
    next(chunks)
    chunks.close()
    own.close()


SDKS = [
    Sdk(
        name="google-genai",
        finished="STOP",
        errors={status: "ClientError" if status < 500 else "ServerError" for status in (400, 401, 404, 429, 502, 503)},
        say=say,
        stream=stream,
        tool_loop=tool_loop,
        structured=structured,
        look=look,
        embed=embed,
        fail=fail,
        hang_up=hang_up,
        shows_ids=False,
    )
]
