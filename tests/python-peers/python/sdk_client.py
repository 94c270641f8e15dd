"""An MCP client on the official Python SDK, of either line: knows nothing of MCPS. Says on standard output, in one JSON document, what it was answered.

SERVER, in the environment, is {command, args} of a server to start, or {url} of one over Streamable HTTP; CALLS a list of {name, arguments}.
"""

import asyncio
import json
import os
from contextlib import asynccontextmanager

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

try:
    from mcp.client.streamable_http import streamable_http_client
except ImportError:
    from mcp.client.streamable_http import streamablehttp_client as streamable_http_client

where = json.loads(os.environ["SERVER"])


@asynccontextmanager
async def connect():
    if "url" in where:
        async with streamable_http_client(where["url"]) as streams:
            yield streams[0], streams[1]
    else:
        async with stdio_client(StdioServerParameters(command=where["command"], args=where["args"], env=dict(os.environ))) as streams:
            yield streams


def plain(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def converse():
    progress = []

    async def on_progress(done, total, message):
        progress.append(done)

    async with connect() as (read, write), ClientSession(read, write) as session:
        opened = await session.initialize()
        tools = await session.list_tools()
        calls = [plain(await session.call_tool(call["name"], call["arguments"], progress_callback=on_progress)) for call in json.loads(os.environ["CALLS"])]
        return {"server": plain(opened)["serverInfo"], "tools": [tool.name for tool in tools.tools], "calls": calls, "progress": progress}


def root_of(error):
    """The error inside the groups that task groups make of it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def main():
    try:
        outcome = await asyncio.wait_for(converse(), 90)
    except BaseException as error:  # noqa: BLE001 - whatever the client ends with is what is being told
        error = root_of(error)
        outcome = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(outcome), flush=True)


asyncio.run(main())
