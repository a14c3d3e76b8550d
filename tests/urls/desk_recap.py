"""The desk's pages of reconciliation: for those who see money; decided about by those who settle incidents."""

from datetime import timedelta

from django.utils import timezone

from tests.urls.rows import Row, Scene
from transactions.reconcile import resolving


def _day(scene: Scene) -> list[object]:
    return [scene.here.difference.day_id]


def _new(scene: Scene) -> dict[str, str]:
    return {"who": f"s:{scene.supplier.pk}", "day": (timezone.localdate() - timedelta(days=5)).isoformat()}


def _word(scene: Scene) -> dict[str, str]:
    word = {"resolution": "accept", "reason": "harga naik kemarin", "sure": "on"}
    return {**word, "seen": resolving.stamp(scene.here.difference)}


# Statuses: stranger customer foreign owner manager cashier cs trainer platform.
ROWS = [
    Row(
        name="desk:recaps",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        # Another dealer's owner has no such supplier to choose, and is sent back.
        name="desk:recap_open",
        fields=_new,
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:recap",
        at=_day,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:recap_run",
        at=_day,
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:recap_upload",
        at=_day,
        fields=lambda s: {"step": "use", "seen": "d"},
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:recap_csv",
        at=lambda s: [s.here.difference.day_id, "kita"],
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:recap_difference",
        at=lambda s: [s.here.difference.pk],
        fields=_word,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
]
