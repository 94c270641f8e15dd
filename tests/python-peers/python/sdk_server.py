"""An MCP server on the official Python SDK, of either line: knows nothing of MCPS.

Over standard input and output; with PORT in the environment, over Streamable HTTP at 127.0.0.1. With AS_JSON it answers HTTP with JSON bodies.
"""

import os

try:
    from mcp.server.mcpserver import Context, MCPServer

    def run_http(server, port):
        server.run("streamable-http", host="127.0.0.1", port=port, json_response="AS_JSON" in os.environ)

    server = MCPServer("python-sdk")
except ImportError:
    from mcp.server.fastmcp import Context, FastMCP

    def run_http(server, port):
        server.settings.host, server.settings.port = "127.0.0.1", port
        server.settings.json_response = "AS_JSON" in os.environ
        server.run("streamable-http")

    server = FastMCP("python-sdk")


@server.tool()
def add(a: float, b: float) -> float:
    """Adds two numbers"""
    return a + b


@server.tool()
def echo(text: str) -> str:
    """Says it back"""
    return text


@server.tool()
async def count(steps: int, ctx: Context) -> str:
    """Counts, and reports how far it is"""
    for step in range(1, steps + 1):
        await ctx.report_progress(step, steps)
    return f"counted to {steps}"


@server.resource("memo://largest")
def largest() -> str:
    return "größe 日本 🔐 " * 5000


@server.prompt()
def greet(name: str) -> str:
    return f"Say hello to {name}"


if "PORT" in os.environ:
    run_http(server, int(os.environ["PORT"]))
else:
    server.run("stdio")
