"""`python -m transactions.suppliers.simulator`: the supplier of the demo, on SIMULATOR_PORT.

Keeps its sales in `$KONTER_HOME/simulator`. Needs no Django.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from transactions.suppliers.simulator.running import Running


async def serve(host: str, port: int, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    running = Running(folder)
    port = await running.listen(host, port)
    sys.stdout.write(f"supplier simulator listening on http://{host}:{port}/v1, deliveries at /log\n")
    sys.stdout.flush()
    await asked_to_stop.wait()
    running.stop()


def main() -> int:
    """Exit code 1, with a sentence, when the port is taken."""
    home = Path(os.environ.get("KONTER_HOME", ".konter")).absolute()
    host, port = os.environ.get("SIMULATOR_HOST", "127.0.0.1"), int(os.environ.get("SIMULATOR_PORT", "8001"))
    try:
        asyncio.run(serve(host, port, home / "simulator"))
    except OSError as taken:
        sys.stderr.write(f"supplier simulator: cannot listen on {host}:{port}: {taken.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
