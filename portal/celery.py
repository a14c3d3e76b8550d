"""Celery carries what may wait: roll-ups, seals, balances and price lists of suppliers, cleaning up.

Orders and payments never pass through here; a task is a hint, and whatever it would have done is found
again at its next turn. Settings and their reasons: broker messages may vanish or come twice.
"""

import os

from celery import Celery, signals
from celery.schedules import crontab

from portal.lib import parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings

app = Celery("portal")
app.conf.update(
    broker_url=settings.REDIS_URL.replace("unix://", "redis+socket://", 1),
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=60,
    task_soft_time_limit=45,
    task_ignore_result=True,
    accept_content=["json"],
    task_serializer="json",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 300,
        "socket_timeout": 3,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "unacked_restore_throttle": 1,
    },
    worker_max_tasks_per_child=1000,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=5.0,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule={
        "roll-up": {"task": "transactions.tasks.roll_up", "schedule": 60.0, "options": {"expires": 55}},
        "balances": {"task": "transactions.tasks.supplier_balances", "schedule": 300.0, "options": {"expires": 280}},
        # Which supplier's turn it is stands in the database; each has its own pause, spread by chance.
        "price lists": {"task": "transactions.tasks.price_lists", "schedule": 60.0, "options": {"expires": 55}},
        # Days are opened in the night of each dealer's own zone; what is to be done stands in their rows.
        "reconcile": {"task": "transactions.tasks.reconcile", "schedule": 300.0, "options": {"expires": 280}},
        "statements": {"task": "transactions.tasks.forget_statements", "schedule": crontab(hour=18, minute=45)},
        "overdue": {"task": "transactions.tasks.overdue", "schedule": 300.0, "options": {"expires": 280}},
        "deposits": {
            "task": "transactions.tasks.deposit_tickets_over",
            "schedule": 60.0,
            "options": {"expires": 55},
        },
        "paces": {"task": "transactions.tasks.paces", "schedule": 300.0, "options": {"expires": 280}},
        "partitions": {"task": "transactions.tasks.partitions", "schedule": crontab(hour=18, minute=10)},
        "forget": {"task": "transactions.tasks.refund_destinations", "schedule": crontab(hour=18, minute=25)},
        "runs": {"task": "transactions.tasks.forget_runs", "schedule": crontab(hour=18, minute=35)},
        "partners": {"task": "transactions.tasks.partner_leftovers", "schedule": crontab(hour=18, minute=30)},
        "calls": {"task": "transactions.tasks.forget_calls", "schedule": 900.0, "options": {"expires": 880}},
        "seal": {"task": "transactions.tasks.seal", "schedule": crontab(minute=20)},
        "sessions": {"task": "transactions.tasks.clear_sessions", "schedule": crontab(hour=18, minute=40)},
    },
)
app.autodiscover_tasks()


@signals.setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Somebody listens, so Celery adds no handlers of its own."""


@signals.beat_embedded_init.connect
@signals.worker_process_init.connect
def _end_with_the_worker(**_: object) -> None:
    parent.die_with_parent()
