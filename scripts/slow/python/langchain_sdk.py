"""LangChain's OpenAI package, on chat completions and on Responses."""

import openai
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from judge import CITY, GENERATED_ERRORS, KEY, SKY, TOOL_NAME, TOOL_TEXT, URL, Caught, Said, Sdk, thrown


def sdk_of(name: str, finished: str, responses: bool) -> Sdk:
    def chat(model, key=KEY, **more):
        more = {"include_response_headers": True, **more}
        return ChatOpenAI(
            model=model, base_url=URL + "/v1", api_key=key, use_responses_api=responses, **more
        )

    def finish_of(message):
        about = message.response_metadata
        return about.get("finish_reason") or about.get("status") or ""

    def id_of(message):
        return message.response_metadata.get("headers", {}).get("x-request-id")

    def say(model, text):
        answer = chat(model, max_retries=0).invoke(text)
        return Said(answer.text, finish_of(answer), id_of(answer))

    def stream(model, text):
        whole = None
        for chunk in chat(model, max_retries=0, stream_usage=True).stream(text):
            whole = chunk if whole is None else whole + chunk
        if whole.usage_metadata["output_tokens"] <= 0:
            raise AssertionError("no usage in the stream")
        return Said(whole.text, finish_of(whole), id_of(whole))

    def tool_loop(model, text, run):
        function = {"name": TOOL_NAME, "description": TOOL_TEXT, "parameters": CITY}
        bound = chat(model, max_retries=0).bind_tools([{"type": "function", "function": function}])
        messages = [HumanMessage(text)]
        whole = None
        for chunk in bound.stream(messages):
            whole = chunk if whole is None else whole + chunk
        messages.append(whole)
        for call in whole.tool_calls:
            messages.append(ToolMessage(run(call["args"]), tool_call_id=call["id"]))
        return bound.invoke(messages).text

    def structured(model, text):
        schema = {"title": "answer", "description": "The sky over a city.", **SKY}
        return chat(model, max_retries=0).with_structured_output(schema, method="json_schema").invoke(text)

    def look(model, text, png):
        image = {"type": "image", "base64": png, "mime_type": "image/png"}
        message = HumanMessage([{"type": "text", "text": text}, image])
        return chat(model, max_retries=0).invoke([message]).text

    def embed(model, texts):
        # Its own count of tokens wants a table from the network, and turns texts into numbers that only OpenAI reads.
        embeddings = OpenAIEmbeddings(
            model=model, base_url=URL + "/v1", api_key=KEY, dimensions=4, check_embedding_ctx_length=False
        )
        return embeddings.embed_documents(texts)

    def fail(model, key):
        error = thrown(lambda: chat(model, key).invoke("Hi"))
        if not isinstance(error, openai.APIStatusError):
            raise error
        known = next(one.__name__ for one in type(error).__mro__ if one.__module__.startswith("openai"))
        return Caught(known, error.status_code, error.request_id)

    def hang_up(model):
        chunks = chat(model, max_retries=0).stream("Hi")
        for chunk in chunks:
            if chunk.text:
                break
        chunks.close()

    return Sdk(
        name=name,
        finished=finished,
        errors=GENERATED_ERRORS,
        say=say,
        stream=stream,
        tool_loop=tool_loop,
        structured=structured,
        look=look,
        fail=fail,
        hang_up=hang_up,
        embed=None if responses else embed,
    )


SDKS = [
    sdk_of("langchain-openai, chat", "stop", responses=False),
    sdk_of("langchain-openai, responses", "completed", responses=True),
]
