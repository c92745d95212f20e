"""What the generator of cases cannot know: a credential, the ids of what there is, and how long a test may wait."""

import itertools
import json
import os
import urllib.request

import schemathesis
from schemathesis.core import deserialization

SERVICE = os.environ["JOBCAST_URL"]
# Of the run: `{headers, query, names}`; `names` are what the paths' parameters stand for.
WITH = json.loads(os.environ["JOBCAST_WITH"])
API_KEY = os.environ["JOBCAST_API_KEY"]

count = itertools.count()
addresses = itertools.count(1)


def address():
    """The local runtime takes it from this header: the limits of rate are not what is tried here."""
    number = next(addresses)
    return {"cf-connecting-ip": f"2001:db8::{number >> 16:x}:{number & 0xffff:x}"}


def post(path, body=None):
    headers = {"x-api-key": API_KEY, "content-type": "application/json", **address()}
    request = urllib.request.Request(SERVICE + path, json.dumps(body or {}).encode(), headers, method="POST")
    return json.load(urllib.request.urlopen(request, timeout=30))


def new_job(turn):
    """Waiting, running or failed, by turns: a command is refused in most states."""
    job = post("/api/v1/jobs", {"name": "tried", "stages": ["research"], "filePath": "videos/clip.mp4"})["id"]
    if turn % 3:
        post(f"/api/v1/jobs/{job}/ack")
    if turn % 3 == 2:
        post(f"/api/v1/jobs/{job}/fail", {"error": "on purpose", "retry": False})
    return job


@schemathesis.hook
def before_call(context, case, kwargs):
    turn = next(count)
    case.headers.update(address())
    # One case in eight keeps the credential that was made up, one in four the ids.
    if turn % 8:
        for name in ("Authorization", "x-api-key", "X-Api-Key"):
            case.headers.pop(name, None)
        case.query = {name: value for name, value in (case.query or {}).items() if name not in ("token", "key")}
        case.headers.update(WITH.get("headers", {}))
        case.query.update(WITH.get("query", {}))
    if turn % 4 and case.path_parameters:
        known = dict(WITH["names"])
        if "job" in case.path_parameters and "job" not in known:
            known["job"] = new_job(turn)
        case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
    # A poll that finds nothing waits as long as it is asked to.
    if isinstance(case.body, dict) and isinstance(case.body.get("waitSeconds"), (int, float)):
        case.body["waitSeconds"] = min(case.body["waitSeconds"], 0)


@schemathesis.serializer("application/x-ndjson")
def write_lines(context, value):
    entries = value if isinstance(value, list) else [value]
    return {"data": "\n".join(json.dumps(entry) for entry in entries).encode()}


in_blocks = deserialization._DESERIALIZERS["text/event-stream"]


@schemathesis.deserializer("text/event-stream")
def read_events(context, response):
    """The document describes what a client has of an event: its data is JSON that was read. Other blocks dispatch nothing."""
    events = [event for event in in_blocks(context, response) if "data" in event]
    return [{**event, "data": json.loads(event["data"])} for event in events]
