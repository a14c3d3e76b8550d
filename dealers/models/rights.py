"""What a dealer, or one person there, has been given the right to do, by whom, until when."""

from django.conf import settings
from django.db import models

from dealers.models.dealers import Dealer


class Grant(models.Model):
    """One right, given once; taken back by filling `revoked_at`."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    right = models.CharField(max_length=40)
    source = models.CharField(max_length=80)
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "right_grant"
        indexes = [models.Index(fields=["dealer", "right"], name="grant_by_right")]

    def __str__(self) -> str:
        return self.right
