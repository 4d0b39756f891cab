#!/usr/bin/env python3
"""A provider that can be killed: hands TCP connections on. forwarder.py PORT_FILE TARGET_PORT"""
import asyncio, sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(client_reader, client_writer):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    except OSError:
        client_writer.close()
        return
    await asyncio.gather(pump(client_reader, writer), pump(reader, client_writer))


async def main():
    port = 0
    try:
        port = int(open(sys.argv[1]).read())
    except (OSError, ValueError):
        pass
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    with open(sys.argv[1], "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main())
