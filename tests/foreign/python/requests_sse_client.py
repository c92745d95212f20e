from requests_sse import EventSource, InvalidStatusCodeError

from tell import ENDS, mode, over, tell, url


def plain():
    with EventSource(url) as source:
        for event in source:
            tell(event.type, event.last_event_id, event.data)


def careful():
    try:
        # The service says something every 15 s; without a timeout a dead connection is never noticed.
        with EventSource(url, timeout=40) as source:
            for event in source:
                tell(event.type, event.last_event_id, event.data)
                if event.type in ENDS:
                    over(event.type)
    except InvalidStatusCodeError as refusal:
        over(refusal.status_code)  # 204: the job has ended; 4xx: refused


plain() if mode == "plain" else careful()
