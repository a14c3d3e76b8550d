"""People who buy, as a program plays them: through the sale form, patient, and with the same form after a failure.

What they were told (`Bought`) is what must be true afterwards, whatever was killed meanwhile.
"""

import http.client
import itertools
import json
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

SHOPS = ("berkah-cell", "sinar-pulsa", "timur-jaya", "konter")
ENDINGS = (*["001"] * 12, "232", "233", "234", "240", "242", "244", "245", "246", "247")
"""The last digits of the numbers, which tell the simulator how to end; most sales simply succeed."""
PATIENCE = 45.0
"""Seconds for which a buyer goes on with one form."""
_PAUSE = 2.0
_PAYS_AGAIN = 10.0
"""Seconds after which somebody who paid, and is still asked to, pays again."""
_TIMEOUT = 15.0
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_ORDER = re.compile(r"^/o/([0-9A-Z]+)/\?t=(.+)$")


class GaveUp(Exception):
    """The buyer lost patience: nothing was acknowledged."""


@dataclass(frozen=True, kw_only=True)
class Bought:
    """An order that was acknowledged with its address; whether its payment was, too."""

    shop: str
    code: str
    link: str
    number: str
    is_paid: bool


@dataclass(frozen=True)
class _Reply:
    status: int
    location: str
    body: str


@dataclass
class Crowd:
    """Everybody who buys during a scenario, and what they were told."""

    host: str
    port: int
    bought: list[Bought] = field(default_factory=list)
    begun: int = 0
    gave_up: int = 0
    troubles: int = 0
    """Requests that found a closed door: refused, cut off, 503."""
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody should ever get, such as 500."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[str, list[Buyer]] = {shop: [] for shop in SHOPS}  # who came last goes first
        self._serial = itertools.count(random.randrange(10_000, 60_000))

    def number(self) -> str:
        """A Telkomsel number that nobody has used here yet."""
        return f"08{random.choice(('12', '13', '21', '22'))}{next(self._serial):05d}{random.choice(ENDINGS)}"

    def keep_buying(self, *, a_second: float, seconds: float, buyers: int = 2_500) -> float:
        """Begin so many purchases a second for so long, whether or not earlier ones have ended; all end first.

        Answers how many a second were acknowledged and paid while it lasted. At most `buyers` at once: who comes when
        everybody is busy waits for a free one, and who still waits at the end never began.
        """
        began, before = time.monotonic(), len(self.bought)
        with ThreadPoolExecutor(buyers) as pool:
            for turn in range(int(a_second * seconds)):
                time.sleep(max(0.0, began + turn / a_second - time.monotonic()))
                pool.submit(self._somebody_buys)
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            reached = len(self.bought) - before
            pool.shutdown(wait=False, cancel_futures=True)
        return reached / seconds

    def buy(self, *, number: str = "", shop: str = "") -> Bought:
        """One purchase from the shop's door to the payment. Raises `GaveUp`."""
        buyer = Buyer(self, shop or random.choice(SHOPS))
        bought = buyer.buys(number or self.number())
        self._note(bought)
        return bought

    def met(self, *, trouble: str = "", wrong: str = "") -> None:
        """Count what a buyer ran into."""
        with self._lock:
            self.troubles += bool(trouble)
            if wrong:
                self.wrong.append(wrong)

    def _somebody_buys(self) -> None:
        shop = random.choice(SHOPS)
        with self._lock:
            self.begun += 1
            buyer = self._free[shop].pop() if self._free[shop] else Buyer(self, shop)
        try:
            self._note(buyer.buys(self.number()))
        except GaveUp:
            with self._lock:
                self.gave_up += 1
        self._free[shop].append(buyer)

    def _note(self, bought: Bought) -> None:
        with self._lock:
            self.bought.append(bought)


class Buyer:
    """One person with one browser."""

    def __init__(self, crowd: Crowd, shop: str) -> None:
        self._crowd, self._shop = crowd, shop
        self._connection = http.client.HTTPConnection(crowd.host, crowd.port, timeout=_TIMEOUT)
        self._cookies: dict[str, str] = {}
        self._csrf = ""
        self._deadline = 0.0

    def buys(self, number: str) -> Bought:
        """Order and pay; who was here before has the form open. Raises `GaveUp` when no order was acknowledged."""
        self._deadline = time.monotonic() + PATIENCE
        door = f"/k/{self._shop}/"
        csrf = self._csrf = self._csrf or self._find_csrf(self._until("GET", door, wanted=200).body)
        token = json.loads(self._until("POST", f"{door}quote/", {"destination": number}, wanted=200).body)["token"]
        form = {
            "destination": number,
            "sku": random.choice(("TSEL5", "TSEL10", "TSEL15")),
            "gateway": "sandbox",
            "token": token,
            "csrfmiddlewaretoken": csrf,
        }
        link = self._until("POST", door, form, wanted=303).location
        found = _ORDER.match(link)
        if not found:
            self._crowd.met(wrong=f"303 to {link}")
            raise GaveUp
        paid = self._pays(link, csrf)
        return Bought(shop=self._shop, code=found[1], link=link, number=number, is_paid=paid)

    def _pays(self, link: str, csrf: str) -> bool:
        """Press "pay", and look until it is answered; somebody whose answer was lost may well pay twice."""
        self._deadline = time.monotonic() + PATIENCE
        status, pays_at = link.replace("/?t=", "/status.json?t="), 0.0
        try:
            while json.loads(self._until("GET", status, wanted=200).body)["status"] == "awaiting_payment":
                if time.monotonic() >= pays_at:
                    self._until(
                        "POST", link.replace("/?t=", "/simulate/?t="), {"csrfmiddlewaretoken": csrf}, wanted=303
                    )
                    pays_at = time.monotonic() + _PAYS_AGAIN
                time.sleep(1)
        except GaveUp:
            return False
        return True

    def _until(self, method: str, path: str, form: dict[str, str] | None = None, *, wanted: int) -> _Reply:
        """Send the same request until it is answered as wanted. Raises `GaveUp`."""
        while time.monotonic() < self._deadline:
            try:
                reply = self._send(method, path, form)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                self._crowd.met(trouble=type(error).__name__)
                time.sleep(_PAUSE)
                continue
            if reply.status == wanted:
                return reply
            if reply.status != 503:
                self._crowd.met(wrong=f"{method} {path.partition('?')[0]}: {reply.status} {reply.body[:300]}")
                raise GaveUp
            self._crowd.met(trouble="503")
            time.sleep(_PAUSE)
        raise GaveUp

    def _send(self, method: str, path: str, form: dict[str, str] | None) -> _Reply:
        headers = {"Host": f"localhost:{self._crowd.port}", "Accept": "application/json" if "quote" in path else "*/*"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{headers['Host']}"}
        self._connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = self._connection.getresponse()
        body = answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return _Reply(answer.status, answer.headers.get("Location", ""), body)

    def _find_csrf(self, page: str) -> str:
        found = _CSRF.search(page)
        if not found:
            self._crowd.met(wrong=f"a page without a form: {page[:200]}")
            raise GaveUp
        return found[1]
