"""What is asked of every SDK, and where: the same questions as test/e2e/sdks asks the ones for Node."""

import json
import os
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable

URL = os.environ["EVERGATE_URL"]
KEY = os.environ["EVERGATE_KEY"]
CONTROL = os.environ["CONTROL_URL"]
MAX_TOKENS = 500


@dataclass
class Said:
    text: str
    finish: str
    request_id: str | None


@dataclass
class Caught:
    """An error as a program sees it that catches it."""

    name: str
    status: int
    request_id: str | None


@dataclass
class Sdk:
    name: str
    finished: str
    """Class of the error by status."""
    errors: dict[int, str]
    say: Callable[[str, str], Said]
    stream: Callable[[str, str], Said]
    tool_loop: Callable[[str, str, Callable[[dict[str, Any]], str]], str]
    structured: Callable[[str, str], Any]
    look: Callable[[str, str, str], str]
    """Model and key; with the SDK's own retries as they are by default."""
    fail: Callable[[str, str], Caught]
    hang_up: Callable[[str], None]
    embed: Callable[[str, list[str]], list[list[float]]] | None = None
    """Whether its errors show the gateway's request id."""
    shows_ids: bool = True


TOOL_NAME = "get_weather"
TOOL_TEXT = "The weather in a city."
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
SKY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "sky": {"type": "string"}},
    "required": ["city", "sky"],
    "additionalProperties": False,
}

GENERATED_ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "NotFoundError",
    429: "RateLimitError",
    502: "InternalServerError",
    503: "InternalServerError",
}


def control(path: str, body: Any = None) -> Any:
    """Asks the process that holds the simulated providers."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(CONTROL + path, data=data), timeout=30) as response:
        return json.loads(response.read())


def thrown(call: Callable[[], Any]) -> Exception:
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("the call did not fail")
