import time

import requests
from sseclient import SSEClient

from tell import ENDS, mode, over, tell, url


def plain():
    for event in SSEClient(requests.get(url, stream=True)).events():
        tell(event.event, event.id, event.data)


def careful():
    cursor = None
    while True:
        headers = {"Accept": "text/event-stream"}
        if cursor:
            headers["Last-Event-ID"] = cursor
        try:
            # The service says something every 15 s.
            with requests.get(url, stream=True, headers=headers, timeout=40) as response:
                if response.status_code < 500 and response.status_code not in (200, 429):
                    over(response.status_code)  # 204: the job has ended; 4xx: refused
                response.raise_for_status()
                for event in SSEClient(response).events():
                    cursor = event.id or cursor
                    tell(event.event, event.id, event.data)
                    if event.event in ENDS:
                        over(event.event)
        except requests.RequestException:
            pass
        time.sleep(1)


plain() if mode == "plain" else careful()
