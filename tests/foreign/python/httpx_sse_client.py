import time

import httpx
from httpx_sse import connect_sse

from tell import ENDS, mode, over, tell, url


def plain():
    with httpx.Client() as client, connect_sse(client, "GET", url) as source:
        for event in source.iter_sse():
            tell(event.event, event.id, event.data)


def careful():
    cursor, wait = None, 1.0
    # The service says something every 15 s; the client's own limit is 5 s.
    with httpx.Client(timeout=httpx.Timeout(10, read=40)) as client:
        while True:
            headers = {"Last-Event-ID": cursor} if cursor else {}
            try:
                with connect_sse(client, "GET", url, headers=headers) as source:
                    if source.response.status_code < 500 and source.response.status_code not in (200, 429):
                        over(source.response.status_code)  # 204: the job has ended; 4xx: refused
                    source.response.raise_for_status()
                    for event in source.iter_sse():
                        wait = wait if event.retry is None else event.retry / 1000
                        cursor = event.id or cursor
                        if not event.data:
                            continue  # a block that only sets the wait or the cursor
                        tell(event.event, event.id, event.data)
                        if event.event in ENDS:
                            over(event.event)
            except httpx.HTTPError:
                pass
            time.sleep(wait)


plain() if mode == "plain" else careful()
