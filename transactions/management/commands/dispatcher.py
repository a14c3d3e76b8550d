"""`manage.py dispatcher`: drain the due rows until SIGTERM or Ctrl-C."""

import signal
from argparse import ArgumentParser
from types import FrameType

import structlog
from django.core.management.base import BaseCommand

from portal.lib import memory
from transactions.dispatch import Dispatcher

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Sends paid orders to suppliers and records what they answer; several may run at once."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--threads`: how many calls may be under way at once."""
        parser.add_argument("--threads", type=int, default=32)

    def handle(self, *_args: object, threads: int, **_options: object) -> None:
        """Run until a signal says stop; calls under way are finished first."""
        dispatcher = Dispatcher(threads=threads)
        memory.settle()

        def stop(_number: int, _frame: FrameType | None) -> None:
            dispatcher.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        log.info("dispatcher is running", threads=threads)
        dispatcher.run()
        log.info("dispatcher has stopped")
