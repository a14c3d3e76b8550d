"""A customer's PIN: six digits that are asked for before larger sums leave a balance."""

from django.conf import settings
from django.db import models


class Pin(models.Model):
    """One person's PIN, as a hash; asked for above `ask_above` rupiah at every dealer."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pin")
    digest = models.CharField(max_length=128)
    ask_above = models.PositiveBigIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "pin"

    def __str__(self) -> str:
        return f"PIN of {self.user_id}"
