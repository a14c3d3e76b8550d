"""The simulator as a running thing: a server of its own, or a thread inside a test."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from transactions.suppliers.simulator.accounts import Account, demo_accounts
from transactions.suppliers.simulator.api import Api
from transactions.suppliers.simulator.book import Book
from transactions.suppliers.simulator.gateway import Till
from transactions.suppliers.simulator.hooks import Hooks
from transactions.suppliers.simulator.mischief import compact
from transactions.suppliers.simulator.paybacks import Paybacks
from transactions.suppliers.simulator.sales import Sales
from transactions.suppliers.simulator.web import Connection

T = TypeVar("T")


class Running:
    """One simulator inside the running event loop."""

    def __init__(self, folder: Path, accounts: list[Account] | None = None) -> None:
        self.accounts = {account.username: account for account in accounts or demo_accounts()}
        self.book = Book(folder)
        hooks = Hooks()
        self.sales = Sales(self.book, self.accounts, hooks)
        self.till = Till(folder, hooks)
        self.paybacks = Paybacks(folder, self.till.received)
        self.api = Api(self.sales, self.accounts, self.till, self.paybacks)
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Begin to serve; the port taken. Raises OSError when it is not free."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self.api.handle, self._connections), host, port, backlog=512
        )
        self.sales.resume()
        self.till.resume()
        return int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.abort()
        self.sales.stop()
        self.till.stop()
        self.paybacks.stop()
        self.book.close()


class Simulator:
    """A supplier for tests: `with Simulator(folder=tmp_path) as supplier: supplier.url`.

    Give a second one the same folder and port to play a restart.
    """

    def __init__(
        self, *, folder: Path, port: int = 0, host: str = "127.0.0.1", accounts: list[Account] | None = None
    ) -> None:
        self._folder, self._host, self.port, self._accounts = folder, host, port, accounts
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._running = self._do(lambda: Running(self._folder, self._accounts))
            self.port = asyncio.run_coroutine_threadsafe(
                self._running.listen(self._host, self.port), self._loop
            ).result(5)
        except BaseException:
            self._end_loop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._do(self._running.stop)
        self._end_loop()

    def _end_loop(self) -> None:
        async def cancel_the_rest() -> None:
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(cancel_the_rest(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, act: Callable[[], T]) -> T:
        async def run() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(5)

    @property
    def url(self) -> str:
        """The base path of the buyer API."""
        return f"http://{self._host}:{self.port}/v1"

    def account(self, username: str) -> Account:
        """The account's data; may be changed."""
        return self._running.accounts[username]

    def script(self, **fields: Any) -> None:
        """Add a wish: the fields of `Script`, or those of a POST to /script (`clear`, `finish`, `settings`)."""
        reply = self._do(lambda: self._running.api.script(json.loads(json.dumps(fields))))
        assert reply.status == 200  # noqa: S101 -- only tests come here

    def log(self) -> list[dict[str, str]]:
        """Every delivery, the ground truth: ref, number, delivered_at."""
        return self._do(lambda: list(self._running.book.deliveries))

    def paybacks(self) -> list[dict[str, Any]]:
        """Everything that the till has paid back, the ground truth."""
        return self._do(self._running.paybacks.log)

    def deliveries(self, ref: str) -> int:
        """How often this reference was delivered."""
        return sum(delivery["ref"] == ref for delivery in self.log())

    def requests(self, ref: str) -> list[tuple[float, float]]:
        """Start and end of every request about a reference, `time.monotonic()` seconds; end 0.0 while it runs."""
        return self._do(lambda: self._running.api.visits.of(ref))

    def callback_body(self, ref: str, rc: str) -> bytes:
        """What a callback about this reference would carry, saying this code."""

        def body() -> bytes:
            sale = next(sale for sale in self._running.book.sales.values() if sale.ref == ref)
            return compact(self._running.sales.answer(sale, rc))

        return self._do(body)
