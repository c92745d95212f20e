import asyncio

from aiohttp import ClientError, ClientSession, ClientTimeout
from aiohttp_sse_client.client import EventSource

from tell import ENDS, mode, over, tell, url


async def plain():
    async with EventSource(url) as source:
        async for event in source:
            tell(event.type, event.last_event_id, event.data)


async def careful():
    cursor = None
    # The service says something every 15 s; aiohttp's own limit ends every request after 5 minutes.
    async with ClientSession(timeout=ClientTimeout(total=None, sock_read=40)) as session:
        while True:
            headers = {"Last-Event-ID": cursor} if cursor else {}
            try:
                async with EventSource(url, session=session, headers=headers) as source:
                    async for event in source:
                        cursor = event.last_event_id or cursor
                        tell(event.type, event.last_event_id, event.data)
                        if event.type in ENDS:
                            over(event.type)
            except ClientError:
                pass  # cut: a new EventSource, because the old one keeps half of an event
            except ConnectionError as refusal:
                over(refusal)  # 204: the job has ended; 4xx: refused
            await asyncio.sleep(1)


asyncio.run(plain() if mode == "plain" else careful())
